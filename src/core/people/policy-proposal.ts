import type { Instant, Millis, PersonId } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import type { Policy } from "../policy/model.ts";
import type { OrgState, ProposedPolicy } from "../state/state.ts";
import { instantOf } from "../time.ts";
import { peopleFor } from "./authority.ts";

/** A policy that loosens is proposed by one person and confirmed by another. */

/** For so long a proposal waits for the second person. */
export const proposalLasts: Millis = 7 * 86_400_000;

/** What waits after it was proposed: one policy at a time, the newest. */
export function proposedBy(entry: EntryOf<"policy.proposed">): ProposedPolicy {
  const { id, digest, before, person, reason, basis, expires, looser } = entry;
  return {
    entry: id,
    digest,
    before,
    person,
    reason,
    ...(basis && { basis }),
    until: instantOf(expires),
    deployments: [...new Set(looser.map(({ deployment }) => deployment))],
  };
}

/** Who may confirm a policy that loosens something about these deployments, without its proposer. */
export function mayConfirmPolicy(
  { policy, now }: { readonly policy: Policy; readonly now: Instant },
  deployments: readonly string[],
  proposer: PersonId,
): readonly PersonId[] {
  const by = policy.adoption?.by ?? null;
  const all = [...policy.people].filter((person) => person !== proposer);
  if (by !== null) return all.filter((person) => by.has(person));
  return all.filter((person) =>
    deployments.every((id) => {
      const deployment = policy.deployments.get(id);
      const refs = deployment?.authority.widen.confirm.by ?? [];
      return deployment?.owner !== person && peopleFor({ policy, now }, refs).includes(person);
    }),
  );
}

/** The proposal that waits; null where none does. */
export function waitingProposal(
  { proposed, policy }: Pick<OrgState, "proposed" | "policy">,
  now: Instant,
): ProposedPolicy | null {
  return proposed && proposed.before === policy && proposed.until >= now ? proposed : null;
}
