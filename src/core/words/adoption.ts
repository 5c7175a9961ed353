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

export const confirmLabel = "Confirm the policy";

/** A proposal, in the channels that it touches. */
export function proposed(
  whats: readonly string[],
  {
    by,
    may,
    until,
    command,
  }: {
    readonly by: Line;
    readonly may: readonly string[];
    readonly until: string;
    readonly command: string;
  },
): Line {
  return line`A looser policy is proposed, ${by}. ${whats.join(" ")} Nothing has changed yet: ${may.join(" or ")} can confirm it until ${until}, with the button or “${command}”. The page of the policy in the console shows every difference.`;
}

/** What is said to whoever confirms a policy, or may not. */
export const confirming = {
  none: "Nothing changed: no policy waits to be confirmed. One that loosens is proposed with “holdpoint policy adopt”, and waits 7 days.",
  another: (asked: string, waiting: string) =>
    `Nothing changed: the policy that waits is ${waiting}, not “${asked}”. Say adopt ${waiting} to confirm it.`,
  link: "Nothing changed: who is signed in by a login link of the operator, or uses an account that rests on one, cannot confirm a policy. Use your own account.",
  newAccount:
    "Nothing changed: your account is new in the policy, so you cannot confirm another policy yet. Somebody else who may can.",
  notYou: (may: readonly string[]) =>
    `Nothing changed: you may not confirm this policy, since whoever proposed it does not confirm it, and the policy in force says who may. ${may.length === 0 ? "Nobody may any more: propose it again." : `Ask ${may.join(" or ")}.`}`,
  gone: "Nothing changed: the text of the proposed policy cannot be read any more. Propose it again.",
  unfit: (problems: readonly string[]) =>
    `Nothing changed: the policy cannot be adopted now. ${problems.join(" ")}`,
  moved: "Nothing changed: another policy was adopted meanwhile. Propose it again.",
  done: (digest: string) => `Confirmed: the policy ${digest} is in force.`,
} as const;

/** Why the operator cannot propose a policy. */
export const proposing = {
  unsaid:
    "The policy in force has a second person confirm one that loosens: say for whom and why, with --as and --because.",
  confirmedBy:
    "--confirmed-by: the policy in force has the second person confirm it themselves; leave it out.",
  nobody: (looser: readonly string[]) =>
    `Nobody else may confirm it for all of ${looser.join(", ")}: adopt it in parts, or name people in adoption.by first.`,
} as const;
