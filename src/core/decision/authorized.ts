import type { Commitment, EscalationId, PersonId } from "../ids.ts";
import type { AuthorityRule } from "../log/entry-fields.ts";
import { type Capability, holders, isOwner, type Ruled, ruleFor } from "../people/authority.ts";
import type { Refusal } from "../state/refusal.ts";
import {
  escalationIn,
  isDecidable,
  isUnmatched,
  type Situation,
  undecided,
} from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";

/** Whether somebody may take a decision, by which rule, and else who can. */

export interface DecisionRequest {
  readonly actor: PersonId;
  /** The escalation said, or null for the deployment as a whole. */
  readonly escalation: EscalationId | null;
  readonly reason: Commitment | "";
  readonly breakGlass: boolean;
  /** Posture version the button showed; null when typed. */
  readonly version: number | null;
}

/** May this person decide `what` for these escalations? */
interface AuthorityQuestion {
  readonly asked: DecisionRequest;
  readonly what: string;
  readonly capability: "restrict" | "start";
  readonly escalations: readonly (Ruled | null)[];
}

/** Which capability a decision runs under, or who could instead. */
export function authorized(
  situation: Situation,
  { asked, what, capability, escalations }: AuthorityQuestion,
): AuthorityRule | Refusal {
  const needed = asked.breakGlass ? "breakGlass" : capability;
  const rules = escalations.map((escalation) =>
    ruleFor(situation, { capability: needed, person: asked.actor, escalation }),
  );
  // Restricting is easier than widening: one escalation whose rules allow it is enough; widening
  // needs them all.
  const rule =
    capability === "restrict"
      ? rules.find((rule) => rule !== null)
      : rules.every((rule) => rule !== null) && rules[0];
  return rule || notAuthorized(situation, { asked, what, capability, escalations });
}

export type NotAuthorized = Extract<Refusal, { readonly refused: "not-authorized" }>;

/**
 * Says that this person may not, and who may instead: strongest first, release owners never behind
 * a resume.
 */
export function notAuthorized(
  situation: Situation,
  { asked, what, capability, escalations }: AuthorityQuestion,
): NotAuthorized {
  const needed = asked.breakGlass ? "breakGlass" : capability;
  const resumes = what === "resume";
  const may = escalations.map((escalation) =>
    [...holders(situation, needed, escalation).keys()].filter(
      (person) => !(resumes && isOwner(situation, person, escalation)),
    ),
  );
  const all = [...new Set(may.flat())];
  return {
    refused: "not-authorized",
    asked: asked.breakGlass ? `breakglass ${what}` : what,
    deployment: situation.state.id,
    who:
      capability === "restrict"
        ? all
        : all.filter((person) => may.every((people) => people.includes(person))),
    confirmers: resumes && !asked.breakGlass ? inAll(situation, "confirm", escalations) : [],
    mayRestrict: escalations.some(
      (escalation) =>
        ruleFor(situation, { capability: "restrict", person: asked.actor, escalation }) !== null,
    ),
    bar: null,
  };
}

/** Who holds a capability whichever of the escalations is asked. */
export function inAll(
  situation: Situation,
  capability: Capability,
  escalations: readonly (Ruled | null)[],
): readonly PersonId[] {
  const [first, ...rest] = escalations.map((escalation) => [
    ...holders(situation, capability, escalation).keys(),
  ]);
  return (first ?? []).filter((person) => rest.every((others) => others.includes(person)));
}

/**
 * The escalations a restriction is said to: the one named, else all undecided, else the last
 * settled one. A signal that no trigger matches is answered only by what is said to it: what is
 * said to the deployment may have been said without having read it.
 */
export function addressed(
  situation: Situation,
  named: EscalationId | null,
): readonly EscalationState[] {
  const { state } = situation;
  const escalation = named && escalationIn(state, named);
  if (escalation && (isDecidable(escalation) || isUnmatched(escalation))) return [escalation];
  const waiting = undecided(state);
  if (waiting.length > 0) return waiting;
  const settled = state.escalations
    .filter((each) => each.status === "settled" && isDecidable(each))
    .at(-1);
  return settled ? [settled] : [];
}

/**
 * Whether a narrowing or a pause would be taken from this person, said to this escalation or to the
 * deployment.
 */
export function mayRestrict(
  situation: Situation,
  person: PersonId,
  named: EscalationId | null,
): boolean {
  const answered = addressed(situation, named);
  return (answered.length > 0 ? answered : [null]).some(
    (escalation) => ruleFor(situation, { capability: "restrict", person, escalation }) !== null,
  );
}
