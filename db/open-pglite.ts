import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Fault } from "../src/app/ports.ts";
import type { Connection } from "./connection.ts";
import { lockDirectory } from "./data-directory-lock.ts";
import { DurableFS, syncPath, syncTree } from "./durable-fs.ts";
import { cleaned, type Executor } from "./executor.ts";
import { isPanic, StoreFault } from "./fault.ts";
import { preparedStatements } from "./pglite-statements.ts";
import { createTurns } from "./turns.ts";

/**
 * The one version whose insides DurableFS was checked against. Read what it overrides again before
 * this moves.
 */
const checkedVersion = "0.5.16";

/**
 * `-F` turns fsync off; the method is the one that reaches DurableFS. Of the write-ahead log little
 * is kept for later (see tidy).
 */
const startParams = [
  ...PGlite.defaultStartParams.filter((param) => param !== "-F"),
  ...["wal_sync_method=fsync", "min_wal_size=32MB", "max_wal_size=64MB"].flatMap((setting) => [
    "-c",
    setting,
  ]),
];

/**
 * Opens or creates the embedded database in a directory: locked against other processes, every
 * commit on disk. `lost` is told when it has stopped for good.
 */
export async function openDirectory(
  dataDir: string,
  lost: (fault: StoreFault) => void = () => undefined,
): Promise<Connection> {
  assertVersion();
  try {
    return await openLocked(dataDir, lost);
  } catch (error) {
    throw hasNoRoom(error)
      ? new Fault(noRoomIn(resolve(dataDir)), "never", { cause: error })
      : error;
  }
}

async function openLocked(dataDir: string, lost: (fault: StoreFault) => void): Promise<Connection> {
  const directory = resolve(dataDir);
  mkdirSync(dirname(directory), { recursive: true });
  const lock = lockDirectory(directory);
  try {
    if (!existsSync(resolve(directory, "PG_VERSION"))) await createDirectory(directory);
    const fs = new DurableFS(directory);
    const pg = await PGlite.create({ fs, startParams });
    await assertDurable(pg, fs);
    lock.check();
    const durability = `embedded database in ${dataDir}, every commit flushed to disk`;
    const connection = connectionOf(pg, durability, lost);
    return { ...connection, close: () => connection.close().finally(lock.release) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** ENOSPC of Node, of emscripten (WASI counts it as 51), and of PostgreSQL. */
function hasNoRoom(error: unknown): boolean {
  const said: { errno?: unknown; code?: unknown } = error instanceof Object ? error : {};
  return said.errno === 51 || said.code === "ENOSPC" || said.code === "53100";
}

const noRoomIn = (directory: string): string =>
  `There is no room on the disk for the embedded database in ${directory}. Make room, then start again; what was accepted before is stored.`;

/**
 * Made beside its place and moved there when all of it is on disk: a crash on either side of the
 * rename leaves nothing half made.
 */
async function createDirectory(directory: string): Promise<void> {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new Fault(
      `${directory} holds files, but no database. Give the database a directory of its own.`,
      "never",
    );
  }
  const draft = `${directory}.new`;
  rmSync(draft, { recursive: true, force: true });
  const pg = await PGlite.create({ fs: new DurableFS(draft), startParams });
  await pg.close();
  syncTree(draft);
  renameSync(draft, directory);
  syncPath(dirname(directory));
}

/** A database in memory, optionally loaded from a dump. */
export async function openMemory(dump?: Blob): Promise<Connection & { dump(): Promise<Blob> }> {
  const pg = await PGlite.create({ dataDir: "memory://", ...(dump && { loadDataDir: dump }) });
  return {
    ...connectionOf(pg, "in memory: nothing survives a restart", () => undefined),
    dump: () => pg.dumpDataDir("none"),
  };
}

/**
 * PGlite works on this thread and answers in microtasks: without a turn of the event loop before
 * each statement, one request's whole chain of statements would run before the next request is so
 * much as read, and nothing would ever be committed in groups.
 */
function connectionOf(
  pg: PGlite,
  durability: string,
  lost: (fault: StoreFault) => void,
): Connection {
  const turns = createTurns();
  const unlessPanic = untilPanic(lost);
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => turns.take(() => unlessPanic(work));
  const statements = preparedStatements(pg);
  const execute: Executor = (query) =>
    inTurn(() => statements.execute({ ...query, params: cleaned(query.params) }));
  const run = async (text: string): Promise<void> => {
    await statements.forget();
    await pg.exec(text);
  };
  return {
    execute,
    inBackground: turns.inBackground,
    // One process, one connection: the lock file is what makes it alone.
    alone: (work) => work((text) => inTurn(() => run(text)), execute),
    durability: async () => durability,
    // after everything that was asked before
    close: () => turns.inBackground(() => inTurn(() => pg.close())),
  };
}

/**
 * None after a PANIC, as when there is no room for the write-ahead log: whatever PGlite was asked
 * then, it would spin in this thread for ever. What waits for its turn is refused like what comes
 * later.
 */
function untilPanic(lost: (fault: StoreFault) => void) {
  let end: StoreFault | null = null;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (end !== null) throw end;
    try {
      return await work();
    } catch (error) {
      if (isPanic(error)) {
        end = new StoreFault(
          `The embedded database has stopped: ${error.message}`,
          "not-done",
          error,
        );
        lost(end);
      }
      throw error;
    }
  };
}

function assertVersion(): void {
  const main = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const manifest = resolve(dirname(main), "../package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  if (version !== checkedVersion) {
    throw new Fault(
      `PGlite ${version} is installed, but its durability was checked for ${checkedVersion} only.`,
      "never",
    );
  }
}

/**
 * Stock PGlite acknowledges commits without any fsync. Believes nothing: commits once and counts.
 */
async function assertDurable(pg: PGlite, fs: DurableFS): Promise<void> {
  const before = fs.synced;
  await pg.query("select pg_logical_emit_message(true, 'holdpoint', 'is this on disk?')");
  if (fs.synced === before)
    throw new Fault("The embedded database did not flush a commit to disk.", "never");
}
