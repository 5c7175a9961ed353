import type { Millis } from "../core/ids.ts";

/**
 * What a promise gives, or a rejection when that takes longer. The work itself goes on: nobody can
 * stop a query from here.
 */
export async function withTimeout<T>(
  asked: Promise<T>,
  patience: Millis,
  late: () => Error = () => new Error(`no answer from the database within ${patience} ms`),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), patience);
  });
  try {
    return await Promise.race([asked, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
