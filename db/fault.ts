import { Fault } from "../src/app/ports.ts";

/**
 * What is known about a failed statement: the database refused it, so it had no effect, or the
 * database did not answer, so the effect is unknown.
 */
export type Outcome = "not-done" | "unknown";

/** A database failure that says whether the statement may have taken effect. */
export class StoreFault extends Fault {
  readonly outcome: Outcome;
  constructor(message: string, outcome: Outcome, cause: unknown) {
    super(message, retryOf(cause), { cause });
    this.name = "StoreFault";
    this.outcome = outcome;
  }
}

/** Any failure as a Fault: what is one already stays as it is. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const outcome = outcomeOf(error);
  const said = outcome === "unknown" ? "The database did not answer" : "The database refused";
  const why = error instanceof Error ? error.message : String(error);
  return new StoreFault(`${said}: ${why}`, outcome, loggable(error));
}

/** What a driver's error says about its statement. */
function outcomeOf(error: unknown): Outcome {
  const code = codeOf(error);
  if (neverSent.has(code)) return "not-done";
  if (isPanic(error)) return "unknown";
  return /^[0-9A-Z]{5}$/.test(code) && !lost.test(code) ? "not-done" : "unknown";
}

/** Whether the whole server stopped at it, wherever it was: perhaps with the commit on disk. */
export function isPanic(error: unknown): error is Error {
  return error instanceof Error && "severity" in error && error.severity === "PANIC";
}

/**
 * Whether a statement lost a race that it may simply run again: serialization failure, deadlock.
 */
export function lostRace(error: unknown): boolean {
  return ["40001", "40P01"].includes(codeOf(error));
}

/** The connection broke, or was given up. */
const broken = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "DEADLINE",
]);

/**
 * Whether there is no database to speak of now, which may pass: no connection, a server that
 * starts, stops or has no room (classes 08, 53, 57P), or a standby that is not promoted yet
 * (25006).
 */
export function isAway(error: unknown): boolean {
  if (!(error instanceof StoreFault)) return false;
  const code = codeOf(error.cause);
  return neverSent.has(code) || broken.has(code) || /^(?:08|53|57P|25006)/.test(code);
}

/** Whether a statement failed because the database's disk is full. */
export function isFull(error: unknown): boolean {
  return error instanceof StoreFault && codeOf(error.cause) === "53100";
}

/**
 * A driver's error as it may be logged: both drivers hang the statement's parameters and the
 * failing row on theirs.
 */
function loggable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const slim = new Error(error.message, { cause: loggable(error.cause) });
  slim.name = error.name;
  if (error.stack !== undefined) slim.stack = error.stack;
  return Object.assign(slim, { code: codeOf(error) });
}

/** The connection was never established, so nothing was sent. */
const neverSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "CONNECT_TIMEOUT"]);

/**
 * SQLSTATE classes after which a commit may or may not be on disk: connection lost, shutdown or
 * crash, system error, internal error.
 */
const lost = /^(08|57P0|58|XX|40003)/;

const retryOf = (error: unknown): "later" | "never" =>
  // data, constraint, syntax or rights, our own refusals
  /^(22|23|42|HP)/.test(codeOf(error)) ? "never" : "later";

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
