import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { problemLine, readPolicyText } from "../src/policy-file.ts";

const example = readFileSync("policy.example.yaml", "utf8");
/** The example with more people first, and the line that the first one's key stands in. */
function withPerson(fields: string, ...more: readonly string[]) {
  const lines = example.split("\n");
  const at = lines.findIndex((line) => line.startsWith("people:")) + 1;
  const added = [`  zed: { ${fields} }`, ...more];
  return { line: at + 1, text: [...lines.slice(0, at), ...added, ...lines.slice(at)].join("\n") };
}
function problemsOf(text: string): readonly string[] {
  const read = readPolicyText("policy.yaml", text);
  return read.ok ? [] : read.problems.filter(({ level }) => level === "error").map(problemLine);
}
const lineOf = (text: string, part: string): number =>
  text.split("\n").findIndex((line) => line.includes(part)) + 1;

test.each([
  ["as it is", "Chidi Lindt"],
  ["in another case", "CHIDI lindt"],
  ["with other spaces", "  Chidi \u00a0  Lindt "],
  ["in wide letters", "Ｃhidi Ｌindt"],
  ["with what cannot be seen", "Chi\u200bdi Li\u00adndt\u2060"],
])("one name under two keys is a mistake that names both lines: %s", (_how, name) => {
  const { text, line } = withPerson(`name: ${JSON.stringify(name)}, slack: U0ZED00001`);

  const [problem = "", ...others] = problemsOf(text);

  expect(others).toEqual([]);
  expect(problem).toContain("is the name of zed");
  expect(problem).toContain(`policy.yaml:${lineOf(text, "name: Chidi Lindt")}:`);
  expect(problem).toContain(`(line ${line})`);
  expect(problem).toContain("add a word that tells them apart");
});

test.each(["Jos\u00e9", "Stra\u00dfe", "\u03a3\u03b5\u03c2"])(
  "%s is one name however it is encoded and capitalised",
  (name) => {
    const other = JSON.stringify(name.normalize("NFD").toUpperCase());
    const { text } = withPerson(`name: ${JSON.stringify(name)}`, `  yaz: { name: ${other} }`);

    expect(problemsOf(text).join()).toContain("people.yaz.name: is the name of zed");
  },
);

test.each(["Chidi Lindt (platform)", "Chidi Lindh", "Chidí Lindt"])(
  "%s is somebody else",
  (name) => {
    expect(problemsOf(withPerson(`name: ${JSON.stringify(name)}`).text)).toEqual([]);
  },
);

test.each([
  ["slack", "U0ZED00001", "W0ZED00001"],
  ["teams", "6b1cd28e-51a6-4f0e-a4d6-3f0f4b0c0fab", "6b1cd28e-51a6-4f0e-a4d6-3f0f4b0c0fac"],
  ["pagerduty", "PZED001", "PZED002"],
  ["oidc", "auth0|5f7c8ec7", "auth0|5f7c8ec8"],
])("an account in %s belongs to one key, however it is capitalised", (chat, account, another) => {
  const withBoth = (other: string) =>
    problemsOf(
      withPerson(`name: Zed, ${chat}: ${account}`, `  yaz: { name: Yaz, ${chat}: ${other} }`).text,
    );

  for (const same of [account, account.toUpperCase(), account.toLowerCase()]) {
    // A chat whose ids have no small letters refuses them before anybody compares.
    const said = withBoth(same).join();
    expect(said).toMatch(
      new RegExp(`people.yaz.${chat}: (is the account of zed|must be a .* id like)`),
    );
  }
  expect(withBoth(another)).toEqual([]);
});

test("one account under two keys names both lines too", () => {
  const account = /slack: (U\w+)/.exec(example)?.[1] ?? "";
  const { text, line } = withPerson(`name: Zed, slack: ${account}`);

  const [problem = ""] = problemsOf(text);

  expect(problem).toContain("is the account of zed");
  expect(problem).toContain(`(line ${line})`);
});
