import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { lockDirectory } from "../../db/data-directory-lock.ts";
import { type DatabaseLocation, openStore } from "../../db/open.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import type { Store } from "../../src/app/ports.ts";
import { append, emptyRange, leafHash } from "../../src/core/log/merkle.ts";
import { freshDatabase, freshStore, testIdentity } from "../support/databases.ts";
import { change, entry } from "./support.ts";

interface Writer {
  readonly child: ChildProcess;
  /** Acknowledged so far. */
  readonly acknowledged: readonly number[];
  /** Resolves when it has acknowledged that many. */
  until(count: number): Promise<void>;
  kill(): Promise<void>;
}

function writer(place: string): Writer {
  const script = fileURLToPath(new URL("./writer.ts", import.meta.url));
  const { origin, vkey } = testIdentity;
  const child = spawn(process.execPath, ["--import", "tsx", script, place, origin, vkey], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const acknowledged: number[] = [];
  const lines = createInterface({ input: child.stdout });
  let check = (): void => undefined;
  lines.on("line", (text) => {
    if (text !== "open") acknowledged.push(Number(text));
    check();
  });
  return {
    child,
    acknowledged,
    until: (count) =>
      new Promise((resolve, reject) => {
        check = () => {
          if (acknowledged.length >= count) resolve();
        };
        child.once("exit", (code) => reject(new Error(`the writer ended with ${code}`)));
        check();
      }),
    kill: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      lines.close();
    },
  };
}

/**
 * Every acknowledged commit is there with its receipt, none twice, and the head is the tree of what
 * is there.
 */
async function expectIntact(store: Store, acknowledged: readonly number[]): Promise<void> {
  const entries = await store.entriesFrom(0, 1_000_000);
  const ids = entries.map((entry) => entry.entry.id);
  const range = entries.map(({ bytes }) => leafHash(bytes)).reduce(append, emptyRange);
  const head = await store.head();

  expect(acknowledged.filter((n) => !ids.includes(`e_${n}`))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect({ size: head.size, peaks: head.peaks }).toEqual(range);
  for (const n of acknowledged.slice(-3))
    expect(await store.receipt(`k_${n}`)).toEqual({ result: n });
}

function home(): string {
  const made = mkdtempSync(join(tmpdir(), "holdpoint-test-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe("a data directory", () => {
  test("keeps every acknowledged commit of a process killed while it commits, and is taken over from the dead only", async () => {
    const dataDir = join(home(), "data");
    const acknowledged: number[] = [];

    for (const count of [25, 40]) {
      const writing = writer(dataDir);
      await writing.until(count);
      const intruder = openStore({ dataDir }, testIdentity);
      await expect(intruder).rejects.toMatchObject({
        retry: "never",
        message: expect.stringContaining(`in use by process ${writing.child.pid}`),
      });
      await writing.kill();
      acknowledged.push(...writing.acknowledged);
    }

    const { store, durability } = await openStore({ dataDir }, testIdentity);
    expect(durability).toContain("every commit flushed to disk");
    await expectIntact(store, acknowledged);
    await store.close();
    expect(existsSync(`${dataDir}.lock`)).toBe(false);
  }, 120_000);

  test("is not taken from a living process, from another machine's, or on the word of a broken file", () => {
    const directory = join(home(), "data");
    const owner = { pid: process.pid, started: "another boot/1", host: hostname(), token: "t" };
    const put = (content: string) => writeFileSync(`${directory}.lock`, content);

    put(JSON.stringify({ ...owner, host: "another-machine" }));
    expect(() => lockDirectory(directory)).toThrow("in use by process");
    put("{}");
    expect(() => lockDirectory(directory)).toThrow("in use by");
    put("not ours");
    expect(() => lockDirectory(directory)).toThrow("no lock file");
    put(JSON.stringify(owner)); // this number, but of a process before it
    const lock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(`in use by process ${process.pid}`);
    lock.release();
    expect(existsSync(`${directory}.lock`)).toBe(false);
  });

  test("that somebody else took meanwhile is noticed before anything is written", () => {
    const directory = join(home(), "data");
    const lock = lockDirectory(directory);

    writeFileSync(
      `${directory}.lock`,
      JSON.stringify({ pid: 1, started: "", host: hostname(), token: "theirs" }),
    );

    expect(() => lock.check()).toThrow("in use by process 1");
    lock.release();
    expect(existsSync(`${directory}.lock`)).toBe(true);
  });

  test("with files that are no database is left alone", async () => {
    const dataDir = join(home(), "data");
    const { mkdirSync } = await import("node:fs");
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "thesis.txt"), "mine");

    await expect(openStore({ dataDir }, testIdentity)).rejects.toMatchObject({ retry: "never" });

    expect(existsSync(join(dataDir, "thesis.txt"))).toBe(true);
    expect(existsSync(`${dataDir}.lock`)).toBe(false);
  });
});

describe.skipIf(inject("postgresTemplate") === null)("PostgreSQL", () => {
  test("keeps every acknowledged commit of a process killed while it commits", async () => {
    const databaseUrl = await freshDatabase();
    const acknowledged: number[] = [];

    for (const count of [50, 120]) {
      const writing = writer(databaseUrl);
      await writing.until(count);
      await writing.kill();
      acknowledged.push(...writing.acknowledged);
    }

    const place: DatabaseLocation = { databaseUrl };
    const { store } = await openStore(place, testIdentity);
    await expectIntact(store, acknowledged);
    await store.close();
  }, 60_000);

  test("whose connections are killed again and again loses no acknowledged commit, doubles none, and every 'not stored' is true", async () => {
    const { store, url } = await freshStore("postgres");
    const killer = await openPostgres(url ?? "");
    const text =
      "select count(pg_terminate_backend(pid))::int from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    const said = new Map<string, string>();
    let writing = true;

    const writers = [0, 1, 2, 3].map(async (w) => {
      for (let n = 0; n < 60; n += 1) {
        const key = `k_${w}_${n}`;
        const answer = await store.commit(change({ key, entries: [entry(`e_${w}_${n}`)] })).then(
          ({ is }): string => is,
          (fault: { outcome?: string }) => fault.outcome ?? "no fault",
        );
        said.set(key, answer);
      }
    });
    const killing = (async () => {
      let killed = 0;
      while (writing && killed < 60)
        killed += Number((await killer.execute({ text, params: [] }))[0]?.[0]);
      return killed;
    })();
    await Promise.all(writers);
    writing = false;
    const killed = await killing;
    await killer.close();

    const { store: after } = await openStore({ databaseUrl: url ?? "" }, testIdentity);
    const ids = new Set((await after.entriesFrom(0, 10_000)).map((item) => item.entry.id));
    const { size } = await after.head();
    await after.close();
    const of = (...answers: string[]) =>
      [...said]
        .filter(([, answer]) => answers.includes(answer))
        .map(([key]) => key.replace("k", "e"));
    expect(killed).toBeGreaterThan(0);
    expect(of("done", "repeat").filter((id) => !ids.has(id))).toEqual([]);
    expect(of("not-done", "conflict").filter((id) => ids.has(id))).toEqual([]);
    expect(of("done", "repeat", "not-done", "conflict", "unknown")).toHaveLength(240);
    expect(size).toBe(ids.size);
  }, 60_000);
});
