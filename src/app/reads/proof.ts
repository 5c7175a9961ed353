import { ownDecision } from "../../core/decision/answering-decision.ts";
import type { EscalationId } from "../../core/ids.ts";
import { parseCheckpoint } from "../../core/log/checkpoint.ts";
import type { EntryOf } from "../../core/log/entry.ts";
import { inclusionProof, type SubtreeHash } from "../../core/log/merkle.ts";
import type { Recorded, Store } from "../ports.ts";
import { withCosignatures } from "./witnessed.ts";

/** Proof that one entry is in the log a checkpoint signs. */
export interface Proof {
  readonly index: number;
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
  readonly note: string;
}

/**
 * The proof under the checkpoint that most witnesses cosigned of those that cover the entry, else
 * under the newest; undefined while none covers it.
 */
export async function proofOf(store: Store, index: number): Promise<Proof | undefined> {
  const checkpoint = (await store.mostCosigned(index)) ?? (await store.checkpoint());
  if (!checkpoint || index >= checkpoint.size || index < 0) return undefined;
  const { size } = checkpoint;
  const subtree: SubtreeHash = (level, at) => store.subtree(level, at);
  const hashes = await inclusionProof(index, size, subtree);
  return { index, size, hashes, note: await withCosignatures(store, checkpoint) };
}

/** More than one escalation is ever decided, asked again and undone. */
const mostDecisions = 1_000;

/**
 * The decision that answered an escalation, as it is recorded; undefined where none stands. See
 * core/decision/answering-decision.
 */
export async function recordedDecision(
  store: Pick<Store, "entries">,
  escalation: EscalationId,
): Promise<RecordedDecision | undefined> {
  const kinds = ["decision.made"];
  const recorded = await store.entries({ escalation, kinds, limit: mostDecisions });
  const made = recorded.flatMap(({ entry, ...rest }) =>
    entry.kind === "decision.made" ? [{ ...rest, entry }] : [],
  );
  const own = ownDecision(escalation, made.map(({ entry }) => entry).reverse());
  return made.find(({ entry }) => entry.id === own?.id);
}

type RecordedDecision = Recorded & { readonly entry: EntryOf<"decision.made"> };

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/**
 * The proof as a file: the entry's exact bytes, the hashes beside the way to the root, and the
 * signed checkpoint.
 */
export async function proofText(store: Store, { index, bytes }: Recorded): Promise<string> {
  const proof = await proofOf(store, index);
  const entry = new TextDecoder().decode(bytes);
  if (!proof)
    return `index ${index}\n\n${entry}\n\nNot under a signed checkpoint yet; ask again in a second.\n`;
  const { root, origin } = parseCheckpoint(proof.note) ?? { root: new Uint8Array(), origin: "" };
  return [
    `index ${index}`,
    `tree size ${proof.size}`,
    `origin ${origin}`,
    `root ${base64(root)}`,
    "",
    entry,
    "",
    ...proof.hashes.map(base64),
    "",
    proof.note,
  ].join("\n");
}
