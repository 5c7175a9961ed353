import type { Digest, EntryId, EscalationId, Instant, PersonId } from "../ids.ts";
import type { Body } from "../log/entry.ts";
import type { AccountChat, Actor } from "../people/person.ts";
import type { Deployment, Policy } from "../policy/model.ts";
import type { EscalationEvidence } from "./evidence.ts";
import type { DeploymentState, EscalationState, OrgState } from "./state.ts";

/**
 * Everything a rule is told: the time, the rules in force and pinned, who is away, and what the log
 * says of one deployment.
 */
export interface Situation {
  readonly now: Instant;
  readonly policy: Policy;
  /** The policy an escalation opened under. */
  readonly pinned: (digest: Digest) => Policy;
  readonly org: OrgState;
  readonly state: DeploymentState;
  /** Last HP number given. */
  readonly lastNumber: number;
  /** Whether no chat can reach this person. */
  readonly unreachable: (person: PersonId) => boolean;
  /**
   * Whether a chat that speaks to single people reaches this one: who can be asked whether
   * something was them. `but` = their accounts in these chats do not count.
   */
  readonly asksPerson: (person: PersonId, but?: readonly AccountChat[]) => boolean;
  /**
   * The login link of the operator by which whoever speaks was signed in, or that the account they
   * speak from rests on; null = they speak from an account of their own.
   */
  readonly link: EntryId | null;
  readonly evidence: ReadonlyMap<EscalationId, EscalationEvidence>;
  /** Whether the record is in doubt: then nothing takes effect that widens. */
  readonly inDoubt?: boolean;
}

/** An entry before it gets its id and time: what, about what, by whom. */
export interface Draft {
  readonly actor: Actor;
  readonly body: Body;
  /** The login link it rests on, where that is another than of whoever speaks. */
  readonly link?: EntryId | null;
}

/** Shorthand for a body of one kind. */
export type BodyOf<K extends Body["kind"]> = Extract<Body, { readonly kind: K }>;

/** The deployment as the policy in force describes it; undefined for a name no policy knows. */
export function deploymentOf({
  policy,
  state,
}: Pick<Situation, "policy" | "state">): Deployment | undefined {
  return policy.deployments.get(state.id);
}

/** Whether a person is away at this moment. */
export function isAway({ org, now }: Pick<Situation, "org" | "now">, person: PersonId): boolean {
  return Object.hasOwn(org.away, person) && (org.away[person] ?? 0) > now;
}

/** Stands in place of a trigger's id for a posture that is not applied. */
export const unconfirmedName = "unconfirmed";

/**
 * A decided posture that a gateway has not confirmed. There is nothing to decide, but somebody has
 * to restore the gateway or apply the change manually.
 */
export function isUnconfirmed(escalation: EscalationState): boolean {
  return escalation.trigger === unconfirmedName;
}

/**
 * Stands in place of a trigger's id for escalations about signals that no trigger matches.
 */
export const unmatchedName = "unmatched";

/** A signal that no trigger matches. */
export function isUnmatched(escalation: EscalationState): boolean {
  return escalation.trigger === unmatchedName;
}

/**
 * Escalations without a question of their own: they are acknowledged. One `unmatched` may be
 * answered by a restriction instead.
 */
export function isAcknowledgeOnly(escalation: EscalationState): boolean {
  return isUnconfirmed(escalation) || (isUnmatched(escalation) && escalation.decided === null);
}

/** Stands in place of a trigger's id for rehearsals. */
export const rehearsalName = "rehearsal";

/** An escalation for practice: answers change nothing. */
export function isRehearsal(escalation: EscalationState): boolean {
  return escalation.trigger === rehearsalName;
}

/** Whether decisions about the deployment are about this one too. */
export function isDecidable(escalation: EscalationState): boolean {
  return !isAcknowledgeOnly(escalation) && !isRehearsal(escalation);
}

/** Open, and somebody has to decide. */
export function undecided(state: DeploymentState): readonly EscalationState[] {
  return state.escalations.filter(
    (escalation) => escalation.status === "open" && isDecidable(escalation),
  );
}

/** Finds a live escalation of this deployment. */
export function escalationIn(
  state: DeploymentState,
  id: EscalationId,
): EscalationState | undefined {
  return state.escalations.find((escalation) => escalation.id === id);
}
