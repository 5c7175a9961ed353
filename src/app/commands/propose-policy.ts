import type { Person } from "../../core/people/person.ts";
import { mayConfirmPolicy, proposalLasts } from "../../core/people/policy-proposal.ts";
import { type Relaxation, relaxationsOf } from "../../core/policy/relaxations/relaxations.ts";
import { rfc3339 } from "../../core/time.ts";
import { proposing } from "../../core/words/adoption.ts";
import type { Adoption } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import type { Prepared, ToAdopt } from "./prepare-policy.ts";

/** A policy that loosens, under one that has a second person confirm that: it waits for them. */

/** What it loosens without a second person, though the policy in force asks for one. */
export function looserWithoutSecond(
  work: UnitOfWork,
  { what, prepared }: { readonly what: ToAdopt; readonly prepared: Prepared },
): readonly Relaxation[] {
  const { policy: inForce } = work.org;
  if (inForce === "" || inForce === prepared.policy.digest || what.proposal) return [];
  const was = work.rules.policy(inForce);
  return was.adoption === null ? [] : relaxationsOf(was, prepared.policy);
}

interface Proposing {
  readonly what: ToAdopt;
  readonly prepared: Prepared;
  /** Everybody known. */
  readonly rows: readonly Pick<Person, "id">[];
  readonly looser: readonly Relaxation[];
}

/**
 * Keeps the policy, and records that it waits. Whom it names newly gets a random id, but no account
 * before it is in force.
 */
export function propose(work: UnitOfWork, { what, prepared, rows, looser }: Proposing): Adoption {
  const { policy, canonical, people, texts, said } = prepared;
  if (said === null) return { is: "invalid", problems: [proposing.unsaid] };
  if (said.confirmedBy !== null) return { is: "invalid", problems: [proposing.confirmedBy] };
  const proposer = people.find(({ key }) => key === said.as);
  const deployments = [...new Set(looser.map(({ deployment }) => deployment))];
  const may = proposer ? mayConfirmPolicy(work.situation(""), deployments, proposer.id) : [];
  if (!proposer || may.length === 0)
    return { is: "invalid", problems: [proposing.nobody(deployments)] };
  const known = new Set(rows.map(({ id }) => id));
  const fresh = people.filter(({ id }) => !known.has(id));
  const none = { slack: null, teams: null, pagerduty: null, oidc: null };
  work.extra.people.push(...fresh.map((person) => ({ ...person, ...none })));
  work.extra.policies.push({
    digest: policy.digest,
    canonical,
    yaml: what.yaml,
    adoptedAt: work.now,
  });
  for (const text of texts) work.keepText(text);
  const until = rfc3339(work.now + proposalLasts);
  const body = {
    kind: "policy.proposed" as const,
    digest: policy.digest,
    before: work.org.policy,
    looser,
    person: proposer.id,
    reason: work.text(said.because),
    ...(said.basis !== null && { basis: work.text(said.basis) }),
    expires: until,
  };
  work.add("org", [{ actor: what.actor, body }]);
  return {
    is: "proposed",
    digest: policy.digest,
    until,
    looser: looser.map(({ what }) => what),
    confirmers: may.map((id) => work.rules.person(id)?.name ?? id).sort(),
  };
}
