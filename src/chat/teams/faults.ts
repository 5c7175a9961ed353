import { SendFault } from "../../app/ports.ts";
import type { Millis } from "../../core/ids.ts";
import { CallFault } from "./bot.ts";

/** What only somebody in Teams or in the policy can put right: nothing is lost meanwhile, and it is tried again now and then. */
const untilMended: Millis = 300_000;

/** Where Teams does not say how long. https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit */
const untilSlower: Millis = 5_000;

/** Errors of a connection that was never made. */
const neverSent: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Between half as long again and just so long: all who were told to wait do not come back at once. `random` is in [0, 1). */
const jittered = (wait: Millis, random: number): Millis => Math.round(wait * (1 + random / 2));

/** A failed call as the outbox understands it: whether Teams may have done it, and when to try again. */
export const sendFaultOf = (error: unknown, random: number): SendFault => {
  if (error instanceof SendFault) return error;
  if (!(error instanceof CallFault)) {
    const message = error instanceof Error ? error.message : String(error);
    return new SendFault(message, { retry: "later", arrived: "perhaps", cause: error });
  }
  const { status, code, retryAfter } = error;
  if (status === 429) {
    const wait = jittered(retryAfter ?? untilSlower, random);
    const what = { arrived: "no", holdLane: wait, retryIn: wait, cause: error } as const;
    return new SendFault("Teams asks to go slower", { retry: "later", ...what });
  }
  // Teams answers 412 when two things were said to a conversation at once: neither was done.
  if (status === 412)
    return new SendFault("Teams was busy with this conversation (412)", {
      ...{ retry: "later", arrived: "no", retryIn: jittered(1_000, random), cause: error },
    });
  if (status === 401)
    return new SendFault("Teams does not take the bot's token (401)", {
      ...{ retry: "later", arrived: "no", retryIn: untilMended, cause: error },
    });
  if (status !== null && status < 500)
    return new SendFault(`Teams refused it: ${status} ${code}`, {
      ...{ retry: "later", arrived: "no", retryIn: untilMended, cause: error },
    });
  const arrived = status === null && neverSent.has(code) ? "no" : "perhaps";
  return new SendFault(`Teams could not be asked: ${error.message}`, {
    ...{ retry: "later", arrived, cause: error },
  });
};

/** What Teams itself answered to a call that failed; null where it did not answer. */
export const refusalOf = (
  fault: unknown,
): { readonly status: number; readonly code: string } | null => {
  const cause = fault instanceof SendFault ? fault.cause : fault;
  return cause instanceof CallFault && cause.status !== null
    ? { status: cause.status, code: cause.code }
    : null;
};
