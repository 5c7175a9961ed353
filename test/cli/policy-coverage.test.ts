import { expect, test } from "vitest";
import { policyCheck } from "../../src/cli/policy-check.ts";
import { askCoverage, type Coverage } from "../../src/cli/policy-coverage.ts";
import { start, tokens } from "../http/start.ts";

const nothing: Coverage = {
  digest: "d".repeat(64),
  rulesNeverMet: [],
  rulesNeverTold: [],
  sourcesNeverHeard: [],
  deploymentsWithoutTrigger: [],
};

/** A server that has this to say of the policy in force. */
const serverThatKnows = (coverage: Coverage | null) =>
  start({
    operator: {
      policy: async () => null,
      adopt: async () => ({ is: "invalid", problems: [] }),
      loginLink: async () => ({ unknown: true, nearest: [] }),
      doctor: async () => [],
      backtest: async () => null,
      coverage: async () => coverage,
      restored: async () => ({ is: "refused" as const, told: "" }),
      rotateKey: async () => ({ is: "refused" as const, told: "" }),
      rehearse: async () => ({ is: "unknown", told: "" }),
    },
  });

async function checking(url: string, token: string | null, ...argv: readonly string[]) {
  const lines: string[] = [];
  const exit = await policyCheck(argv, {
    out: (line) => void lines.push(line),
    coverage: () => askCoverage({ url, token }),
  });
  return { exit, lines };
}

test("triggers and sources that never received data are warnings at its place in the file", async () => {
  const { url } = await serverThatKnows({
    ...nothing,
    rulesNeverMet: ["refusal-collapse", "gone-by-now"],
    rulesNeverTold: ["jailbreak-rate"],
    sourcesNeverHeard: ["inspect"],
    deploymentsWithoutTrigger: ["assistant-prod"],
  });

  const { exit, lines } = await checking(url, tokens.operator, "--server");

  expect(exit).toBe(0);
  const warnings = lines
    .filter((line) => line.includes(" warning: "))
    .map((line) => line.split(" warning: ")[1]);
  expect(warnings).toEqual(
    expect.arrayContaining([
      "deployments.assistant-prod: no trigger of the policy in force names it",
      "triggers.jailbreak-rate: could never be evaluated: a field that its condition needs was missing each time",
      "triggers.refusal-collapse: no stored signal has ever met its condition",
      "sources.inspect: never received data",
    ]),
  );
  expect(warnings).toHaveLength(5);
  expect(lines.at(-1)).toBe("./policy.example.yaml is good, with 5 warnings.");
  expect(lines.join()).not.toContain("the server was not asked");
});

test("an auditor may ask, a gateway may not, and a server that cannot answer is said to be none", async () => {
  const { url } = await serverThatKnows(nothing);
  const old = await serverThatKnows(null);

  expect((await checking(url, tokens.auditor, "--server")).exit).toBe(0);
  expect(await checking(url, tokens.gateway, "--server")).toMatchObject({
    exit: 2,
    lines: [expect.stringContaining("The gateway token may not do this")],
  });
  expect((await checking(old.url, tokens.operator, "--server")).exit).toBe(2);
  expect((await checking("http://127.0.0.1:9", null, "--server")).lines).toEqual([
    expect.stringContaining("could not be reached"),
  ]);
});

test("a wrong file is told as such, and the server is not asked", async () => {
  const { exit, lines } = await checking("http://127.0.0.1:9", null, "README.md", "--server");

  expect(exit).toBe(1);
  expect(lines.at(-1)).toContain("cannot be used");
});

test("a flag that is none is not taken for a file", async () => {
  expect((await checking("http://127.0.0.1:9", null, "--sever")).exit).toBe(2);
});
