import { absence } from "../escalation/passing-on.ts";
import { counted, short } from "../escalation/signal-evidence.ts";
import type { Instant, PersonId } from "../ids.ts";
import { decimal } from "../log/bytes.ts";
import type { RecordedFigure, RunSeen } from "../log/evidence.ts";
import type { Signal } from "../signal.ts";
import { type BodyOf, type Draft, deploymentOf, type Situation } from "../state/situation.ts";
import type { DeploymentState, Retest } from "../state/state.ts";
import { rfc3339 } from "../time.ts";
import { remindersOf, whoIsAsked } from "./reassessment.ts";
import { type SilenceNotice, unmistakable } from "./silence-notice.ts";

/**
 * A re-test that was asked for: the run that answers it, who is reminded of it, and what is said
 * when none comes.
 */

/** A run of a suite as one delivery told of it. */
export interface Run {
  readonly suite: string;
  readonly at: Instant;
  /** One for each of its metrics, or one that says that it came to nothing. Never none. */
  readonly signals: readonly Signal[];
  /** When this very run was first told of, where that is known: told again, it is no new one. */
  readonly firstAt: Instant | null;
}

/** What a button says in place of a suite where none is known: no run is waited for then. */
export const unnamedSuite = "the-failed-suite";

/** Most figures that are said of a run. */
const mostFigures = 4;

/**
 * What a run means to the re-tests that wait for it. A complete one ends them; of others the first
 * is mentioned.
 */
export function followRun({ state }: Situation, run: Run): readonly Draft[] {
  const what = outcomeOf(run.signals);
  if (what === null) return [];
  return state.retests
    .filter((retest) => isMeant(retest, run) && (what === "complete" || retest.partial === null))
    .map((retest) => followed(state, retest, { what, run: runSeen(run.signals) }));
}

/** A suite is typed by people: its letters may be of either case. */
const isMeant = (retest: Retest, { suite, at, firstAt }: Run): boolean =>
  retest.result === null &&
  retest.suite.toLowerCase() === suite.toLowerCase() &&
  at > retest.at &&
  (firstAt === null || firstAt > retest.at);

type Outcome = "complete" | "incomplete" | "errored";

/** Complete only where every metric is; null for what is no run's end. */
function outcomeOf(signals: readonly Signal[]): Outcome | null {
  const statuses = signals.map(({ status }) => status);
  if (statuses.every((status) => status === "ok")) return "complete";
  if (statuses.includes("errored")) return "errored";
  return statuses.some((status) => status === "incomplete" || status === "no_data")
    ? "incomplete"
    : null;
}

function runSeen(signals: readonly Signal[]): RunSeen {
  const [first] = signals;
  const measured = signals.filter(({ value }) => value !== null);
  return {
    source: short(first?.source ?? ""),
    model: short(first?.model ?? ""),
    samples: first ? counted(first) : "",
    figures: measured.slice(0, mostFigures).map(figureOf),
    more: Math.max(0, measured.length - mostFigures),
  };
}

const figureOf = ({ scorer, metric, value, stderr }: Signal): RecordedFigure => ({
  scorer: short(scorer),
  metric: short(metric),
  value: value === null ? "" : decimal(value),
  stderr: stderr === null ? "" : decimal(stderr),
});

type Followed = BodyOf<"retest.followed">;

const followed = (
  state: DeploymentState,
  { entry, escalation, suite, due }: Retest,
  news: Pick<Followed, "what"> & Partial<Pick<Followed, "run" | "to" | "remind">>,
): Draft => ({
  actor: { type: "policy" },
  body: {
    kind: "retest.followed",
    deployment: state.id,
    escalation,
    retest: entry,
    suite,
    due: due === null ? "" : rfc3339(due),
    run: null,
    to: "" as const,
    remind: "",
    ...news,
  },
});

/**
 * Who sees to a re-test: who was named, else who asked; while they cannot answer, who is asked
 * about the deployment.
 */
