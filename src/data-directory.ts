import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readdirSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The data directory. Everything in it decides what can be signed, read and pressed: nobody else on
 * the machine gets a look.
 */

const others = 0o077;
const sticky = 0o1000;
const program = fileURLToPath(new URL("..", import.meta.url));

/**
 * Takes from everybody but their owner what an earlier start, or an older version, left readable or
 * writable in the data directory. Links are not followed, and what belongs to somebody else is left
 * alone. Throws a sentence for the operator where the directory cannot be made private. A directory
 * that is not there yet is made so by whoever makes it.
 */
export function closeToOthers(dataDirectory: string): void {
  const me = process.getuid?.();
  if (me === undefined) return; // no owners and modes on this system
  const top = placeOf(dataDirectory);
  if (top === null) return;
  const problem = problemWith(top, statSync(top), me);
  if (problem !== null) throw new Error(`HOLDPOINT_DATA: ${dataDirectory} ${problem}`);
  // The top first: from then on nobody can put anything in the way of the rest.
  if (!tighten(top, me)) {
    throw new Error(
      `HOLDPOINT_DATA: ${dataDirectory} cannot be closed to other users of this machine: its file system keeps no modes, or does not let them be changed. Name a directory on another one.`,
    );
  }
  closeAllIn(top, me);
}

function closeAllIn(directory: string, me: number): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isFile()) tighten(path, me);
    if (entry.isDirectory() && tighten(path, me)) closeAllIn(path, me);
  }
}

/** Why it is no directory for keys, as the rest of a sentence; null where it is one. */
function problemWith(top: string, found: Stats, me: number): string | null {
  if (!found.isDirectory()) return "is no directory.";
  const inside = "Name a directory of its own, such as a new one inside it: Holdpoint makes it.";
  if (holds(top, program)) return `holds more than Holdpoint's data. ${inside}`;
  if ((found.mode & sticky) !== 0) return `is shared by all users of this machine. ${inside}`;
  if (found.uid !== me)
    return `belongs to user ${found.uid}, and this is user ${me}: its owner could read and replace the log's key. Give it to this user, or name another directory. ${inside}`;
  return null;
}

const holds = (directory: string, path: string): boolean =>
  path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);

/** Where it is in truth, for the operator may name it by a link; null = nowhere yet. */
function placeOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Whether it is ours and private now. By the open file: what a name stands for could be changed
 * between two looks.
 */
function tighten(path: string, me: number): boolean {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let opened: number;
  try {
    opened = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return false; // gone meanwhile, a link, or closed to us too
  }
  try {
    const before = fstatSync(opened);
    if (before.uid !== me || !(before.isFile() || before.isDirectory())) return false;
    if ((before.mode & others) === 0) return true;
    fchmodSync(opened, before.mode & ~others & 0o7777);
    return (fstatSync(opened).mode & others) === 0;
  } catch {
    return false;
  } finally {
    closeSync(opened);
  }
}
