import type { PersonId } from "../ids.ts";
import { mayMean } from "../people/authority.ts";
import type { People, Person } from "../people/person.ts";
import { authoritiesOf } from "../policy/authority-for.ts";
import type { Authority, Deployment, Policy, Ref } from "../policy/model.ts";
import * as words from "../words/words.ts";
import type { Line } from "./card.ts";

/** Whom a chat cannot reach although the policy names them, and who is to hear of it. */

/** Somebody a chat looked for, and why it cannot reach them. */
export interface Unreached {
  readonly person: Person;
  readonly because: "closed" | "guest" | "bot" | "unknown" | "no-account";
}

/** What one owner is told about one person. */
export interface AccountReport {
  readonly to: PersonId;
  /** A channel of the policy that it concerns. */
  readonly channel: string;
  /** The zone in which a day is a day for it. */
  readonly zone: string;
  readonly line: Line;
}

/**
 * Tells each owner of a deployment whose account it is, what they are named for, and what to do.
 * Where a deployment has no owner, or the owner is the one who is not reached, whoever stands next
 * in its authority is told; nobody left = nobody is told.
 */
export function accountReports(
  policy: Policy,
  {
    people,
    unreached: { person, because },
    isReached,
  }: {
    readonly people: People;
    readonly unreached: Unreached;
    readonly isReached: (person: PersonId) => boolean;
  },
): readonly AccountReport[] {
  const told = new Map<PersonId, { readonly deployment: Deployment; readonly named: Line }[]>();
  for (const deployment of policy.deployments.values()) {
    const roles = allRoles(policy, deployment, person.id);
    const to = nextTo(deployment).find((id) => id !== person.id && people.has(id) && isReached(id));
    if (roles.length === 0 || to === undefined) continue;
    const named = words.accounts.named(deployment.name, roles);
    told.set(to, [...(told.get(to) ?? []), { deployment, named }]);
  }
  return [...told].map(([to, concerned]) => ({
    to,
    channel: concerned[0]?.deployment.channel ?? "",
    zone: concerned[0]?.deployment.hours.timezone ?? "UTC",
    line: words.accounts.report(
      { person: person.id, name: person.name, mention: false },
      words.accounts.because[because],
      concerned.map(({ named }) => named),
    ),
  }));
}

/**
 * The owner, then those named for it in the order in which they would be asked; schedules name
 * nobody for good.
 */
function nextTo({ owner, authority }: Deployment): readonly PersonId[] {
  const { restrict, widen, breakGlass } = authority;
  const refs: readonly Ref[] = [
    restrict.decider,
    ...restrict.deputies,
    widen.decider,
    ...widen.deputies,
    ...widen.confirm.by,
    ...restrict.alsoMay,
    ...breakGlass,
  ];
  const people = refs.filter((ref): ref is PersonId => !ref.startsWith("schedule:"));
  return owner === null ? people : [owner, ...people];
}

/** The deployments in which somebody is named for anything, now or at another time. */
export function deploymentsWith(policy: Policy, person: PersonId): readonly string[] {
  return [...policy.deployments.values()]
    .filter(
      (deployment) =>
        deployment.owner === person || allRoles(policy, deployment, person).length > 0,
    )
    .map(({ id }) => id);
}

/** What a person is named for, whether by the deployment or by one of its triggers. */
function allRoles(policy: Policy, deployment: Deployment, person: PersonId): readonly string[] {
  const all = authoritiesOf(policy, deployment);
  return [...new Set(all.flatMap((authority) => rolesIn(policy, authority, person)))];
}

function rolesIn(policy: Policy, authority: Authority, person: PersonId): readonly string[] {
  const { acknowledge, restrict, widen, breakGlass } = authority;
  const { decide, standIn, confirm, other } = words.accounts.roles;
  const isIn = (refs: readonly Ref[]): boolean => refs.some((ref) => mayMean(policy, ref, person));
  const roles = [
    ...(isIn([restrict.decider, widen.decider]) ? [decide] : []),
    ...(isIn([...restrict.deputies, ...widen.deputies]) ? [standIn] : []),
    ...(isIn(widen.confirm.by) ? [confirm] : []),
  ];
  if (roles.length > 0) return roles;
  return isIn([...acknowledge, ...restrict.alsoMay, ...breakGlass]) ? [other] : [];
}
