import { groupingOf, reachedBy, type WrittenGroups } from "./groups.ts";
import type { Expectation } from "./model.ts";
import type { PolicyDoc } from "./schema/policy-schema.ts";
import { millis, recurrenceOf } from "./spans.ts";

/** What is expected of sources, from the words of the policy. */

/**
 * The source under whose name Holdpoint itself says that nothing was heard: no policy may name it,
 * and nobody can post to it.
 */
export const ownSource = "holdpoint";

type SourceDoc = PolicyDoc["sources"][string];
type Written = Exclude<NonNullable<SourceDoc["expect"]>, readonly unknown[]>;
interface Zones extends WrittenGroups {
  readonly deployments: Readonly<
    Record<string, { readonly model: string; readonly hours: { readonly timezone: string } }>
  >;
}

/** The expectations of a source one by one, as they are written. */
export function writtenIn({ expect }: Pick<SourceDoc, "expect">): readonly Written[] {
  return expect === undefined ? [] : [expect].flat();
}

/**
 * Whose cards say that nothing is heard: whoever is named, else whomever the source can speak of.
 */
export function concernedBy(
  { deployment, map = {} }: Pick<SourceDoc, "deployment" | "map">,
  written: Written,
  policy: WrittenGroups,
): readonly string[] {
  const grouping = groupingOf(policy);
  const named = namedIn({ deployment }, written);
  if (named !== undefined) return reachedBy(grouping, named);
  const mapped = Object.values(map).flatMap((name) => reachedBy(grouping, name));
  const all = mapped.length > 0 ? mapped : Object.keys(policy.deployments);
  return [...new Set(all)].sort();
}

const namedIn = (
  { deployment }: Pick<SourceDoc, "deployment">,
  written: Written,
): string | undefined =>
  (typeof written === "string" ? undefined : written.deployment) ?? deployment;

/** What is expected of a source, with everything that was left out filled in. */
export function expectationsOf(doc: SourceDoc, policy: Zones): readonly Expectation[] {
  const { deployments } = policy;
  return writtenIn(doc).flatMap((written): readonly Expectation[] => {
    const concerned = concernedBy(doc, written, policy);
    if (typeof written === "string" || !("suite" in written)) {
      const every = millis(typeof written === "string" ? written : written.every);
      return [{ kind: "heartbeat", every, deployments: concerned }];
    }
    // A run is of what is named; where only the map says which there are, of the first.
    const about = namedIn(doc, written) === undefined ? concerned.slice(0, 1) : concerned;
    return about.map((deployment) => {
      const own = Object.hasOwn(deployments, deployment) ? deployments[deployment] : undefined;
      const timezone = written.by.timezone ?? own?.hours.timezone ?? "UTC";
      const by = recurrenceOf(written.by);
      return { kind: "run", suite: written.suite, by, timezone, deployment };
    });
  });
}

/**
 * What tells an expectation of a source from its others, and stays when it is only moved about in
 * the file.
 */
export function nameOfExpectation(expectation: Expectation): string {
  if (expectation.kind === "heartbeat") return "heartbeat";
  const { count, unit } = expectation.by.every;
  const when = [count, unit, expectation.by.on ?? "", expectation.by.at].join(" ");
  return `run:${expectation.deployment}:${expectation.suite}:${when}`;
}
