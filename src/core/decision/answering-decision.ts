import type { EscalationId } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";

type Made = EntryOf<"decision.made">;

/**
 * The decision that answered an escalation, of all that name it, oldest first: the first that
 * settled it and was not taken back. What came later, such as the resume that ended the stop, is
 * another question's answer. Where none settled it, the last that named it and widened nothing;
 * undefined where nobody decided.
 */
export function ownDecision(id: EscalationId, made: readonly Made[]): Made | undefined {
  const undone = new Set(made.map(({ undoes }) => undoes));
  const standing = made.filter((made) => made.undoes === "" && !undone.has(made.id));
  return (
    standing.find(({ settles }) => settles.includes(id)) ??
    standing.findLast((made) => made.escalation === id && made.decision !== "resume")
  );
}
