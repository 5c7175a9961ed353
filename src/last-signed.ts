import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { LastSigned } from "./app/ports.ts";
import { parseCheckpoint } from "./core/log/checkpoint.ts";
import { keepNewest, syncDirectory } from "./kept-file.ts";

/** The file's name in HOLDPOINT_DATA. */
const lastSignedFile = "signed-checkpoint";

/**
 * Keeps the newest checkpoint that was signed for `origin` in a file of the data directory, and in
 * memory where no file can be written. It is read once: only a start believes that an operator has
 * moved it away. A longer checkpoint that another process on the same directory has written is left
 * standing.
 */
export function keepLastSigned(dataDirectory: string, origin: string): LastSigned {
  const path = join(dataDirectory, lastSignedFile);
  let newest = readNote(path, origin);
  let unkept: string | null = null;
  return {
    read: () => newest,
    unkept: () => unkept,
    setAside: () => {
      newest = null;
      const kept = readNote(path, origin);
      if (kept === null) return;
      renameSync(path, `${path}.before-restore-${sizeOf(kept)}`);
      syncDirectory(dataDirectory);
    },
    write: (note) => {
      newest = note;
      const kept = readNote(path, origin);
      if (kept !== null && sizeOf(kept) > sizeOf(note)) return;
      try {
        mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
        keepNewest(dataDirectory, lastSignedFile, note);
        unkept = null;
      } catch (error) {
        // a disk that is full or read-only takes nothing: then this process remembers alone
        unkept = forgetful(path, error);
      }
    },
  };
}

const forgetful = (path: string, error: unknown): string =>
  `The last signed checkpoint cannot be kept in ${path} (${error instanceof Error ? error.message : String(error)}): after a restart, this server would not notice that the log was cut back. Make HOLDPOINT_DATA writable.`;

const sizeOf = (note: string): number => parseCheckpoint(note)?.size ?? 0;

/** Null where there is none, or one of another log. */
function readNote(path: string, origin: string): string | null {
  try {
    const note = readFileSync(path, "utf8");
    return parseCheckpoint(note)?.origin === origin ? note : null;
  } catch {
    return null;
  }
}
