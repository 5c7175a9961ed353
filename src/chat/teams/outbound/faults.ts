import { SendFault } from "../../../app/ports.ts";
import type { Millis } from "../../../core/ids.ts";
import { CallFault } from "../bot.ts";

/**
 * What only somebody in Teams or in the policy can put right: nothing is lost meanwhile, and it is
 * tried again now and then.
 */
const untilMended: Millis = 300_000;

/** An outage of the login passes; an expired secret is named by the doctor meanwhile. */
const untilToken: Millis = 30_000;

/**
 * Where Teams does not say how long.
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

/**
 * Between half as long again and just so long: all who were told to wait do not come back at once.
 * `random` is in [0, 1).
 */
const jittered = (wait: Millis, random: number): Millis => Math.round(wait * (1 + random / 2));

/**
 * A failed call as the outbox understands it: whether Teams may have done it, and when to try
 * again.
 */
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
 * What certainly was not done, and how long it waits; null = that is not known, or it is tried
 * again as usual.
 */
function undoneIn({ status, code, retryAfter }: CallFault, random: number): Undone | null {
  if (code === "NoToken")
    return { message: "The bot got no token of its own from Microsoft", wait: untilToken };
  if (status === 429) {
    const wait = jittered(retryAfter ?? untilSlower, random);
    return { message: "Teams asks to go slower", wait, holdLane: wait };
  }
  // Two things were said to a conversation at once: neither was done.
  if (status === 412)
    return {
      message: "Teams was busy with this conversation (412)",
      wait: jittered(1_000, random),
    };
  if (status === null || status >= 500) return null;
  return { message: `Teams refused it: ${status} ${code}`, wait: untilMended };
}

/** Whether Teams calls a message too large. */
export function isTooLarge(error: unknown): boolean {
  const refused = refusalOf(error);
  return refused !== null && (refused.status === 413 || /TooBig|TooLarge/i.test(refused.code));
}

/** What Teams itself answered to a call that failed; null where it did not answer. */
export function refusalOf(
  fault: unknown,
): { readonly status: number; readonly code: string } | null {
  const cause = fault instanceof SendFault ? fault.cause : fault;
  return cause instanceof CallFault && cause.status !== null
    ? { status: cause.status, code: cause.code }
    : null;
}
