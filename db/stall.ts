/** When a program that has come to a stop on a full disk is ended: pure, so that a long pause of another kind can be tried. */

/** What is known of the main thread since it last moved. */
export interface Stall {
  /** How often it had moved by then. */
  readonly beats: number;
  readonly stillMs: number;
  /** Whether the disk was full at any look since: room that comes back does not wake PGlite. */
  readonly wasFull: boolean;
}

/** One look from outside the thread. */
export interface Look {
  readonly beats: number;
  readonly sinceLastMs: number;
  readonly isFull: boolean;
}

/** Between two looks. */
export const lookEveryMs = 5_000;

/** With one look and one beat more it is a minute. */
const patienceMs = 50_000;

/** A look that comes late was late because the whole process slept, as on a laptop: that time is nobody's stall. */
export const afterLook = (before: Stall, { beats, sinceLastMs, isFull }: Look): Stall =>
  beats === before.beats
    ? {
        beats,
        stillMs: before.stillMs + Math.min(sinceLastMs, 2 * lookEveryMs),
        wasFull: before.wasFull || isFull,
      }
    : { beats, stillMs: 0, wasFull: false };

/** A thread that is only slow, as while a database is made, is left alone however long it takes: there is room. */
export const mustEnd = ({ stillMs, wasFull }: Stall): boolean => wasFull && stillMs >= patienceMs;

/** What the operator reads. */
export const stallSentence = (directory: string, freeBytes: number): string =>
  `The disk of ${directory} is full (${freeBytes} bytes free), and the embedded database does not go on by itself when there is room again. Ending this process: make room, then start it again. What was accepted before is stored.`;
