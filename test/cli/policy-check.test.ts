import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { policyCheck } from "../../src/cli/policy-check.ts";
import { policySchemaCommand, policySchemaText } from "../../src/cli/policy-schema.ts";
import { edited } from "../core/policy/example.ts";

let place = "";
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "holdpoint-policy-"));
});
afterAll(() => rm(place, { recursive: true }));

async function checked(...argv: readonly string[]) {
  const lines: string[] = [];
  const coverage = async () => ({ ok: false as const, because: "No server is asked.", errors: [] });
  const exit = await policyCheck(argv, { out: (line) => void lines.push(line), coverage });
  return { exit, lines: lines.map((line) => line.replaceAll(`${place}/`, "")) };
}

async function written(name: string, text: string): Promise<string> {
  await writeFile(join(place, name), text);
  return join(place, name);
}

describe("policy check", () => {
  test("without a file it checks the example, and says what the policy holds", async () => {
    expect(await checked()).toEqual({
      exit: 0,
      lines: [
        "./policy.example.yaml:28:3 warning: deployments.assistant-prod: nobody is paged for it: no pager of wake names it, though jailbreak-rate is critical, refusal-collapse is high",
        "deployment assistant-prod: Assistant (production), starts full, may be narrowed from full to no-tools to staff to paused",
        "trigger jailbreak-rate: critical, narrow to no-tools, on assistant-prod",
        "trigger refusal-collapse: high, pause, on assistant-prod",
        "trigger score-unavailable: warning, retest, on assistant-prod",
        "people: ana, bob, chidi, dana, erin, frank",
        "sources: alertmanager, inspect, signals",
        "the server was not asked; --server also lists triggers and sources that never received data",
        "./policy.example.yaml is good, with 1 warning.",
      ],
    });
  });

  test("a wrong file ends with 1 and the number of its mistakes", async () => {
    const file = await written(
      "wrong.yaml",
      edited(["severity: high", "severity: hihg"], ["owner: dana ", "owner: dan "]),
    );

    const { exit, lines } = await checked(file);

    expect(exit).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(
        /^wrong\.yaml:\d+:\d+ error: deployments\.assistant-prod\.owner: no person “dan”; did you mean dana\? \(allowed: ana, /,
      ),
      expect.stringMatching(
        /^wrong\.yaml:\d+:\d+ error: triggers\.refusal-collapse\.severity: cannot be “hihg”; did you mean high\? \(allowed: /,
      ),
      "wrong.yaml cannot be used: 2 mistakes.",
    ]);
  });

  test("a file with a warning is good, and the warning is said", async () => {
    const file = await written(
      "odd.yaml",
      edited(["slack: U0BOB00001, teams: 6f1c1f0e-0000-4000-8000-000000000002 ", ""]),
    );

    const { exit, lines } = await checked(file);

    expect(exit).toBe(0);
    expect(lines[0]).toMatch(/^odd\.yaml:\d+:3 warning: people\.bob: has no chat id/);
    expect(lines.at(-1)).toBe("odd.yaml is good, with 2 warnings.");
  });

  test.each([
    ["a file that is not there", ["nowhere.yaml"], /^nowhere\.yaml cannot be read: /],
    ["a directory", ["."], /^\. cannot be read: /],
    ["two files", ["a.yaml", "b.yaml"], /one file at a time$/],
  ])("%s ends with 2", async (_name, argv, said) => {
    const { exit, lines } = await checked(...argv);

    expect(exit).toBe(2);
    expect(lines).toEqual([expect.stringMatching(said)]);
  });
});

describe("the schema for editors", () => {
  test("docs/policy.schema.json is what the program makes: npm run holdpoint -- policy schema", async () => {
    const lines: string[] = [];
    await policySchemaCommand([], { out: (line) => void lines.push(line) });

    expect(await readFile("docs/policy.schema.json", "utf8")).toBe(policySchemaText());
    expect(`${lines.join("\n")}\n`).toBe(policySchemaText());
    expect(await policySchemaCommand(["extra"], { out: (line) => void lines.push(line) })).toBe(2);
    expect(lines.at(-1)).toContain("“extra” was not used");
  });

  test("the example names it in its first line", async () => {
    const [first] = (await readFile("policy.example.yaml", "utf8")).split("\n");

    expect(first).toBe("# yaml-language-server: $schema=./docs/policy.schema.json");
  });

  test("it needs no key that the policy fills in by itself, and knows no others", () => {
    const schema = JSON.parse(policySchemaText());

    expect(schema.required).toEqual(["holdpoint", "people", "channels", "deployments", "triggers"]);
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.deployments.additionalProperties.required).not.toContain("undo");
  });
});
