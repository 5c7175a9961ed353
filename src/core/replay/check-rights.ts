import type { PersonId } from "../ids.ts";
import type { Capability, Ruled } from "../people/authority.ts";
import type { Deployment, Response } from "../policy/model.ts";
import { type Findings, inconsistent, isSameSet, listed, unauthorized } from "./finding.ts";
import { type Moment, rulesOf, whoMay } from "./moment.ts";

/** What the checks of all decisions have in common. */

export interface Governed {
  readonly deployment: Deployment;
  readonly scope: string;
  readonly version: number;
}

interface Right {
  readonly person: PersonId;
  readonly capability: "restrict" | "start";
  readonly escalations: readonly (Ruled | null)[];
}

export function* checkHolds(
  moment: Moment<"decision.made"> | Moment<"decision.proposed">,
  { person, capability, escalations }: Right,
): Findings {
  const { authority } = moment.entry;
  const asked: Capability = authority === "breakGlass" ? "breakGlass" : capability;
  const rules = escalations.map((escalation) =>
    rulesOf(moment, { capability: asked, person, escalation }),
  );
  const holds = (all: readonly (string | null)[]): boolean =>
    capability === "start"
      ? all.every((rule) => rule !== null) && all[0] === authority
      : all.includes(authority);
  if (holds(rules.map(({ shown }) => shown))) return;
  if (holds(rules.map(({ claimed }) => claimed)))
    return moment.claim("somebody could not be reached in any chat");
  const what = moment.entry.kind === "decision.made" ? moment.entry.decision : "resume";
  yield unauthorized(
    `${person} decided to ${what} by ${authority}, which they did not hold; those who did: ${listed(
      whoMay(moment, asked, escalations[0] ?? null),
    )}`,
  );
}

export function* checkSettles(
  { entry }: Moment<"decision.made">,
  expected: readonly string[],
): Findings {
  if (isSameSet(entry.settles, expected)) return;
  yield inconsistent(
    `it settles ${listed(entry.settles, "nothing")}; by the rules that is ${listed(expected, "nothing")}`,
  );
}

export function* checkDeviation({ entry }: Moment<"decision.made">, expected: string): Findings {
  if (entry.deviation !== expected)
    yield inconsistent(
      `it says that it differs from the plan by “${entry.deviation}”; by the rules that is “${expected}”`,
    );
}

/** A planned response that restricts nothing. */
export function isMild(response: Response): boolean {
  return response.kind === "retest" || response.kind === "monitor";
}
