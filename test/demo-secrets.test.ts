import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "vitest";
import { Secret } from "../src/config.ts";
import { makeUpDemoSecrets, readDemoSecrets } from "../src/demo-secrets.ts";
import { sourceSecretProblems } from "../src/secret-problems.ts";

const test = base.extend<{ directory: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures a fixture needs from this pattern
  directory: async ({}, use) => {
    const directory = mkdtempSync(join(tmpdir(), "holdpoint-demo-"));
    await use(directory);
    rmSync(directory, { recursive: true });
  },
});

const sources = [
  { id: "am", auth: { bearer: "env:AM" } },
  { id: "evals", auth: { standardWebhooks: ["env:NEW", "env:OLD"] } },
  { id: "pd", auth: { signature: { of: "pagerduty", secrets: ["env:PD"] } } },
  { id: "dd", auth: { header: { name: "x-token", secrets: ["env:DD"] } } },
];

test("what is made up is long enough, kept, and readable by its owner only", ({ directory }) => {
  const data = join(directory, "data");

  const first = makeUpDemoSecrets(data, sources, (reference) => reference === "env:OLD");
  const again = makeUpDemoSecrets(data, sources, (reference) => reference === "env:OLD");

  expect([...first.keys()]).toEqual(["env:AM", "env:NEW", "env:PD", "env:DD"]);
  expect(again).toEqual(first);
  expect(readDemoSecrets(data)).toEqual(first);
  expect(statSync(join(data, "demo-secrets.json")).mode & 0o777).toBe(0o600);
  const usable = new Map([...first, ["env:OLD", first.get("env:NEW") ?? ""]]);
  const secretFor = (reference: string) => new Secret(usable.get(reference) ?? "");
  expect(sourceSecretProblems(sources, secretFor)).toEqual([]);
});

test("a file that others could read is closed when secrets are added", ({ directory }) => {
  const file = join(directory, "demo-secrets.json");
  writeFileSync(file, '{"env:AM":"kept"}');
  chmodSync(file, 0o644);

  const secrets = makeUpDemoSecrets(directory, sources, () => false);

  expect(secrets.get("env:AM")).toBe("kept");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toContain("env:OLD");
});

test("a file that is broken is named, not replaced", ({ directory }) => {
  writeFileSync(join(directory, "demo-secrets.json"), "{");

  expect(() => readDemoSecrets(directory)).toThrow(/demo-secrets\.json cannot be read/);
});
