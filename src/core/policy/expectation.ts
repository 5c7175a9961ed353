import type { Expectation } from "./model.ts";
import type { PolicyDoc } from "./schema.ts";
import { millis, recurrenceOf } from "./spans.ts";

/** What is expected of sources, from the words of the policy. */

/** The source under whose name Holdpoint itself says that nothing was heard: no policy may name it, and nobody can post to it. */
export const ownSource = "holdpoint";

type SourceDoc = PolicyDoc["sources"][string];
type Written = Exclude<NonNullable<SourceDoc["expect"]>, readonly unknown[]>;
type Zones = Readonly<Record<string, { readonly hours: { readonly timezone: string } }>>;

/** The expectations of a source one by one, as they are written. */
export const writtenIn = ({ expect }: Pick<SourceDoc, "expect">): readonly Written[] =>
  expect === undefined ? [] : [expect].flat();

/** Whose cards say that nothing is heard: whoever is named, else whomever the source can speak of. */
export const concernedBy = (
  { deployment, map = {} }: Pick<SourceDoc, "deployment" | "map">,
  one: Written,
  all: readonly string[],
): readonly string[] => {
  const named = (typeof one === "string" ? undefined : one.deployment) ?? deployment;
  if (named !== undefined) return [named];
  const mapped = [...new Set(Object.values(map))].sort();
  return mapped.length > 0 ? mapped : [...all].sort();
};

/** What is expected of a source, with everything that was left out filled in. */
export const expectationsOf = (doc: SourceDoc, deployments: Zones): readonly Expectation[] =>
  writtenIn(doc).flatMap((one): readonly Expectation[] => {
    const concerned = concernedBy(doc, one, Object.keys(deployments));
    if (typeof one === "string" || !("suite" in one)) {
      const every = millis(typeof one === "string" ? one : one.every);
      return [{ kind: "heartbeat", every, deployments: concerned }];
    }
    const [deployment] = concerned;
    if (deployment === undefined) return [];
    const own = Object.hasOwn(deployments, deployment) ? deployments[deployment] : undefined;
    const timezone = one.by.timezone ?? own?.hours.timezone ?? "UTC";
    return [{ kind: "run", suite: one.suite, by: recurrenceOf(one.by), timezone, deployment }];
  });

/** What tells an expectation of a source from its others, and stays when it is only moved about in the file. */
export const nameOfExpectation = (one: Expectation): string => {
  if (one.kind === "heartbeat") return "heartbeat";
  const { count, unit } = one.by.every;
  const when = [count, unit, one.by.on ?? "", one.by.at].join(" ");
  return `run:${one.deployment}:${one.suite}:${when}`;
};
