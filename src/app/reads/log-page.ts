import { cosignersOf } from "../../core/log/cosignature.ts";
import type { KeyPeriod } from "../../core/log/key-chain.ts";
import { witnessesOf } from "../../core/policy/model.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Cosignature, CosignedView, LogView, Store } from "../ports.ts";
import { withCosignatures } from "./witnessed.ts";

export interface LogPageParts {
  readonly store: Store;
  readonly rules: PolicyCache;
  /** The log's keys, the first to the newest. */
  readonly logKeys: () => Promise<readonly KeyPeriod[]>;
}

/** As many as a page shows of what witnesses said. */
const mostCosignatures = 40;

/** The log as its page shows it. */
export async function logView({ store, rules, logKeys }: LogPageParts): Promise<LogView> {
  const [head, checkpoint, keys, rows] = await Promise.all([
    store.head(),
    store.checkpoint(),
    logKeys(),
    store.newestCosignatures(mostCosignatures),
  ]);
  const policy = rules.current();
  return {
    name: nameIn(keys.at(-1)?.vkey ?? ""),
    size: head.size,
    at: head.at,
    note: checkpoint ? await withCosignatures(store, checkpoint) : null,
    keys,
    witnesses: policy ? witnessesOf(policy).map(nameIn) : [],
    cosigned: cosignedIn(rows),
  };
}

/** A vkey begins with the name of whose key it is. */
const nameIn = (vkey: string): string => vkey.split("+")[0] ?? "";

/** Rows of one checkpoint stand together. */
function cosignedIn(rows: readonly Cosignature[]): readonly CosignedView[] {
  const byNote = new Map<string, readonly Cosignature[]>();
  for (const row of rows) byNote.set(row.note, [...(byNote.get(row.note) ?? []), row]);
  return [...byNote].map(([note, of]) => ({
    size: of[0]?.size ?? 0,
    by: of.map(({ witness, line }) => {
      const cosigners = cosignersOf(note + line, [witness]);
      const seconds = cosigners.ok ? cosigners.at.get(witness) : undefined;
      return { name: nameIn(witness), at: seconds === undefined ? null : seconds * 1_000 };
    }),
  }));
}
