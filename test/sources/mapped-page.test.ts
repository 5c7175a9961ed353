import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceTry } from "../../src/cli/source-try.ts";
import { mapping } from "../../src/core/policy/schema/mapping-schema.ts";
import { parseDelivery } from "../../src/sources/index.ts";

/**
 * The examples of docs/sources/mapped.md, as they stand there: policy, body, and what `source try`
 * says.
 */

let place = "";
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "holdpoint-page-"));
});
afterAll(() => rm(place, { recursive: true }));

const page = await readFile("docs/sources/mapped.md", "utf8");

const blocks = (kind: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, text = ""]) => text,
  );

const shown = blocks("text");
const examples = blocks("yaml").map((policy, at) => ({
  policy,
  body: blocks("json")[at] ?? "",
  shown: shown[at] ?? "",
  name: /^ {2}(\w+):$/m.exec(policy)?.[1] ?? "",
}));

test("there are two examples, each with a body and what is said of it", () => {
  expect(examples.map(({ name }) => name)).toEqual(["cloudwatch", "garak"]);
  expect([blocks("json").length, shown.length]).toEqual([2, 2]);
});

test.each(examples)("$name becomes what the page shows", async ({ name, policy, body, shown }) => {
  const example = await readFile("policy.example.yaml", "utf8");
  const whole = example.replace(/^sources:.*\n/m, policy);
  await writeFile(join(place, "policy.yaml"), whole);
  await writeFile(join(place, "body.json"), body);
  const lines: string[] = [];

  const exit = await sourceTry([name, join(place, "body.json")], {
    out: (line) => void lines.push(line),
    policyFile: join(place, "policy.yaml"),
    parse: parseDelivery,
  });

  const [command, ...said] = shown.trimEnd().split("\n");
  expect(command).toMatch(new RegExp(`^\\$ holdpoint source try ${name} \\w+\\.json$`));
  expect(lines.join("\n").split("\n")).toEqual(said);
  expect(exit).toBe(0);
});

test("names every key that a mapping can have", () => {
  const rows = [...page.matchAll(/^\| (`[^|]*`) \|/gm)].map(([, cell = ""]) => cell);
  const named = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, key = ""]) => key));

  expect(Object.keys(mapping.shape).filter((key) => !named.includes(key))).toEqual([]);
});
