import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openPostgres } from "../db/open-postgres.ts";
import { freePort, settledIn } from "./program.ts";

/**
 * A PostgreSQL that flushes every commit to disk; the tests' one does not, so this one is the
 * bench's own.
 */
export interface Postgres {
  /** What it promises about a commit, in the words of the program's start line. */
  readonly durability: string;
  /** URL of a new, empty database. */
  freshDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * The one of DATABASE_URL_BENCH (which must be allowed to create databases), else what Debian
 * installs; null = none found.
 */
export async function findPostgres(): Promise<Postgres | null> {
  // biome-ignore lint/style/noProcessEnv: the bench's own configuration
  const given = process.env["DATABASE_URL_BENCH"];
  if (given !== undefined) return over(given, async () => undefined);
  const bin = newestBin();
  return bin === undefined ? null : startServer(bin);
}

function newestBin(): string | undefined {
  const debian = "/usr/lib/postgresql";
  if (!existsSync(debian)) return undefined;
  return readdirSync(debian)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debian, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}

/** Root may not run a PostgreSQL server. */
const nobody = { uid: 65534, gid: 65534 };

async function startServer(bin: string): Promise<Postgres> {
  const user: Partial<typeof nobody> = process.getuid?.() === 0 ? nobody : {};
  const home = mkdtempSync(join(tmpdir(), "holdpoint-bench-postgres-"));
  if (user === nobody) chownSync(home, nobody.uid, nobody.gid);
  const options = { ...user, cwd: "/", encoding: "utf8" } as const;
  const asked = ["-D", `${home}/data`, "-U", "postgres", "-A", "trust", "-E", "UTF8"];
  const made = spawnSync(join(bin, "initdb"), [...asked, "--locale=C"], options);
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const listen = ["-c", "listen_addresses=127.0.0.1", "-c", `port=${port}`];
  const quiet = ["-c", "unix_socket_directories=", "-c", "log_min_messages=fatal"];
  const child = spawn(join(bin, "postgres"), ["-D", `${home}/data`, ...listen, ...quiet], {
    ...user,
    cwd: "/",
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const stop = async (): Promise<void> => {
    child.kill("SIGINT"); // fast shutdown
    await settledIn(30_000, "the end of PostgreSQL", ended);
    rmSync(home, { recursive: true, force: true });
  };
  for (let tries = 0; ; tries += 1) {
    try {
      return await over(url, stop);
    } catch (error) {
      if (tries < 100 && child.exitCode === null) await pause(100);
      else throw error;
    }
  }
}

async function over(url: string, stop: () => Promise<void>): Promise<Postgres> {
  const admin = await openPostgres(url);
  const made: string[] = [];
  return {
    durability: await admin.durability(),
    freshDatabase: async () => {
      const name = `holdpoint_bench_${process.pid}_${made.length}`;
      await admin.execute({ text: `create database ${name}`, params: [] });
      made.push(name);
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
    stop: async () => {
      for (const name of made)
        await admin.execute({ text: `drop database ${name} with (force)`, params: [] });
      await admin.close();
      await stop();
    },
  };
}
