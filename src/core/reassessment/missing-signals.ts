import { formatDuration } from "../duration.ts";
import type { Instant } from "../ids.ts";
import { nameOfExpectation } from "../policy/expectation.ts";
import type { Deployment, Expectation } from "../policy/model.ts";
import { occurrence, periodAt, type Recurrence, rfc3339 } from "../time.ts";
import { type SilenceNotice, unmistakable } from "./silence-notice.ts";

/**
 * What sources are expected to say, and the silence when they do not. Told what was heard; reads no
 * clock.
 */

type Heartbeat = Extract<Expectation, { readonly kind: "heartbeat" }>;
type Run = Extract<Expectation, { readonly kind: "run" }>;

/** An expectation of a source, and since when the rules in force have had it without a break. */
export interface ActiveExpectation {
  readonly source: string;
  readonly expectation: Expectation;
  readonly expectedSince: Instant;
}

/** What was last heard of it, as the database knows it. */
export interface LastHeard {
  /** A delivery whose sender was authenticated, or a complete run of the suite; null = never. */
  readonly at: Instant | null;
  /**
   * When the oldest delivery of the source came that nobody has looked into yet: it may hold what
   * is missed.
   */
  readonly waitingSince: Instant | null;
}

/** A silence, and since when: the last time anything was heard, or the rule's beginning. */
interface Silence {
  readonly since: Instant;
  /** Which time it is missed. The same for everybody who finds out, whenever they do. */
  readonly occasion: Instant;
}

/** What tells what is missed from everything else that could be. */
export function whatIsMissed({
  source,
  expectation,
}: Pick<ActiveExpectation, "source" | "expectation">) {
  return `${source}:${nameOfExpectation(expectation)}`;
}

/** The deployments whose cards say so. */
export function deploymentsConcerned(expectation: Expectation): readonly string[] {
  return expectation.kind === "run" ? [expectation.deployment] : expectation.deployments;
}

/**
 * The silence of a source that should be heard at least so often, or null. `hearingSince` gates
 * when it is said and never what: whoever could not hear is given one full period, and two
 * processes that began at different times still mean the same silence.
 */
export function heartbeatSilence(
  { every }: Pick<Heartbeat, "every">,
  { expectedSince, heard }: { readonly expectedSince: Instant; readonly heard: Instant | null },
  { now, hearingSince }: { readonly now: Instant; readonly hearingSince: Instant },
): Silence | null {
  const since = Math.max(heard ?? expectedSince, expectedSince);
  return Math.max(since, hearingSince) + every <= now ? { since, occasion: since } : null;
}

/** The last fixed time that has passed and the one before it; null before there are two. */
export function lastTwo(
  by: Recurrence,
  zone: string,
  now: Instant,
): { readonly from: Instant; readonly to: Instant } | null {
  const last = periodAt(by, zone, now);
  if (last < 1) return null;
  const to = occurrence(by, zone, last);
  // Where a clock is put forward, two times may fall on one instant: between those nothing could
  // ever be heard.
  for (let before = last - 1; before >= 0; before -= 1) {
    const from = occurrence(by, zone, before);
    if (from < to) return { from, to };
  }
  return null;
}

/**
 * A run that did not come by the last fixed time, or null: it came, was not expected for a full
 * period, or may be among what waits.
 */
export function runSilence(
  { by, timezone }: Pick<Run, "by" | "timezone">,
  {
    expectedSince,
    lastHeard: { at, waitingSince },
    now,
  }: { readonly expectedSince: Instant; readonly lastHeard: LastHeard; readonly now: Instant },
): Silence | null {
  const period = lastTwo(by, timezone, now);
  if (!period || period.from < expectedSince) return null;
  if (at !== null && at > period.from) return null;
  if (waitingSince !== null && waitingSince <= period.to) return null;
  return { since: Math.max(at ?? expectedSince, expectedSince), occasion: period.to };
}

/** What is told when something expected is missed. */
export function silentNotice(
  standing: ActiveExpectation,
  { since, occasion }: Silence,
  zone: string,
): SilenceNotice {
  return {
    ...noticeAbout(standing, occasion),
    is: "silent",
    summary: silentWords(standing, { since, occasion, zone }),
  };
}

/** What is told when it is heard again. `occasion` is the silence that ends. */
export function heardNotice(
  standing: ActiveExpectation,
  {
    occasion,
    at,
    zone,
  }: { readonly occasion: Instant; readonly at: Instant; readonly zone: string },
): SilenceNotice {
  return {
    ...noticeAbout(standing, occasion),
    is: "heard",
    summary: `${subject(standing)} is heard again since ${unmistakable(at, zone)}.`,
  };
}

const noticeAbout = (standing: ActiveExpectation, occasion: Instant) => ({
  about: standing.expectation.kind,
  source: standing.source,
  suite: standing.expectation.kind === "run" ? standing.expectation.suite : "",
  deployments: [...deploymentsConcerned(standing.expectation)],
  what: whatIsMissed(standing),
  since: rfc3339(occasion),
  decision: "",
});

const subject = ({ source, expectation }: ActiveExpectation): string =>
  expectation.kind === "run" ? `A run of ${expectation.suite} from ${source}` : source;

const silentWords = (
  { source, expectation }: ActiveExpectation,
  {
    since,
    occasion,
    zone,
  }: { readonly since: Instant; readonly occasion: Instant; readonly zone: string },
): string =>
  expectation.kind === "run"
    ? `No complete run of ${expectation.suite} from ${source} since ${unmistakable(since, zone)}; one was expected by ${unmistakable(occasion, zone)}.`
    : `Nothing heard from ${source} since ${unmistakable(since, zone)}; expected every ${formatDuration(expectation.every)}.`;

/** The zone in which times about an expectation are said. */
export function zoneOfExpectation(
  expectation: Expectation,
  deployments: ReadonlyMap<string, Pick<Deployment, "hours">>,
): string {
  if (expectation.kind === "run") return expectation.timezone;
  const [first = ""] = expectation.deployments;
  return deployments.get(first)?.hours.timezone ?? "UTC";
}
