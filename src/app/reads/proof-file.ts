import type { EscalationId } from "../../core/ids.ts";
import { commitmentsIn } from "../../core/log/check-proof.ts";
import { digestOf } from "../../core/log/commitment.ts";
import { proofFileText } from "../../core/log/proof-file.ts";
import type { Recorded, Store } from "../ports.ts";
import { proofOf, recordedDecision } from "./proof.ts";

/**
 * The entry that a question is about: a record number, or the decision that answered an escalation.
 */
export async function recordedFor(store: Store, word: string): Promise<Recorded | undefined> {
  if (/^\d{1,12}$/.test(word)) return (await store.entriesFrom(Number(word), Number(word) + 1))[0];
  const number = /^hp-?(\d{1,9})$/i.exec(word)?.[1];
  if (!number) return undefined;
  const escalation: EscalationId = `HP-${Number(number)}`;
  const own = await recordedDecision(store, escalation);
  return own ?? (await store.entries({ escalation, kinds: ["escalation.opened"], limit: 1 }))[0];
}

/** Who signed a checkpoint: the key of the log at its size. */
export type KeyFor = (note: string) => Promise<string>;

/**
 * The proof of an entry as a file, with the texts that were not erased; null while no signed
 * checkpoint covers it. `withPolicy`: with its policy too, unless only a part of that may be read.
 */
export async function proofFileOf(
  { store, keyFor }: { readonly store: Store; readonly keyFor: KeyFor },
  { index, bytes, entry }: Recorded,
  withPolicy: boolean,
): Promise<string | null> {
  const proof = await proofOf(store, index);
  if (!proof) return null;
  const digest = entry.kind === "policy.adopted" ? entry.digest : entry.policy;
  const row = digest === "" || !withPolicy ? undefined : await store.policy(digest);
  const isWhole = row !== undefined && digestOf(row.canonical) === digest;
  const policy = isWhole ? new TextDecoder().decode(row.canonical) : "";
  const text = new TextDecoder().decode(bytes);
  const texts = await store.texts([...new Set([...commitmentsIn(text), ...commitmentsIn(policy)])]);
  const disclosures = [...texts.values()].map(({ commitment, salt, text: said }) => ({
    commitment,
    salt: Buffer.from(salt).toString("base64"),
    text: said,
  }));
  return proofFileText({
    index,
    hashes: proof.hashes,
    note: proof.note,
    entry: text,
    key: await keyFor(proof.note),
    disclosures: disclosures.sort((a, b) => (a.commitment < b.commitment ? -1 : 1)),
    policy,
  });
}

/** The same by a record number or an escalation. */
export type ProofFileFound =
  | { readonly index: number; readonly text: string }
  | "unknown"
  | "unsigned";

export async function findProofFile(
  store: Store,
  keyFor: KeyFor,
  what: string,
): Promise<ProofFileFound> {
  const recorded = await recordedFor(store, what);
  if (!recorded) return "unknown";
  const text = await proofFileOf({ store, keyFor }, recorded, true);
  return text === null ? "unsigned" : { index: recorded.index, text };
}
