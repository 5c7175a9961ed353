import type { Millis } from "../../core/ids.ts";
import { type Delivery, Fault, type Store, withTimeout } from "../ports.ts";
import { turn } from "../turn.ts";
import { type BatchLimits, batchLength, evaluatedTogether } from "./batches.ts";
import {
  answerNow,
  answersHeld,
  type Evaluation,
  type Stored,
  storeAlone,
  type Waiting,
  waking,
} from "./store-alone.ts";

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

/** How much goes into a batch, and how many batches are on their way at the same time. */
interface Batching {
  readonly most: BatchLimits;
  readonly atOnce: number;
}

const whenEvaluated: Batching = { most: evaluatedTogether, atOnce: 1 };

/** The embedded database stores a batch in one go, and presses wait meanwhile. */
const whenAlone: Batching = { most: { rows: 500, bytes: 1024 * 1024 }, atOnce: 2 };

const mostWaitingBytes = 64 * 1024 * 1024;

/** Senders give up after 4 s: what has waited so long to be evaluated is stored alone instead. */
const evaluationWait: Millis = 2_500;

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
  const answer = evaluation === null ? answerNow : answersHeld(evaluation);

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
    await storeAlone(alone, batch, answer);
  };

  const pump = (): void => {
    const { most, atOnce } = evaluation === null || isBehind ? whenAlone : whenEvaluated;
    while (batches < atOnce && queue.length > 0) {
      const batch = queue.splice(0, batchLength(queue, most, sizeOf));
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

const sizeOf = ({ delivery }: Waiting): number => delivery.body.length;

const bytesOf = (batch: readonly Waiting[]): number =>
  batch.reduce((sum, waiting) => sum + sizeOf(waiting), 0);
