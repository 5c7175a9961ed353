import type { Line } from "../card/card.ts";
import { plural } from "./line.ts";

/** What is said when an operator records that the database was restored on purpose. */

export const nothingRestored =
  "Nothing was recorded: the log extends everything that this server has signed, so there is no restore to record.";

export const noBackup =
  "Nothing was recorded: the newest checkpoint in this database covers other entries than the database has. A backup has its checkpoint and its entries from the same moment, so this is none.";

/** Something else is wrong as well. */
export function alsoInDoubt(sentence: string): string {
  return `Nothing was recorded: more than the restore is in doubt. ${sentence}`;
}

export function restoreRecorded(index: number, size: number): string {
  return `Recorded as entry ${index}: the log continues after a restore, although a checkpoint over ${plural(size, "entry", "entries")} was signed. This server signs again. Run the same command for each other replica.`;
}

export function restoreKnown(size: number): string {
  return `The record says already that the log was restored after a checkpoint over ${plural(size, "entry", "entries")}. This server signs again.`;
}

/** To every channel. */
export function restoreTold(size: number, reason: string): Line {
  return [
    `The operator restored Holdpoint's database from a backup (“`,
    { untrusted: reason },
    `”). A checkpoint over ${plural(size, "entry", "entries")} had been signed: what was recorded after the backup is missing, and decisions made since then are not in force. Check the posture of each deployment.`,
  ];
}
