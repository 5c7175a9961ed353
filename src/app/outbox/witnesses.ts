import { parseCheckpoint } from "../../core/log/checkpoint.ts";
import { cosignersOf } from "../../core/log/cosignature.ts";
import { consistencyProof } from "../../core/log/merkle.ts";
import type { WitnessAddress } from "../../core/policy/model.ts";
import { type Outward, SendFault, type Store, type WitnessAnswer } from "../ports.ts";

/**
 * Has witnesses cosign checkpoints (c2sp.org/tlog-witness). A witness cosigns no checkpoint that
 * takes back what it has cosigned, so that a log that was rewritten or cut gets no cosignature.
 */

interface WitnessParts {
  readonly store: Pick<Store, "lastCosigned" | "saveCosignature" | "subtree">;
  readonly outward: Pick<Outward, "cosign">;
}

interface Asked {
  readonly address: WitnessAddress;
  /** A checkpoint of ours. */
  readonly note: string;
  readonly attempts: number;
}

/** Asks one witness and keeps its cosignature. Throws SendFault. */
export async function askWitness(parts: WitnessParts, asked: Asked): Promise<void> {
  const { store } = parts;
  const { address, note } = asked;
  const size = parseCheckpoint(note)?.size ?? 0;
  const known = await store.lastCosigned(address.vkey);
  if (known && known.size >= size) return; // another process was quicker
  const first = await answerFrom(parts, asked, { old: known?.size ?? 0, size });
  const answer = first.is === "at" ? await afterCatchingUp(parts, asked, first.size) : first;
  if (answer.is === "at") throw fault(address, "answered with two different sizes");
  const line = ownLine(address, note, answer.lines);
  await store.saveCosignature({ witness: address.vkey, size, note, line });
}

/** The witness has seen other checkpoints than this database knows of: it says how many entries. */
async function afterCatchingUp(
  parts: WitnessParts,
  asked: Asked,
  old: number,
): Promise<WitnessAnswer> {
  const size = parseCheckpoint(asked.note)?.size ?? 0;
  if (old > size)
    throw fault(
      asked.address,
      `has cosigned ${old} entries of this log, and this checkpoint covers ${size}: another server is ahead, or this database was cut or restored`,
    );
  return answerFrom(parts, asked, { old, size });
}

async function answerFrom(
  { store, outward }: WitnessParts,
  { address, note, attempts }: Asked,
  { old, size }: { readonly old: number; readonly size: number },
): Promise<WitnessAnswer> {
  const hashes = await consistencyProof(old, size, (level, index) => store.subtree(level, index));
  return outward.cosign(address, { old, hashes, note }, attempts);
}

/** Its own cosignature among the lines of its answer; other lines are nobody's here. */
function ownLine({ id, vkey }: WitnessAddress, note: string, lines: string): string {
  const own = lines
    .split("\n")
    .map((line) => `${line}\n`)
    .find((line) => {
      const cosigners = cosignersOf(`${note}${line}`, [vkey]);
      return cosigners.ok && cosigners.at.has(vkey);
    });
  if (own === undefined)
    throw fault({ id }, "answered with no cosignature by the key that the policy names");
  return own;
}

const fault = ({ id }: Pick<WitnessAddress, "id">, because: string): SendFault =>
  new SendFault(`${id} ${because}`, { retry: "later", arrived: "no" });
