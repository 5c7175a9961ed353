import type { Instant } from "./ids.ts";
import type { Notice } from "./own-notice.ts";
import { unmistakable } from "./own-notice.ts";
import { nameOfExpectation } from "./policy/expectation.ts";
import type { Deployment, Expectation, Recurrence } from "./policy/model.ts";
import { formatDuration, occurrence, periodAt, rfc3339 } from "./time.ts";

/** What sources are expected to say, and the silence when they do not. Told what was heard; reads no clock. */

type Heartbeat = Extract<Expectation, { readonly kind: "heartbeat" }>;
type Run = Extract<Expectation, { readonly kind: "run" }>;

/** An expectation of a source, and since when the rules in force have had it without a break. */
export interface Standing {
  readonly source: string;
  readonly expectation: Expectation;
  readonly introduced: Instant;
}

/** What was last heard of it, as the database knows it. */
export interface LastHeard {
  /** A delivery whose sender was authenticated, or a complete run of the suite; null = never. */
  readonly at: Instant | null;
  /** When the oldest delivery of the source came that nobody has looked into yet: it may hold what is missed. */
  readonly waitingSince: Instant | null;
}

/** A silence, and since when: the last time anything was heard, or the rule's beginning. */
interface Silence {
  readonly since: Instant;
  /** Which time it is missed. The same for everybody who finds out, whenever they do. */
  readonly occasion: Instant;
}

/** What tells what is missed from everything else that could be. */
export const whatIsMissed = ({ source, expectation }: Pick<Standing, "source" | "expectation">) =>
  `${source}:${nameOfExpectation(expectation)}`;

/** The deployments whose cards say so. */
export const deploymentsConcerned = (expectation: Expectation): readonly string[] =>
  expectation.kind === "run" ? [expectation.deployment] : expectation.deployments;

/**
 * The silence of a source that should be heard at least so often, or null. `hearingSince` gates when it is said and never what:
 * whoever could not hear is given one full period, and two processes that began at different times still mean the same silence.
 */
export const heartbeatSilence = (
  { every }: Pick<Heartbeat, "every">,
  introduced: Instant,
  heard: Instant | null,
  { now, hearingSince }: { readonly now: Instant; readonly hearingSince: Instant },
): Silence | null => {
  const since = Math.max(heard ?? introduced, introduced);
  return Math.max(since, hearingSince) + every <= now ? { since, occasion: since } : null;
};

/** The last fixed time that has passed and the one before it; null before there are two. */
export const lastTwo = (
  by: Recurrence,
  zone: string,
  now: Instant,
): { readonly from: Instant; readonly to: Instant } | null => {
  const last = periodAt(by, zone, now);
  if (last < 1) return null;
  const to = occurrence(by, zone, last);
  // Where a clock is put forward, two times may fall on one instant: between those nothing could ever be heard.
  for (let before = last - 1; before >= 0; before -= 1) {
    const from = occurrence(by, zone, before);
    if (from < to) return { from, to };
  }
  return null;
};

/** A run that did not come by the last fixed time, or null: it came, was not expected for a full period, or may be among what waits. */
export const runSilence = (
  { by, timezone }: Pick<Run, "by" | "timezone">,
  introduced: Instant,
  { at, waitingSince }: LastHeard,
  now: Instant,
): Silence | null => {
  const period = lastTwo(by, timezone, now);
  if (!period || period.from < introduced) return null;
  if (at !== null && at > period.from) return null;
  if (waitingSince !== null && waitingSince <= period.to) return null;
  return { since: Math.max(at ?? introduced, introduced), occasion: period.to };
};

/** What is told when something expected is missed. */
export const silentNotice = (
  standing: Standing,
  { since, occasion }: Silence,
  zone: string,
): Notice => ({
  ...noticeAbout(standing, occasion),
  is: "silent",
  summary: silentWords(standing, since, occasion, zone),
});

/** What is told when it is heard again. `occasion` is the silence that ends. */
export const heardNotice = (
  standing: Standing,
  occasion: Instant,
  at: Instant,
  zone: string,
): Notice => ({
  ...noticeAbout(standing, occasion),
  is: "heard",
  summary: `${subject(standing)} is heard again since ${unmistakable(at, zone)}.`,
});

const noticeAbout = (standing: Standing, occasion: Instant) => ({
  about: standing.expectation.kind,
  source: standing.source,
  suite: standing.expectation.kind === "run" ? standing.expectation.suite : "",
  deployments: [...deploymentsConcerned(standing.expectation)],
  what: whatIsMissed(standing),
  since: rfc3339(occasion),
  decision: "",
});

const subject = ({ source, expectation }: Standing): string =>
  expectation.kind === "run" ? `A run of ${expectation.suite} from ${source}` : source;

const silentWords = (
  { source, expectation }: Standing,
  since: Instant,
  occasion: Instant,
  zone: string,
): string =>
  expectation.kind === "run"
    ? `No complete run of ${expectation.suite} from ${source} since ${unmistakable(since, zone)}; one was expected by ${unmistakable(occasion, zone)}.`
    : `Nothing heard from ${source} since ${unmistakable(since, zone)}; expected every ${formatDuration(expectation.every)}.`;

/** The zone in which times about an expectation are said. */
export const zoneOfExpectation = (
  expectation: Expectation,
  deployments: ReadonlyMap<string, Pick<Deployment, "hours">>,
): string => {
  if (expectation.kind === "run") return expectation.timezone;
  const [first = ""] = expectation.deployments;
  return deployments.get(first)?.hours.timezone ?? "UTC";
};
