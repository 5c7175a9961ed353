import { type Delivery, Fault, type Store } from "../ports.ts";

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
  readonly resolve: (stored: Stored) => void;
  readonly reject: (fault: Fault) => void;
}

/**
 * Bounds of one batch, of what may wait, and of how long a failing database is asked row by row.
 */
const mostRows = 500;
// the embedded database stores a batch in one go, and presses wait meanwhile
const mostBatchBytes = 1024 * 1024;
const mostWaitingBytes = 64 * 1024 * 1024;
const mostFlights = 2;
const failuresInARow = 3;

/**
 * Commits deliveries in groups, without a timer: the first goes at once, those that arrive while
 * two batches are on their way go together with the next. A timer would make every sender wait;
 * this makes only a busy server batch.
 */
export function createIntake(store: Pick<Store, "storeDeliveries">): Intake {
  const queue: Waiting[] = [];
  let waitingBytes = 0;
  let flights = 0;
  let resting: (() => void)[] = [];

  const flush = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      await storeTogether(store, batch);
    } catch (cause) {
      await storeSingly(store, batch, cause);
    }
  };

  const pump = (): void => {
    while (flights < mostFlights && queue.length > 0) {
      const batch = queue.splice(0, batchLength(queue));
      waitingBytes -= bytesOf(batch);
      flights += 1;
      void flush(batch).finally(() => {
        flights -= 1;
        pump();
      });
    }
    if (flights > 0) return;
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
        queue.push({ delivery, resolve, reject });
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

const bytesOf = (batch: readonly Waiting[]): number =>
  batch.reduce((sum, { delivery }) => sum + delivery.body.length, 0);

/**
 * At least one row, at most 500, and no more than 1 MiB in one statement unless one body alone is
 * larger.
 */
function batchLength(queue: readonly Waiting[]): number {
  let bytes = 0;
  const full = queue.findIndex(({ delivery }, index) => {
    bytes += delivery.body.length;
    return index >= mostRows || (index > 0 && bytes > mostBatchBytes);
  });
  return full === -1 ? queue.length : full;
}

async function storeTogether(
  store: Pick<Store, "storeDeliveries">,
  batch: readonly Waiting[],
): Promise<void> {
  const stored = await store.storeDeliveries(batch.map(({ delivery }) => delivery));
  if (stored.length !== batch.length) {
    throw new Fault(`stored ${stored.length} of ${batch.length} deliveries`, "later");
  }
  stored.forEach((answer, index) => {
    batch[index]?.resolve(answer);
  });
}

/**
 * Stores the rows one by one, so that a bad row does not fail the others. If three in a row fail,
 * the database counts as down and the rest fail immediately.
 */
async function storeSingly(
  store: Pick<Store, "storeDeliveries">,
  batch: readonly Waiting[],
  cause: unknown,
): Promise<void> {
  let failures = batch.length === 1 ? failuresInARow : 0;
  let last = cause;
  for (const waiting of batch) {
    if (failures >= failuresInARow) {
      waiting.reject(notStored(last));
      continue;
    }
    try {
      await storeTogether(store, [waiting]);
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
