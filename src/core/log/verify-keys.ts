import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import type { Walk } from "./entry-checker.ts";
import { isDistrusted, type KeyPeriod, keyChain, outsidePeriod } from "./key-chain.ts";
import type { Bad, Kept } from "./verdict.ts";

/** Who signed an export and the checkpoints that were kept, where a log has had several keys. */

const tampered = (index: number | null, because: string): Bad => ({
  is: "TAMPERED",
  index,
  because,
});

/** The kept key is that of the export, or one that an entry of it names. */
export function badKeptKey(
  { rotations }: Pick<Walk, "rotations">,
  vkey: string,
  kept: Kept,
): Bad | null {
  const named = rotations.flatMap(({ entry }) => [entry["before"], entry["key"]]);
  return kept.vkey === null || kept.vkey === vkey || named.includes(kept.vkey)
    ? null
    : tampered(null, "log.pub is not the key you kept: somebody else signed this export");
}

/** The log's keys, if each was handed over to the next and the last signed what it may. */
export function keysOf(
  { rotations }: Walk,
  { vkey, head, kept }: { readonly vkey: string; readonly head: Checkpoint; readonly kept: Kept },
): readonly KeyPeriod[] | Bad {
  const chain = keyChain(rotations, { only: vkey, origin: head.origin });
  if ("index" in chain)
    return tampered(chain.index, `it hands the log over to another key, but ${chain.because}`);
  const period = chain.find((key) => key.vkey === vkey);
  if (period === undefined)
    return tampered(null, "log.pub is none of the keys that the log had: somebody else signed it");
  const outside = outsidePeriod(period, head.size);
  if (outside !== null)
    return tampered(null, `the checkpoint cannot be believed: the key ${outside}`);
  if (isDistrusted(period, head.size))
    return tampered(null, `the checkpoint cannot be believed: its key ${stolen(period)}`);
  const isKnown = kept.vkey === null || chain.some((key) => key.vkey === kept.vkey);
  return isKnown ? chain : tampered(null, "the key you kept is none of the keys that the log had");
}

/** A checkpoint that was kept, as one of the log's keys signed it. */
export type Seen =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly doubt: string }
  | { readonly ok: false; readonly because: string };

/** Opens a checkpoint that was kept with whichever of the log's keys signed it. */
export function openSeen(note: string, chain: readonly KeyPeriod[]): Seen {
  let because = "";
  for (const period of chain) {
    const opened = openCheckpoint(note, period.vkey);
    if (!opened.ok) {
      because = opened.because;
      continue;
    }
    const { size } = opened.checkpoint;
    const outside = outsidePeriod(period, size);
    if (outside !== null) return { ok: false, because: `the key ${outside}` };
    const doubt = isDistrusted(period, size) ? `. Its key ${stolen(period)}` : "";
    return { ok: true, checkpoint: opened.checkpoint, doubt };
  }
  const none = `none of the ${chain.length} keys that the log had signed it`;
  return { ok: false, because: chain.length === 1 ? because : none };
}

const stolen = ({ distrusted, replaced }: KeyPeriod): string =>
  `counts up to ${distrusted} entries only: it was stolen, as entry ${replaced} says. Whoever had it may have signed this, or the operator rewrote what came after`;

/** Whether the kept key leads to the export's by one that was stolen: the thief could do that. */
export function isKeptStolen(
  chain: readonly KeyPeriod[],
  vkey: string,
  kept: string | null,
): boolean {
  const from = chain.findIndex((period) => period.vkey === kept);
  const to = chain.findIndex((period) => period.vkey === vkey);
  return from >= 0 && chain.slice(from, to).some(({ distrusted }) => distrusted !== null);
}

/** How the kept key leads to the one that signed the export. */
export function keyWords(chain: readonly KeyPeriod[], vkey: string, kept: string): string {
  if (vkey === kept) return "signed by the saved key";
  const from = chain.findIndex((period) => period.vkey === kept);
  const to = chain.findIndex((period) => period.vkey === vkey);
  const [first, last] = from < to ? [from, to] : [to, from];
  const steps = chain.slice(first + 1, last + 1).map(({ since }) => `entry ${since}`);
  const led =
    from < to
      ? `signed by a newer key, to which the saved one was handed over (${steps.join(", ")})`
      : `signed by an older key, which was handed over to the saved one (${steps.join(", ")})`;
  return isKeptStolen(chain, vkey, kept)
    ? `${led}. A key was stolen before, as the log says: whoever stole it could have handed it over as well, so get the new key from its owner by another way, and verify with that`
    : led;
}
