import type { Millis } from "../../core/ids.ts";

/** How long somebody who pressed is kept waiting for the chat to say who they are. */
const chatTakes: Millis = 1_000;

/** Null where the chat refused, failed or was too slow. */
export async function withTimeout<T>(
  asked: Promise<T>,
  patience: Millis = chatTakes,
): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patience);
  });
  const answer = await Promise.race([asked.catch(() => null), late]);
  clearTimeout(timer);
  return answer;
}
