import type { Millis } from "../../core/ids.ts";
import { type Delivery, Fault, type Store, withTimeout } from "../ports.ts";
import { turn } from "../turn.ts";
import { type BatchLimits, batchLength, evaluatedTogether } from "./batches.ts";

/** The result of storing a delivery, known after the commit. */
interface Stored {
  readonly id: string;
  readonly duplicate: boolean;
}

/** Stores deliveries durably. */
export interface Intake {
  /**
   * Resolves after the commit. Rejects with a Fault where the row could not be stored: the sender
   * must then not be told 2xx.
   */
  accept(delivery: Delivery): Promise<Stored>;
  /** Resolves when every accepted delivery is stored. */
  idle(): Promise<void>;
}

interface Waiting {
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

/** The embedded database stores a batch in one go, and presses wait meanwhile. */
const storedAlone: BatchLimits = { rows: 500, bytes: 1024 * 1024 };

/** So many batches are on their way at the same time. */
const batchesAtOnce = { evaluated: 1, storedAlone: 2 } as const;

const mostWaitingBytes = 64 * 1024 * 1024;

/** After so many rows that failed one by one, the database counts as down. */
const failuresInARow = 3;

/** Senders give up after 4 s: what has waited so long to be evaluated is stored alone instead. */
const evaluationWait: Millis = 2_500;

/**
 * While evaluation is behind, the sender of what is stored alone is answered this long after it
 * came, or as soon as evaluation has caught up: so senders are slowed before a queue grows.
 */
const answerWait: Millis = 3_200;

/**
 * Commits deliveries in groups, without a timer: the first goes at once, those that arrive while a
 * batch is on its way go together with the next. A timer would make every sender wait; this makes
 * only a busy server batch.
 *
 * A batch is stored and evaluated in one commit, so that senders are slowed before a queue grows.
 * Where that fails, it is stored alone: evaluation never keeps a delivery from being stored. While
 * what was stored alone is evaluated, the next batch waits; where that takes too long for its
 * senders, everything is stored alone until evaluation has caught up, and answered late.
 *
 * `evaluation`: null = everything is stored alone.
 */
export function createIntake(
  store: Pick<Store, "storeDeliveries">,
  evaluation: Evaluation | null = null,
): Intake {
  const queue: Waiting[] = [];
  let waitingBytes = 0;
  let batches = 0;
  let isBehind = false;
  let resting: (() => void)[] = [];
  const alone = evaluation === null ? store : waking(store, evaluation);

  /** Whether everything that was stored alone is evaluated, at once or in a moment. */
  const caughtUp = async ({ idle }: Evaluation, wait: Millis): Promise<boolean> => {
    if (isBehind) return false;
    const done = idle();
    isBehind = await withTimeout(done, wait).then(no, yes);
    if (isBehind)
      void done.then(() => {
        isBehind = false;
      });
    return !isBehind;
  };

  const evaluated = async (evaluation: Evaluation, batch: readonly Waiting[]): Promise<boolean> => {
    const { since } = batch[0] ?? { since: 0 };
    const left = (): Millis => since + evaluationWait - performance.now();
    if (left() <= 0 || bytesOf(batch) > evaluatedTogether.bytes) return false;
    if (!(await caughtUp(evaluation, left())) || left() <= 0) return false;
    const deliveries = batch.map(({ delivery }) => delivery);
    return withTimeout(evaluation.storeEvaluated(deliveries), left()).catch(no);
  };

  const flush = async (batch: readonly Waiting[]): Promise<void> => {
    if (evaluation !== null && (await evaluated(evaluation, batch))) {
      for (const { delivery, resolve } of batch) resolve({ id: delivery.id, duplicate: false });
      if (batch.length > 1) await gathered(queue);
      return;
    }
    const answer = evaluation === null ? answerNow : answersHeld(evaluation);
    try {
      await storeTogether(alone, batch, answer);
    } catch (cause) {
      await storeSingly(alone, { batch, cause, answer });
    }
  };

  const pump = (): void => {
    const isAlone = evaluation === null || isBehind;
    const limits = isAlone ? storedAlone : evaluatedTogether;
    const most = isAlone ? batchesAtOnce.storedAlone : batchesAtOnce.evaluated;
    while (batches < most && queue.length > 0) {
      const length = batchLength(queue, limits, ({ delivery }) => delivery.body.length);
      const batch = queue.splice(0, length);
      waitingBytes -= bytesOf(batch);
      batches += 1;
      void flush(batch).finally(() => {
        batches -= 1;
        pump();
      });
    }
    if (batches > 0) return;
    for (const rest of resting) rest();
    resting = [];
  };

  return {
    accept: (delivery) =>
      new Promise((resolve, reject) => {
        if (waitingBytes + delivery.body.length > mostWaitingBytes) {
          reject(new Fault("too many deliveries are waiting to be stored", "later"));
          return;
        }
        queue.push({ delivery, since: performance.now(), resolve, reject });
        waitingBytes += delivery.body.length;
        pump();
      }),
    idle: () =>
      new Promise((resolve) => {
        resting.push(resolve);
        pump();
      }),
  };
}

/** Has what was stored alone evaluated, before its sender is answered. */
const waking = (
  store: Pick<Store, "storeDeliveries">,
  { wake }: Evaluation,
): Pick<Store, "storeDeliveries"> => ({
  storeDeliveries: async (deliveries) => {
    const stored = await store.storeDeliveries(deliveries);
    wake();
    return stored;
  },
});

/**
 * Those who were just answered send their next: resolves when a turn of the event loop brings no
 * more of them, or after 25 ms.
 */
async function gathered(queue: readonly Waiting[]): Promise<void> {
  const end = performance.now() + longestGathering;
  for (let before = -1; before < queue.length && performance.now() < end; ) {
    before = queue.length;
    await turn();
    await turn();
  }
}

const longestGathering: Millis = 25;

const yes = (): boolean => true;
const no = (): boolean => false;

const bytesOf = (batch: readonly Waiting[]): number =>
  batch.reduce((sum, { delivery }) => sum + delivery.body.length, 0);

/** Tells a sender that its delivery is stored. */
type Answer = (waiting: Waiting, stored: Stored) => void;

const answerNow: Answer = ({ resolve }, stored) => resolve(stored);

function answersHeld({ idle }: Evaluation): Answer {
  return ({ since, resolve }, stored) => {
    const done = (): void => resolve(stored);
    void withTimeout(idle(), Math.max(0, since + answerWait - performance.now())).then(done, done);
  };
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
