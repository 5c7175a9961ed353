import { moveChannels } from "../../core/escalation/escalation.ts";
import type { Commitment, Digest, PersonId } from "../../core/ids.ts";
import { accountsOf, endedBy, freedOf } from "../../core/people/account-linking.ts";
import type { Named } from "../../core/people/person.ts";
import type { Deployment, Policy } from "../../core/policy/model.ts";
import { levelOf, paused } from "../../core/policy/posture.ts";
import { relaxationsOf } from "../../core/policy/relaxations/relaxations.ts";
import type { PolicyDoc } from "../../core/policy/schema/policy-schema.ts";
import { firstLook } from "../../core/reassessment/reassessment.ts";
import { isAcknowledgeOnly, isDecidable } from "../../core/state/situation.ts";
import { rfc3339 } from "../../core/time.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Adoption, Store, Text } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { readSaid } from "./adoption-said.ts";
import { type AdoptParts, type Prepared, prepare, type ToAdopt } from "./prepare-policy.ts";
import { looserWithoutSecond, propose } from "./propose-policy.ts";
import { afterLinks, recordTurnover } from "./record-identities.ts";

/** Adopting a policy is an entry like any other: from it on, these rules are in force. */

/** Adopts a policy that has passed its own checks. */
export async function adopt(
  parts: AdoptParts,
  what: ToAdopt & { readonly doc: PolicyDoc },
): Promise<Adoption> {
  const said = readSaid(what);
  if (said !== null && "problems" in said) return { is: "invalid", problems: said.problems };
  const prepared = { ...(await prepare(parts, what.doc)), said };
  const before = await parts.journal.look([]);
  const deployments = deploymentsTouched(parts.rules, before.org.policy, prepared.policy);
  parts.rules.prime(prepared.policy, prepared.texts);
  const { result, index } = await parts.journal.write(
    { key: null, surface: what.surface, deployments },
    (work) => adoptIn(parts.store, work, { what, prepared, deployments }),
  );
  await parts.journal.look([]); // from here on this process, too, answers by the new rules
  return result.is === "adopted" ? { ...result, index: index ?? 0 } : result;
}

/** Adopts or proposes it, as a part of a commit. */
export async function adoptIn(
  store: Store,
  work: UnitOfWork,
  {
    what,
    prepared,
    deployments,
  }: {
    readonly what: ToAdopt;
    readonly prepared: Prepared;
    readonly deployments: readonly string[];
  },
): Promise<Adoption> {
  const { digest } = prepared.policy;
  const { policy: inForce } = work.org;
  if (what.current !== null && what.current !== inForce) return { is: "moved", current: inForce };
  const problems = inForce === digest ? [] : unfit(work, deployments, prepared.policy);
  if (problems.length > 0) return { is: "invalid", problems };
  // Read with the streams: who links meanwhile moves one of them, and all this is done again.
  const rows = await store.people();
  const looser = looserWithoutSecond(work, { what, prepared });
  if (looser.length > 0) return propose(work, { what, prepared, rows, looser });
  const recorded = Object.values(work.org.bound).flatMap((known) => Object.values(known));
  const texts = await store.texts(recorded);
  const adoption: Adoption =
    inForce === digest ? { is: "same", digest } : record(work, { what, prepared, deployments });
  const was = inForce === "" ? null : work.rules.policy(inForce);
  keep(work, { toAdopt: what, prepared, before: { rows, policy: was, texts } });
  return adoption;
}

export function deploymentsTouched(
  rules: PolicyCache,
  before: Digest,
  after: Policy,
): readonly string[] {
  const old = before === "" ? [] : [...rules.policy(before).deployments.keys()];
  return [...new Set([...old, ...after.deployments.keys()])];
}

/** What is in force must still have a name in the new policy, or nobody could resume it. */
const unfit = (
  work: UnitOfWork,
  deployments: readonly string[],
  after: Policy,
): readonly string[] =>
  deployments.flatMap((id) => {
    const { posture, escalations } = work.state(id);
    const next = after.deployments.get(id);
    const open = escalations
      .filter((escalation) => escalation.status === "open" && !isAcknowledgeOnly(escalation))
      .map((escalation) => escalation.id);
    if (!next) {
      const restricted = posture !== null && posture.decided !== null && isRestricted(work, id);
      if (open.length > 0)
        return [`${id} cannot leave the policy while ${open.join(", ")} is open.`];
      return restricted
        ? [`${id} cannot leave the policy while it is ${posture?.scope}: resume it first.`]
        : [];
    }
    const has = (scope: string) =>
      scope === paused || next.scopes.some((candidate) => candidate.id === scope);
    const lost =
      posture && !has(posture.scope)
        ? [`${id} is narrowed to ${posture.scope}; the new policy has no such scope.`]
        : [];
    const unanswerable = escalations
      .filter(isDecidable)
      .flatMap(({ id: open, status, response }) =>
        status === "open" && response?.kind === "narrow" && !has(response.scope)
          ? [`${open} may yet narrow ${id} to ${response.scope}; the new policy has no such scope.`]
          : [],
      );
    return [...lost, ...redefined(work, id, next), ...unanswerable];
  });

