import type { Mapping } from "./mapping.ts";
import type { Deployment, Policy, Source } from "./model.ts";

/** Evidence that is no longer taken in, is easier to forge, or may mean something else. */
export const looserHeard = (
  before: Policy,
  after: Policy,
  { id }: Pick<Deployment, "id">,
): readonly string[] =>
  [...before.sources.values()]
    .filter((source) => speaksOf(source, id))
    .flatMap((was) => {
      const is = after.sources.get(was.id);
      return is ? changes(was, is, id) : [`${was.id} is no longer a source.`];
    });

/** A source without a deployment of its own may speak of any. */
const speaksOf = ({ deployment, map }: Source, id: string): boolean =>
  deployment === "" || deployment === id || [...map.values()].includes(id);

const changes = (was: Source, is: Source, deployment: string): readonly string[] => [
  ...(isSigned(was) && !isSigned(is)
    ? [`${was.id} is no longer signed: whoever learns its token may speak for it.`]
    : []),
  ...(readsOtherwise(was, is, deployment) ? [`${was.id} is read differently than before.`] : []),
];

const isSigned = ({ auth }: Source): boolean => !("bearer" in auth || "header" in auth);

const readsOtherwise = (was: Source, is: Source, deployment: string): boolean => {
  const moved = [...was.map].some(([from, to]) => to === deployment && is.map.get(from) !== to);
  const renamed = [...was.labels].some(([field, label]) => is.labels.get(field) !== label);
  const lost = was.deployment === deployment && is.deployment !== deployment;
  return was.type !== is.type || moved || renamed || lost || textOf(was) !== textOf(is);
};

/** Everything a mapping says but its sample, which only shows it. */
const textOf = ({ mapping }: Source): string =>
  JSON.stringify(
    mapping && ({ ...mapping, sample: "" } satisfies Mapping),
    (_key, value: unknown) => (value instanceof Map ? [...value] : value),
  );
