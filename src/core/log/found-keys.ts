import type { Entry } from "./entry.ts";
import { columnsOf } from "./entry-columns.ts";
import { foundBy } from "./found-by.ts";

/** A row by which an entry is found: `{ what: "person:p_…", index: 17 }`. */
export interface FoundKey {
  readonly what: string;
  readonly index: number;
}

/** Kinds so frequent that their keys do not stand with the kind in front as well. */
export const kindsWithoutKeys: ReadonlySet<string> = new Set([
  "escalation.updated",
  "enforcement.reported",
]);

/** By what later entries about an escalation are found as well. */
const ofEscalation = /^(?:trigger|severity|model):/;

/**
 * Of which kind a key is: `person`, `decision.made/is`. Null for those that are not counted: what
 * follows from escalations, which an older version gave to earlier entries of them too, and
 * `is:undone`, which a later entry gives to an earlier one.
 */
export function countedKind(what: string): string | null {
  const kind = what.slice(0, what.indexOf(":"));
  return /(?:^|\/)(?:trigger|severity|model)$/.test(kind) || what.endsWith(undone) ? null : kind;
}

const undone = "is:undone";
/** By what a decision is found once it was taken back. */
export const undoneKeys = [undone, `decision.made/${undone}`] as const;

/**
 * By what entries have to be found, worked out from their bytes alone, read from the first entry
 * on: what the database makes of each entry when it is appended.
 */
export class FoundKeys {
  readonly #ofEscalations = new Map<string, Set<string>>();
  /** Entries of decisions, which a later one may take back. */
  readonly #decisions = new Map<string, number>();
  #keys: FoundKey[] = [];
  readonly #counts = new Map<string, number>();
  readonly #undone = new Set<number>();

  /** How many keys of each kind there are, of those that are counted. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** The indexes of the decisions that were taken back. */
  get undone(): ReadonlySet<number> {
    return this.#undone;
  }

  add(index: number, entry: Entry): void {
    const said = foundBy(entry);
    const escalations = said.filter((key) => key.startsWith("escalation:"));
    const isOpened = entry.kind === "escalation.opened";
    if (isOpened || entry.kind === "escalation.updated")
      this.#learn(
        `escalation:${entry.escalation}`,
        said.filter((key) => ofEscalation.test(key) && (isOpened || !key.startsWith("trigger:"))),
      );
    const own = new Set(said);
    for (const escalation of escalations)
      for (const key of this.#ofEscalations.get(escalation) ?? []) own.add(key);
    const { kind, deployment, decision } = columnsOf(entry);
    const ofColumns = [
      ...(deployment === null ? [] : [`deployment:${deployment}`]),
      ...(decision === null ? [] : [`decision:${decision}`]),
    ];
    const withKind = kindsWithoutKeys.has(kind) ? [] : [...own, ...ofColumns];
    const keys = new Set([...own, ...withKind.map((key) => `${kind}/${key}`)]);
    for (const what of keys) this.#put({ what, index });
    if (entry.kind === "decision.made") this.#decided(index, entry);
  }

  /** The keys since this was last asked. */
  take(): readonly FoundKey[] {
    const keys = this.#keys;
    this.#keys = [];
    return keys;
  }

  #put(key: FoundKey): void {
    this.#keys.push(key);
    const kind = countedKind(key.what);
    if (kind !== null) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  #learn(escalation: string, keys: readonly string[]): void {
    const known = this.#ofEscalations.get(escalation) ?? new Set();
    for (const key of keys) known.add(key);
    this.#ofEscalations.set(escalation, known);
  }

  #decided(index: number, entry: Extract<Entry, { kind: "decision.made" }>): void {
    this.#decisions.set(entry.id, index);
    const taken = this.#decisions.get(entry.undoes ?? "");
    if (taken === undefined) return;
    for (const what of undoneKeys) this.#keys.push({ what, index: taken });
    this.#undone.add(taken);
  }
}
