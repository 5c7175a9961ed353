import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Instant, Millis } from "../core/ids.ts";
import { parseRfc3339, rfc3339 } from "../core/time.ts";

/** When this server ran last, kept outside the database: a start holds its clock against it. */
export interface LastRan {
  read(): Instant | null;
  note(now: Instant): void;
}

const fileName = "last-ran";
const noteEvery: Millis = 3_600_000;

/** What cannot be read or written is left: the newest entry is still known. */
export function keepLastRan(dataDirectory: string): LastRan {
  const path = join(dataDirectory, fileName);
  let noted: Instant | null = null;
  return {
    read: () => {
      try {
        return parseRfc3339(readFileSync(path, "utf8").trim());
      } catch {
        return null;
      }
    },
    note: (now) => {
      if (noted !== null && now - noted < noteEvery) return;
      try {
        mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
        writeFileSync(path, `${rfc3339(now)}\n`, { mode: 0o600 });
        noted = now;
      } catch {
        // a disk that is full or read-only
      }
    },
  };
}
