import type { PersonId } from "../ids.ts";
import type { Deployment, Policy } from "../policy/model.ts";

/**
 * The zone in which dates about a person are said and read: of the first deployment that names
 * them, else of the first.
 */
export function zoneOfPerson({ deployments }: Pick<Policy, "deployments">, person: PersonId) {
  const all = [...deployments.values()];
  const own = all.find((deployment) => namedIn(deployment).includes(person)) ?? all[0];
  return own?.hours.timezone ?? "UTC";
}

const namedIn = ({ authority, owner }: Deployment): readonly string[] => [
  authority.restrict.decider,
  ...authority.restrict.deputies,
  authority.widen.decider,
  ...authority.widen.deputies,
  ...(owner ? [owner] : []),
];
