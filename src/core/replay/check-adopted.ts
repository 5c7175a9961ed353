import { mayConfirmPolicy, proposalLasts } from "../people/policy-proposal.ts";
import type { Deployment, Policy } from "../policy/model.ts";
import { levelOf, paused } from "../policy/posture.ts";
import { relaxationsOf } from "../policy/relaxations/relaxations.ts";
import { firstLook } from "../reassessment/reassessment.ts";
import { isAcknowledgeOnly } from "../state/situation.ts";
import type { DeploymentState } from "../state/state.ts";
import { instantOf } from "../time.ts";
import { type Findings, inconsistent, isSameSet, listed, unauthorized } from "./finding.ts";
import type { Moment } from "./moment.ts";

/** A policy is adopted: from what to what, and that nothing is widened by it. */

export interface Adopting {
  /** The policy that it adopts; null = it is not in the export, or cannot be read. */
  readonly next: Policy | null;
  /** The policy before it; null before the first. */
  readonly was: Policy | null;
  /** Every deployment that the log knows. */
  readonly states: Iterable<DeploymentState>;
}

type Adopted = Moment<"policy.adopted">;

export function* checkAdopted(moment: Adopted, { next, was, states }: Adopting): Findings {
  const { entry, situation } = moment;
  if (next === null)
    return yield inconsistent(
      `it adopts the policy ${entry.digest}, which is not there or cannot be read`,
    );
  if (entry.before !== situation.org.policy)
    yield inconsistent(
      `it replaces the policy ${entry.before || "none"}; ${situation.org.policy || "none"} was in force`,
    );
  if (entry.digest === entry.before) yield inconsistent("it adopts the policy that is in force");
  yield* checkSaid(entry, next);
  const all = [...states];
  yield* checkStarted(moment, next, all);
  for (const state of all) yield* checkKept(state, was, next);
  const told = new Set(entry.looser.map(({ deployment }) => deployment));
  const looser = was ? relaxationsOf(was, next) : [];
  const untold = looser.find(({ deployment }) => !told.has(deployment));
  if (was?.adoption && looser.length > 0)
    yield* checkConfirmed(moment, [...new Set(looser.map(({ deployment }) => deployment))]);
  if (untold)
    yield inconsistent(
      `it says that it loosens nothing about “${untold.deployment}”, but: ${untold.what}`,
    );
}

/** A looser policy, where the one before asks for a second person: they confirmed a proposal. */
function* checkConfirmed({ entry, situation, now }: Adopted, looser: readonly string[]): Findings {
  const proposal = situation.org.proposed;
  if (!proposal || entry.proposal !== proposal.entry || entry.digest !== proposal.digest)
    return yield unauthorized("it loosens without a proposal that a second person confirmed");
  const may = mayConfirmPolicy(situation, looser, proposal.person);
  const actor = entry.actor.type === "person" ? entry.actor.person : null;
  if (actor === null || !may.includes(actor))
    yield unauthorized(`${actor ?? "nobody"} confirmed it; those who may: ${listed(may)}`);
  if (actor !== null && (situation.org.rebound[actor] ?? 0) > now)
    yield unauthorized(`${actor} confirmed it with a new account`);
  if (entry.link !== undefined)
    yield unauthorized("it was confirmed by a login link of the operator");
  if (proposal.until < now) yield inconsistent("the time to confirm it had passed");
}

export function* checkProposedPolicy(moment: Moment<"policy.proposed">): Findings {
  const { entry, situation, now } = moment;
  if (entry.before !== situation.org.policy)
    yield inconsistent(`it would replace the policy ${entry.before}, which is not in force`);
  if (entry.looser.length === 0) yield inconsistent("it loosens nothing, and asks somebody");
  if (instantOf(entry.expires) > now + proposalLasts)
    yield inconsistent(`it waits until ${entry.expires}, longer than 7 days`);
}

/** For whom it was adopted and who agreed are two people of that policy. */
function* checkSaid({ person, confirmer }: Adopted["entry"], { people }: Policy): Findings {
  const other = [person, confirmer].find((named) => named !== undefined && !people.has(named));
  if (other !== undefined)
    yield inconsistent(`it names ${other} as who adopted it, whom the policy does not name`);
  if (confirmer !== undefined && confirmer === person)
    yield inconsistent(`it names ${confirmer} as who adopted it and as who agreed`);
}

/** Each deployment that is new begins as the policy says. */
function* checkStarted(
  { entry, now }: Adopted,
  next: Policy,
  states: readonly DeploymentState[],
): Findings {
  const begun = new Set(states.filter(({ posture }) => posture !== null).map(({ id }) => id));
  const fresh = [...next.deployments.keys()].filter((id) => !begun.has(id));
  const said = entry.started.map(({ deployment }) => deployment);
  if (!isSameSet(said, fresh))
    yield inconsistent(
      `it starts ${listed(said, "no deployment")}; new in this policy are ${listed(fresh, "none")}`,
    );
  for (const { deployment: id, scope, reassessBy } of entry.started) {
    const deployment = next.deployments.get(id);
    if (!deployment) continue;
    if (scope !== deployment.starts)
      yield inconsistent(`it starts “${id}” at “${scope}”; the policy says “${deployment.starts}”`);
    if (reassessBy !== "" && instantOf(reassessBy) > firstLook(deployment, now))
      yield inconsistent(`it reviews “${id}” by ${reassessBy}, later than the policy says`);
  }
}

/** What restricts now keeps its name and its meaning: else it would widen without a resume. */
function* checkKept(state: DeploymentState, was: Policy | null, next: Policy): Findings {
  const before = was?.deployments.get(state.id);
  const after = next.deployments.get(state.id);
  const { posture } = state;
  if (!before || !posture) return;
  const isRestricted = levelOf(before, posture.scope) > 0;
  if (!after) yield* checkLeftOut(state, isRestricted && posture.decided !== null);
  else if (isRestricted && posture.scope !== paused)
    yield* checkMeaning(state.id, posture.scope, { before, after });
}

function* checkLeftOut({ id, escalations }: DeploymentState, isRestricted: boolean): Findings {
  if (isRestricted)
    yield unauthorized(`it leaves out “${id}”, which is restricted, without a resume`);
  const open = escalations.filter((found) => found.status === "open" && !isAcknowledgeOnly(found));
  if (open.length > 0)
    yield inconsistent(`it leaves out “${id}” while ${listed(open.map(({ id }) => id))} is open`);
}

function* checkMeaning(
  id: string,
  scope: string,
  { before, after }: { readonly before: Deployment; readonly after: Deployment },
): Findings {
  const [old, now] = [before, after].map((rules) => scopeOf(rules, scope));
  if (now === undefined)
    yield unauthorized(`it has no scope “${scope}”, which is in force on “${id}”`);
  else if (old !== undefined && old !== now)
    yield unauthorized(`it changes what “${scope}” means, which is in force on “${id}”`);
}

function scopeOf({ scopes }: Deployment, id: string): string | undefined {
  const scope = scopes.find((candidate) => candidate.id === id);
  return scope && JSON.stringify(scope);
}
