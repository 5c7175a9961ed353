import { type Line, line, type Part } from "./line.ts";

/** The words of a policy that is adopted. Part of the words of words.ts. */

/** `by`: for whom, where the operator said so. */
export function looser(whats: readonly string[], by: Line | null): Line {
  return line`A looser policy was adopted${by ? line`, ${by}` : ""}. ${whats.join(" ")}`;
}

/** As the operator said: nobody proved it. */
export function adoptedFor({
  person,
  confirmer,
  reason,
}: {
  readonly person: Part;
  readonly confirmer: Part | null;
  readonly reason: Part | null;
}): Line {
  const approved = confirmer ? line`, confirmed by ${confirmer}` : "";
  const why = reason === null ? "" : line`: “${reason}”`;
  return line`the operator says for ${person}${approved}${why}`;
}
