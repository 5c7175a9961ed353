import type { Line } from "../card/card.ts";
import { plural } from "./line.ts";

/** A signed checkpoint as a message: the note on one line, which `log verify --seen` reads too. */
export function checkpointPosted(note: string, size: number): Line {
  return [
    `Checkpoint of the log after ${plural(size, "entry", "entries")}: `,
    { untrusted: note.trim().split(/\s+/).join(" ") },
    " Keep it: it shows later whether the log was cut or rewritten.",
  ];
}
