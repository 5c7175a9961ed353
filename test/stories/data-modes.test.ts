import { chmodSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { operatorToken } from "../support/keys.ts";
import { browserAt, type Env, freePort, run, scratch, start } from "../support/process.ts";

/**
 * Everything under HOLDPOINT_DATA is its owner's alone: from the first start on, and where an older
 * version left it open.
 */

/** The data directory and all that is in it. */
const everythingIn = (data: string): readonly string[] =>
  ["", ...readdirSync(data, { recursive: true, encoding: "utf8" })].map((name) => join(data, name));

const isDirectory = (path: string): boolean => lstatSync(path).isDirectory();

/** What somebody else on the machine could read, write or enter. A running server removes files. */
const openIn = (data: string): readonly string[] =>
  everythingIn(data).filter((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found && (found.mode & 0o777) !== (found.isDirectory() ? 0o700 : 0o600);
  });

test("all files of a new data directory are 0600, its directories 0700, and one that was left open is closed and read as before", async () => {
  const data = join(scratch(), "data");
  const env: Env = {
    PORT: String(await freePort()),
    HOLDPOINT_DATA: data,
    HOLDPOINT_OPERATOR_TOKEN: operatorToken,
    LOG_LEVEL: "error",
  };
  const first = await start(env);
  const chidi = browserAt(first.url);
  await chidi.be("chidi");
  await chidi.say("pause assistant-prod because of the modes");

  const whileRunning = openIn(data);
  expect(await first.stop()).toBe(0);
  const afterwards = openIn(data);
  for (const path of everythingIn(data)) chmodSync(path, isDirectory(path) ? 0o755 : 0o666);
  const again = await start(env);

  expect(everythingIn(data).length).toBeGreaterThan(900);
  expect([...whileRunning, ...afterwards]).toEqual([]);
  expect(openIn(data)).toEqual([]);
  expect((await chidi.page("/")).html).toContain("of the modes");
  const exported = join(scratch(), "export");
  expect(await run(["log", "export", exported], env)).toMatchObject({ code: 0 });
  expect(await run(["log", "verify", exported], env)).toMatchObject({ code: 0 });
  expect(await again.stop()).toBe(0);
}, 180_000);
