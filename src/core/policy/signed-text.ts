/** What a sender signs, as a policy writes it: `{id}.{timestamp}.{body}`. */

/** Text that is there as it stands, or what a delivery brings. */
export type SignedPart = { readonly text: string } | { readonly of: "id" | "timestamp" | "body" };

/**
 * Takes a template apart. Anything in braces is a name; of names that are none, {@link
 * signedTextProblem} says what is wrong.
 */
export function signedPartsOf(template: string): readonly SignedPart[] {
  return template
    .split(/(\{[a-z]*\})/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      const of = names.find((name) => piece === `{${name}}`);
      return of === undefined ? { text: piece } : { of };
    });
}

const names = ["id", "timestamp", "body"] as const;

/** Whether a template says which delivery it is, or when it was sent. */
export function tells(parts: readonly SignedPart[], what: "id" | "timestamp"): boolean {
  return parts.some((part) => "of" in part && part.of === what);
}

/** What is wrong with a template, as the end of a sentence; null where nothing is. */
export function signedTextProblem(template: string): string | null {
  const parts = signedPartsOf(template);
  const found = parts.flatMap((part) => ("of" in part ? [part.of] : []));
  if (parts.some((part) => "text" in part && /[{}]/.test(part.text)))
    return "may have {id}, {timestamp} and {body} in braces, and nothing else";
  if (new Set(found).size < found.length) return "must have each of its names once";
  if (!found.includes("body"))
    return "must have {body}: a signature of less says nothing of what was sent";
  const at = parts.findIndex((part) => "of" in part && part.of === "id");
  const beside = at < 0 ? [] : [parts[at - 1], parts[at + 1]];
  // Without a mark between them, whoever caught a delivery could take the end of the one for the
  // beginning of the other.
  if (beside.some((part) => part && "of" in part))
    return "must have text between {id} and what is beside it, like a point";
  return null;
}

/** The characters an id must not have, because they part it from what is beside it. */
export function marksBesideId(parts: readonly SignedPart[]): readonly string[] {
  const at = parts.findIndex((part) => "of" in part && part.of === "id");
  if (at < 0) return [];
  const [before, after] = [parts[at - 1], parts[at + 1]];
  return [
    ...(before && "text" in before ? [before.text.slice(-1)] : []),
    ...(after && "text" in after ? [after.text.slice(0, 1)] : []),
  ];
}
