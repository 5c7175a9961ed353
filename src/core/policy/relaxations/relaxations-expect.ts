import { spokenDuration } from "../../duration.ts";
import { lengthOf } from "../../time.ts";
import type { Expectation, Policy } from "../model.ts";

type Run = Extract<Expectation, { readonly kind: "run" }>;

interface Change {
  readonly before: Policy;
  readonly after: Policy;
  readonly old: { readonly id: string };
}

/** Silence that would no longer be noticed, or later than before. */
export function looserExpectations({ before, after, old }: Change): readonly string[] {
  return [...before.sources.values()].flatMap(({ id, expect }) => {
    const now = after.sources.get(id);
    if (!now) return []; // said already: it is no source any more
    const was = expect.filter((expectation) => concerns(expectation, old.id));
    const is = now.expect.filter((expectation) => concerns(expectation, old.id));
    return [...longerSilence(id, was, is), ...rarerRuns(id, runsIn(was), runsIn(is))];
  });
}

const concerns = (expectation: Expectation, deployment: string): boolean =>
  expectation.kind === "run"
    ? expectation.deployment === deployment
    : expectation.deployments.includes(deployment);

function longerSilence(
  source: string,
  before: readonly Expectation[],
  after: readonly Expectation[],
): readonly string[] {
  const [was, is] = [before, after].map((expectations) =>
    expectations.find((expectation) => expectation.kind === "heartbeat"),
  );
  if (!was) return [];
  if (!is) return [`nobody need hear from ${source} any more.`];
  if (is.every <= was.every) return [];
  return [
    `${source} may be silent for ${spokenDuration(is.every)} (was ${spokenDuration(was.every)}).`,
  ];
}

const runsIn = (all: readonly Expectation[]): readonly Run[] =>
  all.filter((expectation) => expectation.kind === "run");

/** A day that is only moved asks no less. */
const rarerRuns = (
  source: string,
  before: readonly Run[],
  after: readonly Run[],
): readonly string[] =>
  [...new Set(before.map(({ suite }) => suite))].flatMap((suite) => {
    const [was, is] = [before, after].map((expectations) =>
      expectations.filter((expectation) => expectation.suite === suite),
    );
    if (!was || !is || often(is) >= often(was)) return [];
    const how = is.length === 0 ? "no longer" : "less often";
    return [`a run of ${suite} is ${how} expected from ${source}.`];
  });

/** How often a week, where no clock changes. */
const often = (runs: readonly Run[]): number =>
  runs.reduce((sum, { by }) => sum + oneWeek / lengthOf(by), 0);

const oneWeek = 604_800_000;
