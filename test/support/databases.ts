import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, openAsBlob } from "node:fs";
import { join } from "node:path";
import { describe, inject, onTestFinished } from "vitest";
import type { Connection } from "../../db/connection.ts";
import type { Executor } from "../../db/executor.ts";
import { claimIdentity, type Identity } from "../../db/identity.ts";
import { migrate } from "../../db/migrate.ts";
import { openMemory } from "../../db/open-pglite.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { storeOver } from "../../db/store.ts";
import type { Store } from "../../src/app/ports.ts";
import { emptied } from "./used-databases.ts";

/**
 * A fresh, migrated database per test:
 *
 *     oneDatabase((kind) => {
 *       test("a sentence that is true", async () => {
 *         const database = await freshStore(kind);
 *         await database.store.commit(…);
 *         expect(await database.query("select count(*)::int from holdpoint.entries")).toEqual([[0]]);
 *       });
 *     });
 *
 * 20 ms where an earlier test left one (used-databases.ts), else 0.5 s on PGlite (a clone in
 * memory) and on PostgreSQL (a copy of a template). The tests live in the vitest projects `main`
 * and `stories`, whose global setup provides both (postgres-server.ts). `freshStore` called in a
 * test (not in a hook) closes itself at its end; `close()` may be called any number of times.
 * `reopen()` is a restart: the same data, a new store.
 */
export type Kind = "pglite" | "postgres";

/**
 * PostgreSQL, or PGlite where there is none. A story runs on one database, since what it shows does
 * not depend on it.
 */
export function oneDatabase(tests: (kind: Kind) => void): void {
  const kind = oneKind();
  describe(`on ${kind}`, () => tests(kind));
}

/** The database that stories run on. */
export function oneKind(): Kind {
  return inject("postgresTemplate") === null ? "pglite" : "postgres";
}

/**
 * Both kinds, for what could differ between them: SQL, restarts, faults, the record
 * (test/suite.test.ts names the files). What is not there is skipped.
 */
export function eachDatabase(tests: (kind: Kind) => void): void {
  describe("on pglite", () => tests("pglite"));
  describe.skipIf(inject("postgresTemplate") === null)("on postgres", () => tests("postgres"));
}

/** What a test may choose. */
export interface Wishes {
  readonly identity?: Identity;
  /** Wraps the driver of the store, so that tests can let statements fail. */
  readonly wrap?: (execute: Executor) => Executor;
  /** Instead of the connection's. */
  readonly inBackground?: Connection["inBackground"];
  /** Where rows are counted: none that an earlier test deleted, and no statement it prepared. */
  readonly isNew?: boolean;
  /** PostgreSQL: how many connections the store has; as in production unless said otherwise. */
  readonly connections?: number;
}

/** A store, and direct access to its database. */
export interface FreshStore {
  readonly store: Store;
  /** Rows as arrays, bypassing every wrapper. */
  query(text: string, ...params: readonly unknown[]): Promise<readonly (readonly unknown[])[]>;
  /** The driver itself. */
  readonly execute: Executor;
  /** The same data under a new store with these options; the old store is closed. */
  reopen(wishes?: Wishes): Promise<FreshStore>;
  close(): Promise<void>;
  /** Null on PGlite. */
  readonly url: string | null;
}

/** The default name of the log in the tests' databases. */
export const testIdentity: Identity = {
  origin: "holdpoint.test/log",
  vkey: "holdpoint.test/log+00000000+AQ==",
};

/** A migrated database with nothing in it. */
export async function freshStore(kind: Kind, wishes: Wishes = {}): Promise<FreshStore> {
  const { connection, source } = await (kind === "pglite"
    ? pgliteFor(wishes)
    : postgresFor(wishes));
  return fresh(connection, source, wishes);
}

/** Left by earlier tests of this process, for the next. */
const used: { pglite: Memory | null; readonly postgres: Left[] } = { pglite: null, postgres: [] };

/** A database on the server; its pool is open where nobody but our stores knew of it. */
interface Left {
  readonly url: string;
  readonly pool: { readonly connection: Connection; readonly connections: number } | null;
}

type Memory = Awaited<ReturnType<typeof openMemory>>;

async function pgliteFor({ isNew = false }: Wishes): Promise<Opened> {
  const left = used.pglite;
  used.pglite = null;
  if (left && !isNew && (await emptied(left, false)) === "empty") return memory(left);
  await left?.close();
  return memory(await openMemory(await openAsBlob(inject("pgliteDump"))));
}

