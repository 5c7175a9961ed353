import type { KeptCheckpoint, Store } from "../ports.ts";

/** Checkpoints with the cosignatures of witnesses. */

/** `note` has the cosignatures as well; `because` is a sentence for people. */
export type Witnessed =
  | { readonly ok: true; readonly checkpoint: KeptCheckpoint; readonly note: string }
  | { readonly ok: false; readonly because: string };

/** The longest checkpoint that every one of these witnesses cosigned. */
export async function witnessedBy(
  store: Pick<Store, "cosignedByAll" | "cosignatureLines">,
  witnesses: readonly string[],
): Promise<Witnessed> {
  if (witnesses.length === 0)
    return { ok: false, because: "The policy names no witness (docs/audit.md, “Witnesses”)." };
  const checkpoint = await store.cosignedByAll(witnesses);
  return checkpoint
    ? { ok: true, checkpoint, note: await withCosignatures(store, checkpoint) }
    : {
        ok: false,
        because: `No checkpoint was cosigned by all witnesses of the policy yet (${witnesses.length}). They are asked once a day and after each decision.`,
      };
}

/** The signed note with the lines of the witnesses that cosigned it. */
export async function withCosignatures(
  store: Pick<Store, "cosignatureLines">,
  checkpoint: KeptCheckpoint,
): Promise<string> {
  return `${checkpoint.note}${(await store.cosignatureLines(checkpoint)).join("")}`;
}
