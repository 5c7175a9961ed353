import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type AuditFiles, SendFault } from "./app/ports.ts";
import { parseCheckpoint } from "./core/log/checkpoint.ts";
import { syncDirectory } from "./kept-file.ts";

/**
 * Checkpoints as files of a directory that the policy names: `checkpoint-<size>`. The directory is
 * never made (a mount that is missing would go unnoticed), and no file in it is ever changed.
 */
export const auditFiles: AuditFiles = {
  keep: (directory, note) => {
    const size = parseCheckpoint(note)?.size ?? 0;
    const path = join(directory, `checkpoint-${size}`);
    try {
      const draft = `${path}.${process.pid}`;
      rmSync(draft, { force: true });
      const file = openSync(draft, "wx", 0o644);
      try {
        writeSync(file, note);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      try {
        linkSync(draft, path); // whole or not at all, and never over another
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      } finally {
        rmSync(draft, { force: true });
      }
      syncDirectory(directory);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SendFault(`a checkpoint cannot be kept in ${directory} (${why})`, {
        retry: "later",
        arrived: "no",
        cause,
      });
    }
  },
};

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