async function postgresFor({ connections = 10, isNew = false }: Wishes): Promise<Opened> {
  const fits = used.postgres.findIndex(
    ({ pool }) => (pool?.connections ?? connections) === connections,
  );
  const [left] = isNew || fits < 0 ? [] : used.postgres.splice(fits, 1);
  if (left !== undefined) {
    const { url, pool } = left;
    const connection =
      pool?.connection ?? (await openPostgres(nearer(url), undefined, connections));
    const state = await emptied(connection, pool === null);
    if (state === "empty") return onServer(connection, { url, connections });
    await connection.close();
    if (state === "in use") used.postgres.push(left);
  }
  const url = await freshDatabase();
  return onServer(await openPostgres(nearer(url), undefined, connections), { url, connections });
}

/** The same by the server's socket in the file system, where it is ours. */
function nearer(url: string): string {
  const directory = inject("postgresSocket");
  if (directory === null) return url;
  const near = new URL(url);
  near.searchParams.set("host", directory);
  return near.href;
}

/** URL of a new migrated PostgreSQL database. */
export async function freshDatabase(): Promise<string> {
  const name = newName();
  await asAdmin(`create database ${name} template ${templateName()}`);
  return Object.assign(adminUrl(), { pathname: `/${name}` }).href;
}

/** URL of a new PostgreSQL database without any of our tables. */
export async function emptyDatabase(): Promise<string> {
  const name = newName();
  await asAdmin(`create database ${name}`);
  return Object.assign(adminUrl(), { pathname: `/${name}` }).href;
}

/**
 * Puts an embedded database with nothing in it into a data directory, where a start would make it
 * in seconds.
 */
export function keepEmptyDatabase(data: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  cpSync(inject("pgliteDirectory"), join(data, "database"), { recursive: true });
}

function templateName(): string {
  const template = inject("postgresTemplate");
  if (template === null) throw new Error("There is no PostgreSQL.");
  return new URL(template).pathname.slice(1);
}

/** Has the template's prefix, by which the end of the run finds and drops it. */
const newName = (): string => `${templateName()}_${randomUUID().slice(0, 18).replaceAll("-", "")}`;

const adminUrl = (): URL =>
  Object.assign(new URL(inject("postgresTemplate") ?? ""), { pathname: "/postgres" });

/** Of this process, for all of its files: databases are made one at a time. */
let admin: Promise<Connection> | null = null;

async function asAdmin(text: string): Promise<void> {
  admin ??= openPostgres(adminUrl().href, undefined, 1);
  await (await admin).execute({ text, params: [] });
}

/** An open database, and what its stores need to know of where it is. */
interface Opened {
  readonly connection: Connection;
  readonly source: Source;
}

interface Source {
  readonly url: string | null;
  /** How it is opened again with what is in it now. */
  saved(): Promise<(wishes: Wishes) => Promise<Opened>>;
  /** Nobody needs it any more. `isKnown`: others may have its address. */
  leave(isKnown: boolean): Promise<void>;
}

function memory(connection: Memory): Opened {
  return {
    connection,
    source: {
      url: null,
      saved: async () => {
        const now = await connection.dump();
        await connection.close();
        return async () => memory(await openMemory(now));
      },
      leave: async () => {
        if (used.pglite) await connection.close();
        else used.pglite = connection;
      },
    },
  };
}

function onServer(
  connection: Connection,
  place: { readonly url: string; readonly connections: number },
): Opened {
  const { url, connections } = place;
  return {
    connection,
    source: {
      url,
      saved: async () => {
        await connection.close();
        return async (wishes) => {
          const many = wishes.connections ?? connections;
          const again = await openPostgres(nearer(url), undefined, many);
          return onServer(again, { url, connections: many });
        };
      },
      leave: async (isKnown) => {
        if (isKnown) await connection.close();
        used.postgres.push({ url, pool: isKnown ? null : { connection, connections } });
      },
    },
  };
}

async function fresh(connection: Connection, source: Source, wishes: Wishes): Promise<FreshStore> {
  const {
    identity = testIdentity,
    wrap = (execute) => execute,
    inBackground = connection.inBackground,
  } = wishes;
  await migrate(connection);
  await claimIdentity(connection.execute, identity);
  let isOpen = true;
  let isKnown = false;
  const underWay = new Set<Promise<unknown>>();
  /** What is still under way when a test ends must not reach the next one's rows. */
  const execute: Executor = async (query) => {
    if (!isOpen) throw new Error("this test's database is closed");
    const asked = connection.execute(query);
    underWay.add(asked);
    return asked.finally(() => underWay.delete(asked));
  };
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await Promise.allSettled(underWay);
    await source.leave(isKnown);
  };
  try {
    onTestFinished(close);
  } catch {} // called in a hook, which then closes it
  return {
    store: storeOver(wrap(execute), close, { inBackground }),
    query: (text, ...params) => execute({ text, params }),
    execute,
    reopen: async (changed = {}) => {
      isOpen = false;
      const open = await source.saved();
      const opened = await open({ ...wishes, ...changed });
      return fresh(opened.connection, opened.source, { ...wishes, ...changed });
    },
    close,
    get url() {
      isKnown = true;
      return source.url;
    },
  };
}