function whoSeesToIt(
  situation: Situation,
  { by, askedBy }: Pick<Retest, "by" | "askedBy">,
): PersonId | "" {
  const named = by === "" ? askedBy : by;
  if (named !== "" && absence(situation, named) === null) return named;
  const { person } = whoIsAsked(situation);
  return person === "" ? named : person;
}

const waits = (retest: Retest): boolean => retest.result === null && retest.missed === null;

/** When to remind of a re-test: before its date as of a reassessment, each time once. */
function remindersFor(situation: Situation, retest: Retest): readonly Instant[] {
  const deployment = deploymentOf(situation);
  const { due } = retest;
  if (!deployment || due === null || !waits(retest)) return [];
  const from = retest.reminded ?? retest.at;
  return remindersOf(deployment, due, retest.at).filter((at) => at > from && at < due);
}

/** The reminders due by now; of several that a late look finds, the last. */
export function dueRetestReminders(situation: Situation): readonly Draft[] {
  return situation.state.retests.flatMap((retest) => {
    const last = remindersFor(situation, retest).findLast((at) => at <= situation.now);
    if (last === undefined || retest.due === null || retest.due <= situation.now) return [];
    const to = whoSeesToIt(situation, retest);
    return [followed(situation.state, retest, { what: "reminded", to, remind: rfc3339(last) })];
  });
}

/** When to look at the re-tests of a deployment again. */
export function retestDues(
  situation: Situation,
): readonly { readonly kind: string; readonly at: Instant }[] {
  return situation.state.retests.filter(waits).flatMap((retest) => {
    const next = remindersFor(situation, retest)[0] ?? retest.due;
    return next === null ? [] : [{ kind: `retest:${retest.entry}`, at: next }];
  });
}

/**
 * The silence of re-tests whose date has passed. Told again and again until it is counted, it stays
 * one.
 */
export function missedRetests(situation: Situation): readonly SilenceNotice[] {
  return situation.state.retests
    .filter((retest) => waits(retest) && retest.due !== null && retest.due <= situation.now)
    .map((retest) => retestNotice(situation, retest, "silent"));
}

/** A notice about one re-test. */
function retestNotice(
  situation: Situation,
  retest: Retest,
  is: SilenceNotice["is"],
): SilenceNotice {
  const zone = deploymentOf(situation)?.hours.timezone ?? "UTC";
  const [asked, due] = [retest.at, retest.due ?? retest.at].map((at) => unmistakable(at, zone));
  const suite = short(retest.suite);
  return {
    is,
    about: "retest",
    source: "",
    suite,
    deployments: [situation.state.id],
    what: whatIsRetested(retest),
    since: rfc3339(retest.due ?? retest.at),
    decision: retest.entry,
    summary:
      is === "heard"
        ? `The re-test of ${suite} came after all.`
        : `No complete run of ${suite} since the re-test was asked for at ${asked}; it was due ${due}.`,
  };
}

const whatIsRetested = ({ entry }: Pick<Retest, "entry">): string => `retest:${entry}`;

/** The end of a silence that was told. */
export function lateRetest(situation: Situation, retest: Retest): SilenceNotice {
  return retestNotice(situation, retest, "heard");
}

/**
 * What is said when a notice of silence is looked into: nothing where the run came first, null
 * where it is over in any case.
 */
export function missed(situation: Situation, decision: string): readonly Draft[] | null {
  const retest = situation.state.retests.find(({ entry }) => entry === decision);
  if (!retest || !waits(retest)) return null;
  const to = whoSeesToIt(situation, retest);
  return [followed(situation.state, retest, { what: "missed", to })];
}

/** The conditions of silences that were told and could end. */
export function missedConditions({ retests }: DeploymentState): readonly string[] {
  return retests.filter((retest) => retest.missed !== null).map(whatIsRetested);
}
