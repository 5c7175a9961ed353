import { withTimeout } from "../../app/ports.ts";
import type { Millis } from "../../core/ids.ts";

/** How long a person who pressed waits for the chat to confirm who they are. */
const chatTakes: Millis = 1_000;

/** Null where the chat refused, failed or was too slow. */
export function inTimeOrNull<T>(asked: Promise<T>, patience = chatTakes): Promise<T | null> {
  return withTimeout(asked, patience).catch(() => null);
}
