import { expect, onTestFinished, test } from "vitest";
import { isAway } from "../../db/fault.ts";
import { openInTime } from "../../db/open-in-time.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { freshDatabase } from "../support/databases.ts";
import { logKey } from "../support/keys.ts";
import { wayTo } from "../support/way-to.ts";

/** A PostgreSQL server that is not there yet, goes, goes silent, and comes back. */

const identity = { origin: logKey.origin, vkey: logKey.vkey };

const one = { text: "select 1", params: [] };

test("a start waits for the server, says so once, and opens it when it is there", async () => {
  const way = await wayTo(await freshDatabase());
  const said: string[] = [];
  const say = (sentence: string): void => {
    said.push(sentence);
    void way.open();
  };

  const opened = await openInTime({ databaseUrl: way.url }, identity, { seconds: 60, say });
  await opened.store.ping();
  await opened.store.close();

  expect(said).toEqual([expect.stringMatching(/Waiting up to 60 s for it \(HOLDPOINT_DB_WAIT\)/)]);
  expect(said.join()).not.toContain(new URL(way.url).password || "no password here");
});

test("a start that is told to wait for nobody ends at once, and says what is missing", async () => {
  const way = await wayTo(await freshDatabase());
  const said: string[] = [];

  const opening = openInTime({ databaseUrl: way.url }, identity, {
    seconds: 0,
    say: (sentence: string) => void said.push(sentence),
  });

  await expect(opening).rejects.toThrow(/ECONNREFUSED/);
  expect(said).toEqual([]);
});

test("a wrong name of a database is no reason to wait", async () => {
  const way = await wayTo(await freshDatabase());
  await way.open();
  const url = new URL(way.url);
  url.pathname = "/there_is_none";
  const said: string[] = [];

  const opening = openInTime({ databaseUrl: url.href }, identity, {
    seconds: 60,
    say: (sentence: string) => void said.push(sentence),
  });

  await expect(opening).rejects.toThrow(/does not exist/);
  expect(said).toEqual([]);
});

test("a server that is shut and comes back is spoken to again by the same process", async () => {
  const way = await wayTo(await freshDatabase());
  await way.open();
  const { execute, close } = await openPostgres(way.url);
  onTestFinished(close);
  await execute(one);

  await way.shut();
  const fault = await execute(one).catch((error: unknown) => error);
  await way.open();

  expect(fault).toBeInstanceOf(Error);
  await expect.poll(() => execute(one).catch(() => "away")).toEqual([[1]]);
});

test("connections that never answer are given up, and new ones made", async () => {
  const way = await wayTo(await freshDatabase());
  await way.open();
  const { execute, close } = await openPostgres(way.url, 500);
  onTestFinished(close);
  await execute(one);

  way.swallow();
  const silent = await execute(one).catch((error: unknown) => error);
  way.hear();

  expect(silent).toMatchObject({ code: "DEADLINE" });
  await expect.poll(() => execute(one).catch(() => "away")).toEqual([[1]]);
});

test("what only a person can mend is not taken for a server that is away", () => {
  expect(isAway(new Error("anything"))).toBe(false);
});
