/**
 * Decides when to end a process that hangs on a full disk. A pure function, so that tests can cover
 * other long pauses too.
 */

/** What is known of the main thread since it last moved. */
export interface Stall {
  /** How often it had moved by then. */
  readonly beats: number;
  readonly stillMs: number;
  /** Whether the disk was full at any look since: room that comes back does not wake PGlite. */
  readonly wasFull: boolean;
}

/** One look from outside the thread. */
export interface StallSample {
  readonly beats: number;
  readonly sinceLastMs: number;
  readonly isFull: boolean;
}

/** How long between two looks, and how long nothing may move. */
export interface Patience {
  readonly lookEveryMs: number;
  readonly stillMs: number;
}

/** With one look and one beat more it is a minute. */
export const aMinute: Patience = { lookEveryMs: 5_000, stillMs: 50_000 };

/**
 * A late check means that the whole process was suspended, as on a laptop. That time does not count
 * as a hang.
 */
export function afterLook(
  before: Stall,
  { beats, sinceLastMs, isFull }: StallSample,
  { lookEveryMs }: Patience,
): Stall {
  return beats === before.beats
    ? {
        beats,
        stillMs: before.stillMs + Math.min(sinceLastMs, 2 * lookEveryMs),
        wasFull: before.wasFull || isFull,
      }
    : { beats, stillMs: 0, wasFull: false };
}

/**
 * A thread that is only slow, as while a database is made, is left alone however long it takes:
 * there is room.
 */
export function mustEnd({ stillMs, wasFull }: Stall, patience: Patience): boolean {
  return wasFull && stillMs >= patience.stillMs;
}

const howToGoOn =
  "Ending this process: make room, then start it again. What was accepted before is stored.";

/** The message to the operator when the main thread hangs. */
export function stallSentence(directory: string, freeBytes: number): string {
  return `The disk of ${directory} is full (${freeBytes} bytes free), and the embedded database does not go on by itself when there is room again. ${howToGoOn}`;
}

/** What the operator reads when the embedded database has said that it stops. */
export function stoppedSentence(said: string, directory: string): string {
  return `${said} (${directory}). It does not go on by itself. ${howToGoOn}`;
}
