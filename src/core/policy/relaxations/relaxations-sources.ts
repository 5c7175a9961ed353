import { reachedBy } from "../groups.ts";
import type { Mapping } from "../mapping.ts";
import type { Deployment, Policy, SignedText, Source } from "../model.ts";

/** Evidence that is no longer taken in, is easier to forge, or may mean something else. */
export function looserHeard(
  before: Policy,
  after: Policy,
  { id }: Pick<Deployment, "id">,
): readonly string[] {
  return [...before.sources.values()]
    .filter((source) => speaksOf(before, source, id))
    .flatMap((was) => {
      const is = after.sources.get(was.id);
      if (!is) return [`${was.id} is no longer a source.`];
      const otherwise = readsOtherwise({ before, after, was, is, deployment: id });
      return [
        ...changes(was, is),
        ...(otherwise ? [`${was.id} is read differently than before.`] : []),
      ];
    });
}

/** A source without a deployment of its own may speak of any. */
const speaksOf = (policy: Policy, { deployment, map }: Source, id: string): boolean =>
  deployment === "" ||
  [deployment, ...map.values()].some((name) => reachedBy(policy, name).includes(id));

const changes = (was: Source, is: Source): readonly string[] => [
  ...(isSigned(was) && !isSigned(is)
    ? [`${was.id} is no longer signed: whoever learns its token may speak for it.`]
    : []),
  ...(isSigned(was) && isSigned(is) && isBound(was) && !isBound(is)
    ? [`${was.id} no longer signs which delivery it is: one that was caught may be sent again.`]
    : []),
  ...(toleranceOf(is) > toleranceOf(was)
    ? [`${was.id} may be further off in time: one that was caught may be sent again for longer.`]
    : []),
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

function readsOtherwise({
  before,
  after,
  was,
  is,
  deployment,
}: {
  readonly before: Policy;
  readonly after: Policy;
  readonly was: Source;
  readonly is: Source;
  readonly deployment: string;
}): boolean {
  const isLost = (from: string, to: string | undefined): boolean =>
    reachedBy(before, from).includes(deployment) &&
    (to === undefined || !reachedBy(after, to).includes(deployment));
  const moved = [...was.map].some(([from, to]) => isLost(to, is.map.get(from)));
  const renamed = [...was.labels].some(([field, label]) => is.labels.get(field) !== label);
  const lost = isLost(was.deployment, is.deployment);
  return was.type !== is.type || moved || renamed || lost || textOf(was) !== textOf(is);
}

/** Everything a mapping says but its sample, which only shows it. */
const textOf = ({ mapping }: Source): string =>
  JSON.stringify(
    mapping && ({ ...mapping, sample: "" } satisfies Mapping),
    (_key, value: unknown) => (value instanceof Map ? [...value] : value),
  );
