import type { Millis } from "../../core/ids.ts";
import { type Delivery, Fault, type Store, withTimeout } from "../ports.ts";

/** Storing deliveries that are evaluated later, and when their senders are answered. */

/** The result of storing a delivery, known after the commit. */
export interface Stored {
  readonly id: string;
  readonly duplicate: boolean;
}

/** A delivery whose sender waits for its answer. */
export interface Waiting {
  readonly delivery: Delivery;
  /** When it came, as `performance.now` counts. */
  readonly since: Millis;
  readonly resolve: (stored: Stored) => void;
  readonly reject: (fault: Fault) => void;
}

/** What evaluates deliveries. */
export interface Evaluation {
  /**
   * Stores deliveries and evaluates them in one commit. False or a rejection: they are to be stored
   * alone. It may have happened all the same where the connection broke; storing them is harmless
   * then.
   */
  storeEvaluated(deliveries: readonly Delivery[]): Promise<boolean>;
  /** Has what was stored alone evaluated. */
  wake(): void;
  /** Resolves when all of that is evaluated. */
  idle(): Promise<void>;
}

/**
 * While evaluation is behind, the sender of what is stored alone is answered this long after it
 * came, or as soon as evaluation has caught up: so senders are slowed before a queue grows.
 */
const answerWait: Millis = 3_200;

/** After so many rows that failed one by one, the database counts as down. */
const failuresInARow = 3;

/** Has what was stored alone evaluated, before its sender is answered. */
export const waking = (
  store: Pick<Store, "storeDeliveries">,
  { wake }: Evaluation,
): Pick<Store, "storeDeliveries"> => ({
  storeDeliveries: async (deliveries) => {
    const stored = await store.storeDeliveries(deliveries);
    wake();
    return stored;
  },
});

/** Tells a sender that its delivery is stored. */
type Answer = (waiting: Waiting, stored: Stored) => void;

export const answerNow: Answer = ({ resolve }, stored) => resolve(stored);

/** Answers when evaluation has caught up, or late. */
export function answersHeld({ idle }: Evaluation): Answer {
  return ({ since, resolve }, stored) => {
    const done = (): void => resolve(stored);
    void withTimeout(idle(), Math.max(0, since + answerWait - performance.now())).then(done, done);
  };
}

/**
 * Stores a batch without evaluating it. Each sender is answered after its row is stored, or
 * rejected with the fault.
 */
export async function storeAlone(
  store: Pick<Store, "storeDeliveries">,
  batch: readonly Waiting[],
  answer: Answer,
): Promise<void> {
  try {
    await storeTogether(store, batch, answer);
  } catch (cause) {
    await storeSingly(store, { batch, cause, answer });
  }
}

async function storeTogether(
  store: Pick<Store, "storeDeliveries">,
  batch: readonly Waiting[],
  answer: Answer,
): Promise<void> {
  const stored = await store.storeDeliveries(batch.map(({ delivery }) => delivery));
  if (stored.length !== batch.length) {
    throw new Fault(`stored ${stored.length} of ${batch.length} deliveries`, "later");
  }
  batch.forEach((waiting, index) => {
    const row = stored[index];
    if (row) answer(waiting, row);
  });
}

/**
 * Stores the rows one by one, so that a bad row does not fail the others. If three in a row fail,
 * the database counts as down and the rest fail immediately.
 */
async function storeSingly(
  store: Pick<Store, "storeDeliveries">,
  {
    batch,
    cause,
    answer,
  }: { readonly batch: readonly Waiting[]; readonly cause: unknown; readonly answer: Answer },
): Promise<void> {
  let failures = batch.length === 1 ? failuresInARow : 0;
  let last = cause;
  for (const waiting of batch) {
    if (failures >= failuresInARow) {
      waiting.reject(notStored(last));
      continue;
    }
    try {
      await storeTogether(store, [waiting], answer);
      failures = 0;
    } catch (error) {
      failures += 1;
      last = error;
      waiting.reject(notStored(error));
    }
  }
}

const notStored = (cause: unknown): Fault =>
  new Fault("the delivery could not be stored", "later", { cause });
