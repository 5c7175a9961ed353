import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** A file's text; null where there is no such file. */
export function keptText(directory: string, name: string): string | null {
  try {
    return readFileSync(join(directory, name), "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/**
 * A secret that is made once and then kept in a directory, readable by its owner only. It is
 * durable before it has its name, and never over another: of two processes that start at the same
 * time, both answer what the first has written.
 */
export function keptOnce(directory: string, name: string, make: () => string): string {
  const kept = keptText(directory, name);
  if (kept !== null) return kept;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, name);
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true }); // left by an earlier process of this id that died here
  writeDurably(draft, "wx", make());
  try {
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncDirectory(directory);
  return readFileSync(path, "utf8");
}

/** Replaces a file of a directory, whole or not at all; durable when it returns. */
export function keepNewest(directory: string, name: string, text: string): void {
  const path = join(directory, name);
  const draft = `${path}.${process.pid}`;
  writeDurably(draft, "w", text);
  renameSync(draft, path);
  syncDirectory(directory);
}

function writeDurably(path: string, flags: "w" | "wx", text: string): void {
  const file = openSync(path, flags, 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a file's new name in a directory durable. */
export function syncDirectory(directory: string): void {
  const opened = openSync(directory, "r");
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
