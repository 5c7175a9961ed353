import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { median } from "./figures.ts";

/** Where the figures were made. */
export interface Machine {
  readonly at: string;
  readonly node: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGB: number;
  readonly fileSystem: string;
  /** Median of 200 flushes of 8 kB, ms: no commit can be faster. */
  readonly flushMs: number;
  readonly postgres: string | null;
  readonly lines: readonly string[];
}

/** Looks at it now; `postgres` = what its server promises about a commit, null = there is none. */
export function machine(postgres: string | null): Machine {
  const on = {
    at: new Date().toISOString(),
    node: process.version,
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    memoryGB: Math.round(totalmem() / 2 ** 30),
    fileSystem: fileSystemOf(tmpdir()),
    flushMs: flush(),
    postgres,
  };
  return { ...on, lines: linesOf(on) };
}

const linesOf = (on: Omit<Machine, "lines">): readonly string[] => [
  `Node ${on.node}, ${on.cores} cores (${on.processor}), ${on.memoryGB} GB of memory`,
  `Data on ${on.fileSystem}; one flush of 8 kB takes ${on.flushMs.toFixed(2)} ms`,
  `Database: ${on.postgres ?? "embedded only"}`,
  "Embedded: every commit flushed to disk",
];

/** See statfs(2). */
const magic: Readonly<Record<number, string>> = {
  16914836: "tmpfs (memory: flushing costs nothing here, do not quote these figures)",
  61267: "ext4",
  1481003842: "xfs",
  2435016766: "btrfs",
  2035054128: "overlayfs",
};

function fileSystemOf(directory: string): string {
  const { type } = statfsSync(directory);
  return magic[type] ?? `a file system of type ${type.toString(16)}`;
}

function flush(): number {
  const directory = mkdtempSync(join(tmpdir(), "holdpoint-bench-flush-"));
  const file = openSync(join(directory, "file"), "w");
  const block = Buffer.alloc(8_192, 1);
  const times = Array.from({ length: 200 }, () => {
    const began = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  rmSync(directory, { recursive: true, force: true });
  return median(times);
}
