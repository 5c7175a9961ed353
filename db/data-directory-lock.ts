import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { Fault } from "../src/app/ports.ts";

/** Exclusive use of a data directory. */
export interface DirectoryLock {
  /** Throws a Fault if somebody else has taken the lock meanwhile. */
  check(): void;
  release(): void;
}

/** Whose a lock file is. `started` tells a process from a later one with the same number. */
interface Owner {
  readonly pid: number;
  readonly started: string;
  readonly host: string;
  readonly token: string;
}

/**
 * Takes `<directory>.lock`, outside the directory because PostgreSQL owns what is inside. Two
 * processes on one PGlite directory lose each other's rows without a word, so the lock is taken
 * from nobody who lives: only from a process of this machine that is gone. A lock of another
 * machine (a shared volume) is never taken; a person deletes the file.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = `${directory}.lock`;
  const mine: Owner = {
    pid: process.pid,
    started: startOf(process.pid),
    host: hostname(),
    token: randomUUID(),
  };
  for (let attempt = 1; !written(file, mine); attempt += 1) {
    const owner = ownerIn(file);
    if (owner !== undefined && (attempt > 3 || isAlive(owner))) throw held(directory, file, owner);
    if (owner !== undefined) removeDead(file, owner);
  }
  return {
    check: () => {
      const owner = ownerIn(file);
      if (owner?.token !== mine.token) throw held(directory, file, owner);
    },
    release: () => {
      if (ownerIn(file)?.token === mine.token) unlinkSync(file);
    },
  };
}

/** Creates the file whole and only if there is none: a reader never sees half a lock. */
function written(file: string, owner: Owner): boolean {
  const draft = `${file}.${owner.token}`;
  try {
    writeFileSync(draft, `${JSON.stringify(owner)}\n`);
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Moves the lock file of a dead process away. If two processes try, one may move the file that the
 * other has just written. It puts the file back, and a process that lost its lock meanwhile finds
 * out by `check`.
 */
function removeDead(file: string, dead: Owner): void {
  const away = `${file}.${randomUUID()}`;
  try {
    renameSync(file, away);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  try {
    if (ownerIn(away)?.token !== dead.token) linkSync(away, file);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    unlinkSync(away);
  }
}

function ownerIn(file: string): Owner | undefined {
  try {
    const { pid, started, host, token } = JSON.parse(readFileSync(file, "utf8"));
    return { pid: Number(pid), started: String(started), host: String(host), token: String(token) };
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw new Fault(
      `${file} is no lock file of Holdpoint. If no process uses the directory, delete it.`,
      "never",
      { cause: error },
    );
  }
}

function isAlive(owner: Owner): boolean {
  // nothing can be known about another machine's processes
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (isCode(error, "ESRCH")) return false;
  }
  return startOf(owner.pid) === owner.started;
}

/** Boot and start tick of a process (proc(5), field 22 of stat); "" where there is no /proc. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // the name may hold spaces and brackets
    const afterName = stat.slice(stat.lastIndexOf(")") + 2);
    return `${boot}/${afterName.split(" ")[19]}`;
  } catch {
    return "";
  }
}

function held(directory: string, file: string, owner: Owner | undefined): Fault {
  const who = owner === undefined ? "another process" : `process ${owner.pid} on ${owner.host}`;
  return new Fault(
    `${directory} is in use by ${who}, and two processes would lose each other's data. Stop it first. If that machine is gone, delete ${file}.`,
    "never",
  );
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
