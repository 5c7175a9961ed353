import type { PersonId } from "../../core/ids.ts";
import type { Deployment, Policy, Ref } from "../../core/policy/model.ts";

/** Who is asked for what under a policy, and whose cards go where, as the doctor says it. */

/**
 * What each person is asked for, in words: "decides on Assistant (production)". In the policy's
 * order.
 */
export function partsOf(
  policy: Pick<Policy, "schedules" | "deployments">,
): ReadonlyMap<PersonId, ReadonlySet<string>> {
  const found = new Map<PersonId, Set<string>>();
  for (const deployment of policy.deployments.values())
    for (const [part, refs] of refsOf(deployment))
      for (const person of refs.flatMap((ref) => peopleOf(ref, policy.schedules)))
        found.set(person, (found.get(person) ?? new Set()).add(`${part} ${deployment.name}`));
  return found;
}

const refsOf = ({
  authority,
  owner,
}: Deployment): readonly (readonly [string, readonly Ref[]])[] => [
  ["decides on", [authority.restrict.decider, authority.widen.decider]],
  ["deputy for", [...authority.restrict.deputies, ...authority.widen.deputies]],
  ["approves resumes of", authority.widen.confirm.by],
  ["acknowledges for", authority.acknowledge],
  ["may restrict", authority.restrict.alsoMay],
  ["break-glass for", authority.breakGlass],
  ["owns", owner === null ? [] : [owner]],
];

/** Everybody a schedule names, now or later. */
function peopleOf(ref: Ref, schedules: Policy["schedules"]): readonly PersonId[] {
  const schedule = isSchedule(ref) ? schedules.get(ref.slice("schedule:".length)) : undefined;
  if (schedule) return [...schedule.rotation, ...schedule.overrides.map(({ person }) => person)];
  return isSchedule(ref) ? [] : [ref];
}

const isSchedule = (ref: Ref): ref is `schedule:${string}` => ref.startsWith("schedule:");

/** The deployments whose cards go to a channel, as the subject of a sentence. */
export function affectedBy(
  policy: Pick<Policy, "deployments" | "unmatchedChannel">,
  channel: string,
): string {
  const names = [...policy.deployments.values()]
    .filter((deployment) => deployment.channel === channel)
    .map(({ name }) => name);
  const all = policy.unmatchedChannel === channel ? [...names, "signals no rule names"] : names;
  return all.length === 0 ? "nothing yet" : all.join(", ");
}
