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
type Zones = Readonly<Record<string, { readonly hours: { readonly timezone: string } }>>;

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
  all: readonly string[],
): readonly string[] {
  const named = (typeof written === "string" ? undefined : written.deployment) ?? deployment;
  if (named !== undefined) return [named];
  const mapped = [...new Set(Object.values(map))].sort();
  return mapped.length > 0 ? mapped : [...all].sort();
}

/** What is expected of a source, with everything that was left out filled in. */
export function expectationsOf(doc: SourceDoc, deployments: Zones): readonly Expectation[] {
  return writtenIn(doc).flatMap((written): readonly Expectation[] => {
    const concerned = concernedBy(doc, written, Object.keys(deployments));
    if (typeof written === "string" || !("suite" in written)) {
      const every = millis(typeof written === "string" ? written : written.every);
      return [{ kind: "heartbeat", every, deployments: concerned }];
    }
    const [deployment] = concerned;
    if (deployment === undefined) return [];
    const own = Object.hasOwn(deployments, deployment) ? deployments[deployment] : undefined;
    const timezone = written.by.timezone ?? own?.hours.timezone ?? "UTC";
    return [
      { kind: "run", suite: written.suite, by: recurrenceOf(written.by), timezone, deployment },
    ];
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
