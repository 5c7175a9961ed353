import type { Millis } from "../../core/ids.ts";
import {
  type Claimed,
  Fault,
  type Pace,
  type SendFailure,
  SendFault,
  type Store,
} from "../ports.ts";

/**
 * Sends committed outbox rows. A worker claims a row with a lease, sends it once, and marks it as
 * sent or failed. If the worker crashes in between, the lease expires and another takes over, which
 * knows that the message may have arrived. The states are in db/queries/outbox.ts.
 */

export interface OutboxSenderParts {
  readonly store: Store;
  readonly log: (fault: unknown, key: string) => void;
}

/** One destination of outbox rows: a chat, an endpoint or a pager. */
export interface OutboxDestination {
  /** The rows' `chat`. */
  readonly name: string;
  readonly pace: Pace;
  /**
   * Prepares a row from the newest state and returns the function that sends it, which throws
   * SendFault if sending fails.
   */
  readonly draw: (claimed: Claimed) => Promise<() => Promise<unknown>>;
}

/** The function for a row with nothing left to send. */
export async function nothingToSend(): Promise<void> {
  return undefined;
}

/** Lanes that are sent to at the same time. */
const lanesAtOnce = 8;

const claimedAtOnce = 50;

/**
 * Sends the rows that a destination may receive now. Returns in how many ms there is more, or null.
 * A batch is no larger than what is sent at once, so that no lease expires while a row waits.
 */
export async function deliverThrough(
  parts: OutboxSenderParts,
  destination: OutboxDestination,
): Promise<Millis | null> {
  const { store } = parts;
  const { name, pace } = destination;
  const limit = Math.min(claimedAtOnce, lanesAtOnce * pace.perLane);
  for (;;) {
    const claimed = await store.claimOutbox(name, limit, pace);
    const sent = await sendLanes(parts, destination, claimed);
    // Nothing was delivered: wait, instead of calling a failing service again at once.
    if (sent === 0) return store.nextOutbox(name, pace);
  }
}

/**
 * Sends the rows of a lane one after another, and lanes in parallel; returns how many rows were
 * sent.
 */
async function sendLanes(
  parts: OutboxSenderParts,
  destination: OutboxDestination,
  claimed: readonly Claimed[],
): Promise<number> {
  const lanes = new Map<string, Claimed[]>();
  for (const row of claimed)
    lanes.set(row.message.lane, [...(lanes.get(row.message.lane) ?? []), row]);
  const waiting = [...lanes.values()];
  let sent = 0;
  const speak = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane; lane = waiting.shift())
      for (const claimed of lane) sent += (await send(parts, destination, claimed)) ? 1 : 0;
  };
  // All lanes end before this function does, even if one throws, so that nothing continues in the
  // background.
  const ended = await Promise.allSettled(Array.from({ length: lanesAtOnce }, speak));
  for (const lane of ended) if (lane.status === "rejected") throw lane.reason;
  return sent;
}

/** Sends one row; returns whether it was sent. */
async function send(
  { store, log }: OutboxSenderParts,
  { pace, draw }: OutboxDestination,
  claimed: Claimed,
): Promise<boolean> {
  const { message, id, fence } = claimed;
  let begun = false;
  try {
    const say = await draw(claimed);
    begun = true;
    await say();
    await store.sent(id, fence);
    return true;
  } catch (fault) {
    log(fault, message.key);
    await store.failed(id, fence, failureOf(fault, { begun, claimed, pace }));
    return false;
  }
}

/**
 * What is known after a failure. Only the destination can say that a message certainly did not
 * arrive, unless sending had not begun.
 */
function failureOf(
  fault: unknown,
  {
    begun,
    claimed,
    pace,
  }: { readonly begun: boolean; readonly claimed: Claimed; readonly pace: Pace },
): SendFailure {
  const told = fault instanceof SendFault ? fault : null;
  const usual = Math.min(60_000, pace.retryMs * 2 ** Math.min(claimed.attempts - 1, 10));
  const wait = told?.arrived === "perhaps" ? Math.max(usual, pace.doubtMs) : usual;
  const never = fault instanceof Fault && fault.retry === "never";
  return {
    retryIn: never ? null : (told?.retryIn ?? wait),
    doubt: told ? told.arrived === "perhaps" : begun,
    holdLane: told?.holdLane ?? null,
    error: fault instanceof Error ? fault.message : String(fault),
  };
}
