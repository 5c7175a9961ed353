import type { Digest, EntryId, EscalationId, Instant, PersonId } from "./ids.ts";
import type { Body } from "./log/entry.ts";
import type { AccountChat, Actor } from "./people.ts";
import type { Deployment, Policy } from "./policy/model.ts";
import type { DeploymentState, EscalationState, Evidence, OrgState } from "./state.ts";

/** Everything a rule is told: the time, the rules in force and pinned, who is away, and what the log says of one deployment. */
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
   * Whether a chat that speaks to single people reaches this one: who can be asked whether something was them. `but` = their accounts
   * in these chats do not count.
   */
  readonly asksPerson: (person: PersonId, but?: readonly AccountChat[]) => boolean;
  /**
   * The login link of the operator by which whoever speaks was signed in, or that the account they speak from rests on; null = they
   * speak from an account of their own.
   */
  readonly link: EntryId | null;
  readonly evidence: ReadonlyMap<EscalationId, Evidence>;
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
export const deploymentOf = ({ policy, state }: Situation): Deployment | undefined =>
  policy.deployments.get(state.id);

/** Whether a person is away at this moment. */
export const isAway = ({ org, now }: Pick<Situation, "org" | "now">, person: PersonId): boolean =>
  Object.hasOwn(org.away, person) && (org.away[person] ?? 0) > now;

/** The name under which it is said that a posture is not carried out, in place of a rule's. */
export const unconfirmedName = "unconfirmed";

/** A posture that was decided, and that some gateway has not confirmed: there is nothing left to decide, but much to do. */
export const isUnconfirmed = (escalation: EscalationState): boolean =>
  escalation.trigger === unconfirmedName;

/** The name under which signals open an escalation that no trigger matches, in place of a rule's. */
export const unmatchedName = "unmatched";

/** A signal that no trigger matches. */
export const isUnmatched = (escalation: EscalationState): boolean =>
  escalation.trigger === unmatchedName;

/** Escalations without a question of their own: they are acknowledged. One `unmatched` may be answered by a restriction instead. */
export const isAcknowledgeOnly = (escalation: EscalationState): boolean =>
  isUnconfirmed(escalation) || (isUnmatched(escalation) && escalation.decided === null);

/** The name under which rehearsals open, in place of a rule's. */
export const rehearsalName = "rehearsal";

/** A question for practice: whatever is answered, nothing changes. */
export const isRehearsal = (escalation: EscalationState): boolean =>
  escalation.trigger === rehearsalName;

/** Whether decisions about the deployment are about this one too. */
export const isDecidable = (escalation: EscalationState): boolean =>
  !isAcknowledgeOnly(escalation) && !isRehearsal(escalation);

/** Open, and somebody has to decide. */
export const undecided = (state: DeploymentState): readonly EscalationState[] =>
  state.escalations.filter((one) => one.status === "open" && isDecidable(one));

/** Finds a live escalation of this deployment. */
export const escalationIn = (
  state: DeploymentState,
  id: EscalationId,
): EscalationState | undefined => state.escalations.find((one) => one.id === id);
