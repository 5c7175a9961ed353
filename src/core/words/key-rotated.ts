import type { Line } from "../card/card.ts";
import { plural } from "./line.ts";

/** What is said when an operator replaces the log's key. */

/** Something is in doubt. */
export function rotationInDoubt(sentence: string): string {
  return `The key was not replaced, because the record is in doubt: nothing can be signed over it. ${sentence}`;
}

export const noCurrentKey =
  "The key was not replaced: this server does not have the log's key. Ask a server that signs.";

export const noNextKey =
  "The key was not replaced: there is no next one. Make it (openssl genpkey -algorithm ed25519), start every replica with it in HOLDPOINT_LOG_KEY_NEXT, beside HOLDPOINT_LOG_KEY, and ask again.";

export function usedKey(vkey: string): string {
  return `The key was not replaced: the next one, ${vkey}, is or was the log's key already. Make a new one for HOLDPOINT_LOG_KEY_NEXT.`;
}

export function tooLarge(size: number): string {
  return `The key was not replaced: the log has ${plural(size, "entry", "entries")}, so the old key cannot count up to more. Say up to how many entries its checkpoints are surely yours.`;
}

export const otherWasFaster =
  "The key was not replaced by this request: another one has replaced it meanwhile. See the log.";

export function rotationRecorded(index: number, vkey: string): string {
  return `Recorded as entry ${index}: the log's key is ${vkey} from now on. Give it to whoever verifies the log. A replica that does not have it signs nothing and says so in /readyz. At its next start give each replica the new key as HOLDPOINT_LOG_KEY; then the old one is not needed any more.`;
}

/** To every channel. */
export function rotationTold(vkey: string, distrusted: number | null, reason: string): Line {
  const theft =
    distrusted === null
      ? ""
      : ` The old key was stolen: what it signed over more than ${plural(distrusted, "entry", "entries")} counts as nobody's.`;
  return [
    "The operator replaced the key that signs Holdpoint's log (“",
    { untrusted: reason },
    `”). The new one is ${vkey}.${theft} Whoever verifies the log should keep it. If this was not meant to happen, ask the operator at once.`,
  ];
}
