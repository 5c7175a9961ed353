import { SendFault } from "../../../app/ports.ts";
import type { Millis } from "../../../core/ids.ts";
import { CallFault } from "../bot.ts";

/**
 * The pause before another attempt where somebody must first change something in Teams or in the
 * policy. Nothing is lost meanwhile.
 */
const untilMended: Millis = 300_000;

/** The pause after a failed login: an outage passes, and the doctor reports an expired secret. */
const untilToken: Millis = 30_000;

/**
 * The pause where Teams names none.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
 */
const untilSlower: Millis = 5_000;

/** Errors of a connection that was never made. */
const neverSent: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Up to half longer, so that delayed messages do not all return at once. `random` is in [0, 1). */
const jittered = (wait: Millis, random: number): Millis => Math.round(wait * (1 + random / 2));

/** A failed call as a SendFault: whether Teams may have done it, and when to try again. */
export function sendFaultOf(error: unknown, random: number): SendFault {
  if (error instanceof SendFault) return error;
  if (!(error instanceof CallFault)) {
    const message = error instanceof Error ? error.message : String(error);
    return new SendFault(message, { retry: "later", arrived: "perhaps", cause: error });
  }
  const undone = undoneIn(error, random);
  if (undone !== null) {
    const { message, wait, holdLane = null } = undone;
    const lane = holdLane === null ? {} : { holdLane };
    const what = { arrived: "no", retryIn: wait, cause: error, ...lane } as const;
    return new SendFault(message, { retry: "later", ...what });
  }
  const arrived = error.status === null && neverSent.has(error.code) ? "no" : "perhaps";
  return new SendFault(`Teams could not be asked: ${error.message}`, {
    retry: "later",
    arrived,
    cause: error,
  });
}

interface Undone {
  readonly message: string;
  readonly wait: Millis;
  readonly holdLane?: Millis;
}

/**
 * A call that certainly was not done, and how long to wait; null = that is not known, or it is
 * tried again as usual.
 */
function undoneIn({ status, code, retryAfter }: CallFault, random: number): Undone | null {
  if (code === "NoToken")
    return { message: "The bot got no token of its own from Microsoft", wait: untilToken };
  if (status === 429) {
    const wait = jittered(retryAfter ?? untilSlower, random);
    return { message: "Teams asks to go slower", wait, holdLane: wait };
  }
  // Two calls for one conversation collided: neither was done.
  if (status === 412)
    return {
      message: "Teams was busy with this conversation (412)",
      wait: jittered(1_000, random),
    };
  if (status === null || status >= 500) return null;
  return { message: `Teams refused it: ${status} ${code}`, wait: untilMended };
}

/** Whether Teams refused a message as too large. */
export function isTooLarge(error: unknown): boolean {
  const refused = refusalOf(error);
  return refused !== null && (refused.status === 413 || /TooBig|TooLarge/i.test(refused.code));
}

/** The answer of Teams to a failed call; null where there was none. */
export function refusalOf(
  fault: unknown,
): { readonly status: number; readonly code: string } | null {
  const cause = fault instanceof SendFault ? fault.cause : fault;
  return cause instanceof CallFault && cause.status !== null
    ? { status: cause.status, code: cause.code }
    : null;
}
