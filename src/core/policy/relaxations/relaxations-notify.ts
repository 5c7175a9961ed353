import type { Deployment, Policy } from "../model.ts";
import type { Severity } from "../severity.ts";

/** Who is no longer told of a deployment's decisions, and what nobody is woken for any more. */
export function looserTold(
  before: Policy,
  after: Policy,
  { id }: Pick<Deployment, "id">,
): readonly string[] {
  const told = toldOf(after, id);
  const deaf = [...toldOf(before, id)]
    .filter((endpoint) => !told.has(endpoint))
    .map((endpoint) => `${endpoint} no longer receives its decisions.`);
  const rung = rungFor(after, id);
  const asleep = [...rungFor(before, id)]
    .filter((severity) => !rung.has(severity))
    .map((severity) => `nobody is paged any more for severity ${severity}.`);
  return [...deaf, ...asleep, ...lessAudited(before, after)];
}

/** Places outside the database that no longer get checkpoints: what shows that a log was cut. */
const lessAudited = (before: Policy, after: Policy): readonly string[] =>
  [...before.audit.values()]
    .filter((place) => JSON.stringify(after.audit.get(place.id)) !== JSON.stringify(place))
    .map(({ id }) =>
      after.audit.has(id)
        ? `checkpoints of the log for ${id} go elsewhere.`
        : `checkpoints of the log no longer go to ${id}.`,
    );

const toldOf = ({ notify }: Policy, deployment: string): ReadonlySet<string> =>
  new Set(
    [...notify.values()]
      .filter(({ events }) => events.has("decision.made"))
      .filter(({ deployments }) => deployments?.has(deployment) ?? true)
      .map(({ id }) => id),
  );

const rungFor = ({ wake }: Policy, deployment: string): ReadonlySet<Severity> =>
  new Set(
    [...wake.values()]
      .filter(({ deployments }) => deployments.has(deployment))
      .flatMap(({ severities }) => [...severities]),
  );