/**
 * A scope that restricts now keeps its meaning: changing it would widen without the people a resume
 * needs.
 */
function redefined(work: UnitOfWork, id: string, next: Deployment): readonly string[] {
  if (work.org.policy === "" || !isRestricted(work, id)) return [];
  const scope = work.state(id).posture?.scope;
  const before = work.situation(id).policy.deployments.get(id);
  const [was, will] = [before, next].map((deployment) =>
    deployment?.scopes.find((each) => each.id === scope),
  );
  if (!was || !will || JSON.stringify(was) === JSON.stringify(will)) return [];
  return [`${id} is narrowed to ${scope}; what that means cannot change before it is resumed.`];
}

function isRestricted(work: UnitOfWork, id: string): boolean {
  const { policy, state } = work.situation(id);
  const deployment = policy.deployments.get(id);
  return Boolean(deployment && state.posture && levelOf(deployment, state.posture.scope) > 0);
}

function record(
  work: UnitOfWork,
  {
    what,
    prepared,
    deployments,
  }: {
    readonly what: ToAdopt;
    readonly prepared: Prepared;
    readonly deployments: readonly string[];
  },
): Adoption {
  const { policy, texts } = prepared;
  const before = work.org.policy;
  const looser = before === "" ? [] : relaxationsOf(work.rules.policy(before), policy);
  const started = deployments.flatMap((id) => {
    const deployment = policy.deployments.get(id);
    if (!deployment || work.state(id).posture) return [];
    return [
      {
        deployment: id,
        scope: deployment.starts,
        reassessBy: rfc3339(firstLook(deployment, work.now)),
      },
    ];
  });
  for (const text of texts) work.keepText(text);
  work.add("org", [
    {
      actor: what.actor,
      body: {
        kind: "policy.adopted",
        digest: policy.digest,
        before,
        looser,
        started,
        ...saidIn(work, what, prepared),
      },
    },
  ]);
  for (const id of deployments) {
    work.refresh(id);
    work.add(`deployment:${id}`, moveChannels(work.situation(id)));
  }
  return {
    is: "adopted",
    digest: policy.digest,
    index: 0,
    looser: looser.map((relaxation) => relaxation.what),
  };
}

/** For whom and why, as keys of the entry. */
function saidIn(work: UnitOfWork, what: ToAdopt, { said, people }: Prepared) {
  const { proposal, actor } = what;
  if (proposal && actor.type === "person") {
    const { person, reason, basis, entry } = proposal;
    return { person, reason, ...(basis && { basis }), confirmer: actor.person, proposal: entry };
  }
  const idOf = (key: string): PersonId | undefined => people.find((row) => row.key === key)?.id;
  const [person, confirmer] = [said?.as, said?.confirmedBy].map((key) => key && idOf(key));
  return {
    ...(person && { person }),
    ...(said && { reason: work.text(said.because) }),
    ...(said?.basis && { basis: work.text(said.basis) }),
    ...(confirmer && { confirmer }),
  };
}

/**
 * Names and accounts stand beside the log: a file that changes nothing else has the same digest,
 * and counts all the same.
 */
function keep(
  work: UnitOfWork,
  {
    toAdopt: { yaml, actor },
    prepared: { policy, canonical, people },
    before,
  }: {
    readonly toAdopt: ToAdopt;
    readonly prepared: Prepared;
    readonly before: {
      readonly rows: readonly Named[];
      readonly policy: Policy | null;
      /** The texts behind what is recorded of people. */
      readonly texts: ReadonlyMap<Commitment, Text>;
    };
  },
): void {
  const { rows } = before;
  const isNamed = (person: PersonId) => policy.people.has(person);
  work.extra.people.push(...people, ...freedOf(accountsOf(people), rows, isNamed));
  work.extra.policies.push({ digest: policy.digest, canonical, yaml, adoptedAt: work.now });
  const ended = endedBy(people, rows);
  for (const link of ended) {
    work.extra.links.push({ ...link, account: null });
    const body = { kind: "identity.unlinked", ...link, because: "policy" } as const;
    work.add("org", [{ actor, body }]);
  }
  const after = afterLinks(people, rows, ended);
  recordTurnover(work, actor, { rows, after, was: before.policy, policy, texts: before.texts });
  work.peopleMoved();
}
