import { join } from "node:path";
import { expect, test } from "vitest";
import { listLoaded } from "../support/loaded.ts";
import { freePort, run, scratch } from "../support/process.ts";

/** What a command loads is most of the time that it takes to start. */

const bin = ["src/composition/run-command.ts", "src/holdpoint.mjs", "src/main.ts"];
const forPolicies = ["@marcbachmann/cel-js", "temporal-polyfill", "temporal-utils", "yaml", "zod"];

test("help loads nothing but itself", async () => {
  const loaded = listLoaded();

  const asked = await run(["help"], loaded.env);

  expect(asked).toMatchObject({ code: 0, out: expect.stringContaining("log verify") });
  expect(loaded.own()).toEqual(bin);
  expect(loaded.packages()).toEqual([]);
});

test("log verify loads the log's own rules and no package", async () => {
  const loaded = listLoaded();

  const asked = await run(["log", "verify", scratch()], loaded.env);

  expect(asked).toMatchObject({ code: 2, out: expect.stringContaining("entries.jsonl") });
  const others = loaded.own().filter((file) => !file.startsWith("src/core/log/"));
  expect(others).toEqual([
    "src/cli/error-text.ts",
    "src/cli/log-verify-question.ts",
    "src/cli/log-verify-words.ts",
    "src/cli/log-verify.ts",
    "src/cli/quorum-file.ts",
    ...bin,
  ]);
  expect(loaded.packages()).toEqual([]);
});

test("policy check loads what reads a policy: no database, server or chat", async () => {
  const loaded = listLoaded();

  const asked = await run(["policy", "check"], loaded.env);

  expect(asked).toMatchObject({ code: 0, out: expect.stringContaining("is good") });
  const folders = new Set(loaded.own().map((file) => file.split("/").slice(0, 2).join("/")));
  expect([...folders]).toEqual([
    "src/cli",
    "src/composition",
    "src/core",
    "src/holdpoint.mjs",
    "src/main.ts",
    "src/policy-file.ts",
    "src/sources",
  ]);
  expect(loaded.own()).not.toContain("src/sources/index.ts");
  expect(loaded.packages()).toEqual(forPolicies);
});

test("a command that asks a server loads no database, server or chat itself", async () => {
  const loaded = listLoaded();
  const env = {
    ...loaded.env,
    HOLDPOINT_DATA: join(scratch(), "data"),
    PUBLIC_URL: `http://127.0.0.1:${await freePort()}`,
  };

  const asked = await run(["login-link", "chidi"], env);

  expect(asked).toMatchObject({ code: 2, err: expect.stringContaining("could not be reached") });
  expect(loaded.packages()).toEqual(["zod"]);
});
