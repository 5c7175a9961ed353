import {
  type Checkpoint,
  type LogKey,
  openCheckpoint,
  signCheckpoint,
} from "../../core/log/checkpoint.ts";
import { isDistrusted, type KeyPeriod, keyChain, outsidePeriod } from "../../core/log/key-chain.ts";
import type { Store } from "../ports.ts";

/** Which of the log's keys signs, by what the log says of them. */

/** More than anybody rotates. */
const mostRotations = 1_000;

/** The log's keys, first to newest; throws where the entries do not hand it over. */
export async function keysInLog(
  store: Pick<Store, "entries">,
  { origin, vkey }: Pick<LogKey, "origin" | "vkey">,
): Promise<readonly KeyPeriod[]> {
  const found = await store.entries({ kinds: ["key.rotated"], limit: mostRotations });
  const rotations = found
    .map(({ index, entry }) => ({ index, entry: { ...entry } }))
    .sort((a, b) => a.index - b.index);
  const chain = keyChain(rotations, { only: vkey, origin });
  if ("index" in chain)
    throw new RangeError(`Entry ${chain.index} does not hand the log over: ${chain.because}.`);
  return chain;
}

/** The note with the signature of each of these keys, of which there is one at least. */
export function signedBy(checkpoint: Checkpoint, keys: readonly LogKey[]): string {
  const [note = "", ...others] = keys.map((key) => signCheckpoint(checkpoint, key));
  return note + others.map((other) => other.slice(other.indexOf("\n\n") + 2)).join("");
}

/** Those of these keys that may sign so many entries, the newest first. */
export function signersOf(
  chain: readonly KeyPeriod[],
  keys: readonly LogKey[],
  size: number,
): readonly LogKey[] {
  return chain
    .filter((period) => outsidePeriod(period, size) === null && !isDistrusted(period, size))
    .flatMap(({ vkey }) => keys.filter((key) => key.vkey === vkey).slice(0, 1))
    .reverse();
}

/** The newest of the log's keys that signed a note. */
export function signerOf(chain: readonly KeyPeriod[], note: string): string | null {
  return chain.findLast(({ vkey }) => openCheckpoint(note, vkey).ok)?.vkey ?? null;
}

/** That this server has none of the keys that may sign now. */
export function keyMissing(chain: readonly KeyPeriod[]): string {
  const { vkey, since } = chain.at(-1) ?? { vkey: "", since: null };
  return `The log's key was replaced at entry ${since}: ${vkey} signs now, which this server does not have. Start it with that key in HOLDPOINT_LOG_KEY.`;
}
