import type { Mapping } from "../mapping.ts";
import type { Deployment, Policy, SignedText, Source } from "../model.ts";

/** Evidence that is no longer taken in, is easier to forge, or may mean something else. */
export function looserHeard(
  before: Policy,
  after: Policy,
  { id }: Pick<Deployment, "id">,
): readonly string[] {
  return [...before.sources.values()]
    .filter((source) => speaksOf(source, id))
    .flatMap((was) => {
      const is = after.sources.get(was.id);
      return is ? changes(was, is, id) : [`${was.id} is no longer a source.`];
    });
}

/** A source without a deployment of its own may speak of any. */
const speaksOf = ({ deployment, map }: Source, id: string): boolean =>
  deployment === "" || deployment === id || [...map.values()].includes(id);

const changes = (was: Source, is: Source, deployment: string): readonly string[] => [
  ...(isSigned(was) && !isSigned(is)
    ? [`${was.id} is no longer signed: whoever learns its token may speak for it.`]
    : []),
  ...(isSigned(was) && isSigned(is) && isBound(was) && !isBound(is)
    ? [`${was.id} no longer signs which delivery it is: one that was caught may be sent again.`]
    : []),
  ...(toleranceOf(is) > toleranceOf(was)
    ? [`${was.id} may be further off in time: one that was caught may be sent again for longer.`]
    : []),
  ...(readsOtherwise(was, is, deployment) ? [`${was.id} is read differently than before.`] : []),
];

const isSigned = ({ auth }: Source): boolean =>
  !("bearer" in auth || "header" in auth || "basic" in auth);

/**
 * Whether what is signed differs from delivery to delivery, so that one of them is no use a second
 * time.
 */
const isBound = ({ auth }: Source): boolean =>
  "standardWebhooks" in auth ||
  ("hmac" in auth && ["id", "timestamp"].some((what) => signs(auth.hmac.signed, what)));

const signs = (signed: SignedText | undefined, what: string): boolean =>
  (signed?.parts ?? []).some((part) => "of" in part && part.of === what);

const toleranceOf = ({ auth }: Source): number =>
  "hmac" in auth && signs(auth.hmac.signed, "timestamp") ? (auth.hmac.signed?.tolerance ?? 0) : 0;

function readsOtherwise(was: Source, is: Source, deployment: string): boolean {
  const moved = [...was.map].some(([from, to]) => to === deployment && is.map.get(from) !== to);
  const renamed = [...was.labels].some(([field, label]) => is.labels.get(field) !== label);
  const lost = was.deployment === deployment && is.deployment !== deployment;
  return was.type !== is.type || moved || renamed || lost || textOf(was) !== textOf(is);
}

/** Everything a mapping says but its sample, which only shows it. */
const textOf = ({ mapping }: Source): string =>
  JSON.stringify(
    mapping && ({ ...mapping, sample: "" } satisfies Mapping),
    (_key, value: unknown) => (value instanceof Map ? [...value] : value),
  );
