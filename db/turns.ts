import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as turn } from "node:timers/promises";

/** The order of statements on a single connection. */
export interface Turns {
  /** Runs `work` when it is its turn. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Whatever takes a turn inside `work` lets everybody else go first. */
  inBackground<T>(work: () => Promise<T>): Promise<T>;
}

/** So many may go ahead of one in the background: under any load it gets on. */
const mostAhead = 100;

/**
 * One at a time: first those of people who wait for an answer, then the background, each in its
 * order. Before each there is a turn of the event loop, in which whoever has just been answered
 * asks the next question: so a press, many statements one after the other, is not held up by the
 * background between two of them.
 */
export function createTurns(): Turns {
  const isBackground = new AsyncLocalStorage<boolean>();
  const first: (() => Promise<void>)[] = [];
  const background: (() => Promise<void>)[] = [];
  let ahead = 0;
  let isRunning = false;

  const next = (): (() => Promise<void>) | undefined => {
    const isDue = background.length > 0 && (first.length === 0 || ahead >= mostAhead);
    ahead = isDue || background.length === 0 ? 0 : ahead + 1;
    return (isDue ? background : first).shift();
  };

  const run = async (): Promise<void> => {
    isRunning = true;
    for (;;) {
      await turn();
      const work = next();
      if (work === undefined) break;
      await work();
    }
    isRunning = false;
  };

  return {
    take: (work) =>
      new Promise((resolve, reject) => {
        const queue = isBackground.getStore() === true ? background : first;
        queue.push(() => work().then(resolve, reject));
        if (!isRunning) void run();
      }),
    inBackground: (work) => isBackground.run(true, work),
  };
}
