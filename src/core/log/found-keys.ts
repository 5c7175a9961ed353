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
 * By what entries have to be found, worked out from their bytes alone, read from the first entry
 * on: what the database makes of each entry when it is appended.
 */
export class FoundKeys {
  readonly #ofEscalations = new Map<string, Set<string>>();
  /** Entries of decisions, which a later one may take back. */
  readonly #decisions = new Map<string, number>();
  #keys: FoundKey[] = [];

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
    for (const what of [...own, ...withKind.map((key) => `${kind}/${key}`)])
      this.#keys.push({ what, index });
    if (entry.kind === "decision.made") this.#decided(index, entry);
  }

  /** The keys since this was last asked. */
  take(): readonly FoundKey[] {
    const keys = this.#keys;
    this.#keys = [];
    return keys;
  }

  #learn(escalation: string, keys: readonly string[]): void {
    const known = this.#ofEscalations.get(escalation) ?? new Set();
    for (const key of keys) known.add(key);
    this.#ofEscalations.set(escalation, known);
  }

  #decided(index: number, entry: Extract<Entry, { kind: "decision.made" }>): void {
    this.#decisions.set(entry.id, index);
    const undone = this.#decisions.get(entry.undoes ?? "");
    if (undone === undefined) return;
    for (const what of ["is:undone", "decision.made/is:undone"])
      this.#keys.push({ what, index: undone });
  }
}
