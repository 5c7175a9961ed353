import type { Millis } from "../../core/ids.ts";

/**
 * What the work gives, or a rejection with `late` when that takes longer. The work itself is not
 * cancelled: whether it still ends, and how, is unknown by then.
 */
export async function withTimeout<T>(
  work: Promise<T>,
  patience: Millis,
  late: () => Error = () => new Error(`no answer from the database within ${patience} ms`),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), patience);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
