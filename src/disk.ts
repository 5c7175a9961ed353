import { statfs } from "node:fs/promises";
import type { DoctorFinding } from "./app/ports.ts";

/** Room where the embedded database is. */
export interface Disk {
  /** What is left, and a sentence where that is little. Rejects where the system does not say. */
  look(): Promise<{ readonly freeBytes: number; readonly note: string | null }>;
  /** The same for the doctor; empty where the system does not say. */
  examine(): Promise<readonly DoctorFinding[]>;
}

const megabyte = 1024 * 1024;

/** Below this somebody should look: a busy day of webhooks fits in what is left. */
const little = 512 * megabyte;

/** Below this the next minutes may not fit. */
const nearlyNone = 64 * megabyte;

/** Looks at the file system that holds a directory. */
export function createDisk(directory: string): Disk {
  const free = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  };
  return {
    look: async () => {
      const freeBytes = await free();
      return { freeBytes, note: freeBytes < little ? roomIn(freeBytes) : null };
    },
    examine: async () => {
      try {
        return [findingOf(await free())];
      } catch {
        return [];
      }
    },
  };
}

const roomIn = (bytes: number): string =>
  `${Math.floor(bytes / megabyte)} MB are free where the embedded database is (HOLDPOINT_DATA); when it is full, nothing can be stored any more.`;

function findingOf(bytes: number): DoctorFinding {
  if (bytes >= little) {
    const gigabytes = (bytes / (1024 * megabyte)).toFixed(1);
    return { is: "ok", what: `${gigabytes} GB are free for the embedded database.`, fix: "" };
  }
  return {
    is: bytes < nearlyNone ? "wrong" : "warning",
    what: roomIn(bytes),
    fix: "Make room on that disk or move HOLDPOINT_DATA to a larger one while Holdpoint is stopped. A lower HOLDPOINT_KEEP_DELIVERIES keeps fewer webhook bodies.",
  };
}
