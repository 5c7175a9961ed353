import { connect, createServer, type Server, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { isAway } from "../../db/fault.ts";
import { openInTime } from "../../db/open-in-time.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { freshDatabase } from "../support/databases.ts";
import { logKey } from "../support/keys.ts";
import { freePort } from "../support/process.ts";

/** A PostgreSQL server that is not there yet, goes, goes silent, and comes back. */

const identity = { origin: logKey.origin, vkey: logKey.vkey };

/** The way to the real server: it may be shut, cut, or swallow whatever is said. */
const wayTo = async () => {
  const real = new URL(await freshDatabase());
  const port = await freePort();
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server: Server = createServer((near) => {
    const far = connect(Number(real.port || 5432), real.hostname);
    for (const one of [near, far]) {
      sockets.add(one);
      one.on("error", () => undefined);
    }
    near.on("data", (bytes) => isSilent || far.write(bytes));
    far.on("data", (bytes) => isSilent || near.write(bytes));
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  const cut = (): void => {
    for (const one of sockets) one.destroy();
    sockets.clear();
  };
  const shut = async (): Promise<void> => {
    cut();
    if (server.listening) await new Promise((done) => server.close(done));
  };
  onTestFinished(shut);
  const url = new URL(real);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    open: () => new Promise<void>((done) => server.listen(port, "127.0.0.1", done)),
    cut,
    shut,
    /** What is on its way then never arrives, as after a machine that is gone; who comes later is heard. */
    swallow: (): void => {
      isSilent = true;
    },
    hear: (): void => {
      isSilent = false;
    },
  };
};

const one = { text: "select 1", params: [] };

test("a start waits for the server, says so once, and opens it when it is there", async () => {
  const way = await wayTo();
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
  const way = await wayTo();
  const said: string[] = [];

  const opening = openInTime({ databaseUrl: way.url }, identity, {
    ...{ seconds: 0, say: (sentence: string) => void said.push(sentence) },
  });

  await expect(opening).rejects.toThrow(/ECONNREFUSED/);
  expect(said).toEqual([]);
});

test("a wrong name of a database is no reason to wait", async () => {
  const way = await wayTo();
  await way.open();
  const url = new URL(way.url);
  url.pathname = "/there_is_none";
  const said: string[] = [];

  const opening = openInTime({ databaseUrl: url.href }, identity, {
    ...{ seconds: 60, say: (sentence: string) => void said.push(sentence) },
  });

  await expect(opening).rejects.toThrow(/does not exist/);
  expect(said).toEqual([]);
});

test("a server that is shut and comes back is spoken to again by the same process", async () => {
  const way = await wayTo();
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
  const way = await wayTo();
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
