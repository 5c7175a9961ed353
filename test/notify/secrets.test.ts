import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { policySecrets, StartRefused } from "../../src/composition/first-policy.ts";
import { silentPagers } from "../../src/composition/notify-parts.ts";
import { type Config, readConfig } from "../../src/config.ts";
import { endpoint, pager, secret } from "./start.ts";

const policy = {
  sources: new Map(),
  notify: new Map([["gateway", endpoint("https://example.org/")]]),
  wake: new Map([["oncall", pager]]),
  audit: new Map([
    [
      "auditors",
      { ...endpoint("https://example.org/"), kind: "webhook" as const, secrets: ["env:AUDIT"] },
    ],
    ["vault", { id: "vault", kind: "directory" as const, directory: "/var/lib/a" }],
  ]),
};

function configOf(env: Readonly<Record<string, string>>): Config {
  const HOLDPOINT_DATA = mkdtempSync(join(tmpdir(), "holdpoint-secrets-"));
  const read = readConfig({ HOLDPOINT_DATA, ...env });
  if (!read.ok) throw new Error(read.problems.join("\n"));
  return read.config;
}

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    policySecrets(configOf({ HOST: "0.0.0.0", ...env }), policy);
    return [];
  } catch (error) {
    if (error instanceof StartRefused) return error.problems;
    throw error;
  }
}

test("outside demo mode each secret of an endpoint and of a pager must be there, and be long enough", () => {
  const short = Buffer.alloc(8).toString("base64");

  expect(problemsOf({})).toEqual([
    "SECRET is missing or empty: the secret of notify gateway.",
    "AUDIT is missing or empty: the secret of audit auditors.",
    "KEY is missing or empty: the routing key of wake oncall.",
  ]);
  expect(problemsOf({ SECRET: short, AUDIT: short, KEY: "short" })).toEqual([
    "SECRET has 8 bytes, 24 are needed: the secret of notify gateway.",
    "AUDIT has 8 bytes, 24 are needed: the secret of audit auditors.",
    "KEY has 5 bytes, 32 are needed: the routing key of wake oncall.",
  ]);
  expect(problemsOf({ SECRET: secret, AUDIT: secret, KEY: "k".repeat(32) })).toEqual([]);
});

test("in demo mode a signing secret is made up and kept, but nobody can make up a pager's key", () => {
  const config = configOf({});

  const secretFor = policySecrets(config, policy);

  const kept = JSON.parse(readFileSync(join(config.dataDirectory, "demo-secrets.json"), "utf8"));
  expect(secretFor("env:SECRET")?.reveal()).toBe(kept["env:SECRET"]);
  expect(silentPagers(policy, secretFor)).toEqual([
    "Pager oncall: KEY is not set, so it pages nobody.",
  ]);
});
