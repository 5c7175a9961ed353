import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A file system of a few megabytes for one test. */
interface SmallDisk {
  readonly directory: string;
  /** Writes a file until only so much is left. */
  fill(left: number): void;
  /** Removes that file. */
  empty(): void;
}

const does = (program: "mount" | "umount", ...args: readonly string[]): boolean =>
  spawnSync(program, args).status === 0;

function mounted(megabytes: number): string | null {
  const directory = mkdtempSync(join(tmpdir(), "holdpoint-disk-"));
  const options = `size=${megabytes}m,mode=0755`;
  if (does("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory)) return directory;
  rmSync(directory, { recursive: true });
  return null;
}

function unmount(directory: string): void {
  does("umount", "--lazy", directory);
  rmSync(directory, { recursive: true, force: true });
}

/**
 * Whether this user may mount a file system: root of the machine may, root of most containers may
 * not.
 */
export function mayMount(): boolean {
  const directory = mounted(1);
  if (directory !== null) unmount(directory);
  return directory !== null;
}

/** Removed when the test ends. */
export function smallDisk(megabytes: number): SmallDisk {
  const directory = mounted(megabytes);
  if (directory === null) throw new Error("Nothing can be mounted here.");
  onTestFinished(() => unmount(directory));
  const ballast = join(directory, "ballast");
  const free = (): number => {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  };
  return {
    directory,
    fill: (left) => {
      const file = openSync(ballast, "w");
      try {
        for (;;) {
          const more = Math.min(free() - left, 1024 * 1024);
          if (more <= 0) return;
          writeSync(file, new Uint8Array(more));
        }
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
  };
}
