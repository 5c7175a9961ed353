import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type AuditFiles, SendFault } from "../app/ports.ts";
import { parseCheckpoint } from "../core/log/checkpoint.ts";

/**
 * Checkpoints as files of a directory that the policy names: `checkpoint-<size>`. The directory is
 * never made (a mount that is missing would go unnoticed), and no file in it is ever changed.
 * `syncDirectory` makes a name in it durable.
 */
export const auditFiles = (syncDirectory: (directory: string) => void): AuditFiles => ({
  keep: (directory, note) => {
    try {
      keepOnce(join(directory, `checkpoint-${parseCheckpoint(note)?.size ?? 0}`), note);
      syncDirectory(directory);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const what = `a checkpoint cannot be kept in ${directory} (${why})`;
      throw new SendFault(what, { retry: "later", arrived: "no", cause });
    }
  },
});

/** Whole or not at all, and never over another. */
function keepOnce(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  const file = openSync(draft, "wx", 0o644);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!isThere(error)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

const isThere = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "EEXIST";
