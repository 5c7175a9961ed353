import { absence } from "./escalation.ts";
import type { Instant, PersonId } from "./ids.ts";
import { decimal } from "./log/bytes.ts";
import type { Figure, RunSeen } from "./log/seen.ts";
import { type Notice, unmistakable } from "./own-notice.ts";
import { remindersOf, whoIsAsked } from "./reassessment.ts";
import { counted, short } from "./seen.ts";
import type { Signal } from "./signal.ts";
import { type BodyOf, type Draft, deploymentOf, type Situation } from "./situation.ts";
import type { DeploymentState, Retest } from "./state.ts";
import { rfc3339 } from "./time.ts";

/** A re-test that was asked for: the run that answers it, who is reminded of it, and what is said when none comes. */

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

/** What a run means to the re-tests that wait for it. A complete one ends them; of others the first is mentioned. */
export const followRun = ({ state }: Situation, run: Run): readonly Draft[] => {
  const what = outcomeOf(run.signals);
  if (what === null) return [];
  return state.retests
    .filter((one) => isMeant(one, run) && (what === "complete" || one.partial === null))
    .map((one) => followed(state, one, { what, run: runSeen(run.signals) }));
};

/** A suite is typed by people: its letters may be of either case. */
const isMeant = (one: Retest, { suite, at, firstAt }: Run): boolean =>
  one.result === null &&
  one.suite.toLowerCase() === suite.toLowerCase() &&
  at > one.at &&
  (firstAt === null || firstAt > one.at);

type Outcome = "complete" | "incomplete" | "errored";

/** Complete only where every metric is; null for what is no run's end. */
const outcomeOf = (signals: readonly Signal[]): Outcome | null => {
  const statuses = signals.map(({ status }) => status);
  if (statuses.every((one) => one === "ok")) return "complete";
  if (statuses.includes("errored")) return "errored";
  return statuses.some((one) => one === "incomplete" || one === "no_data") ? "incomplete" : null;
};

const runSeen = (signals: readonly Signal[]): RunSeen => {
  const [first] = signals;
  const measured = signals.filter(({ value }) => value !== null);
  return {
    source: short(first?.source ?? ""),
    model: short(first?.model ?? ""),
    samples: first ? counted(first) : "",
    figures: measured.slice(0, mostFigures).map(figureOf),
    more: Math.max(0, measured.length - mostFigures),
  };
};

const figureOf = ({ scorer, metric, value, stderr }: Signal): Figure => ({
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
    ...{ run: null, to: "" as const, remind: "" },
    ...news,
  },
});

/** Who sees to a re-test: who was named, else who asked; while they cannot answer, who is asked about the deployment. */
const whoSeesToIt = (
  situation: Situation,
  { by, askedBy }: Pick<Retest, "by" | "askedBy">,
): PersonId | "" => {
  const named = by === "" ? askedBy : by;
  if (named !== "" && absence(situation, named) === null) return named;
  const { person } = whoIsAsked(situation);
  return person === "" ? named : person;
};

const waits = (one: Retest): boolean => one.result === null && one.missed === null;

/** When to remind of a re-test: before its date as of a reassessment, each time once. */
const remindersFor = (situation: Situation, one: Retest): readonly Instant[] => {
  const deployment = deploymentOf(situation);
  const { due } = one;
  if (!deployment || due === null || !waits(one)) return [];
  const from = one.reminded ?? one.at;
  return remindersOf(deployment, due, one.at).filter((at) => at > from && at < due);
};

/** The reminders due by now; of several that a late look finds, the last. */
export const dueRetestReminders = (situation: Situation): readonly Draft[] =>
  situation.state.retests.flatMap((one) => {
    const last = remindersFor(situation, one).findLast((at) => at <= situation.now);
    if (last === undefined || one.due === null || one.due <= situation.now) return [];
    const to = whoSeesToIt(situation, one);
    return [followed(situation.state, one, { what: "reminded", to, remind: rfc3339(last) })];
  });

/** When to look at the re-tests of a deployment again. */
export const retestDues = (
  situation: Situation,
): readonly { readonly kind: string; readonly at: Instant }[] =>
  situation.state.retests.filter(waits).flatMap((one) => {
    const next = remindersFor(situation, one)[0] ?? one.due;
    return next === null ? [] : [{ kind: `retest:${one.entry}`, at: next }];
  });

/** The silence of re-tests whose date has passed. Told again and again until it is counted, it stays one. */
export const missedRetests = (situation: Situation): readonly Notice[] =>
  situation.state.retests
    .filter((one) => waits(one) && one.due !== null && one.due <= situation.now)
    .map((one) => retestNotice(situation, one, "silent"));

/** A notice about one re-test. */
const retestNotice = (situation: Situation, one: Retest, is: Notice["is"]): Notice => {
  const zone = deploymentOf(situation)?.hours.timezone ?? "UTC";
  const [asked, due] = [one.at, one.due ?? one.at].map((at) => unmistakable(at, zone));
  const suite = short(one.suite);
  return {
    is,
    about: "retest",
    source: "",
    suite,
    deployments: [situation.state.id],
    what: whatIsRetested(one),
    since: rfc3339(one.due ?? one.at),
    decision: one.entry,
    summary:
      is === "heard"
        ? `The re-test of ${suite} came after all.`
        : `No complete run of ${suite} since the re-test was asked for at ${asked}; it was due ${due}.`,
  };
};

const whatIsRetested = ({ entry }: Pick<Retest, "entry">): string => `retest:${entry}`;

/** The end of a silence that was told. */
export const lateRetest = (situation: Situation, one: Retest): Notice =>
  retestNotice(situation, one, "heard");

/** What is said when a notice of silence is looked into: nothing where the run came first, null where it is over in any case. */
export const missed = (situation: Situation, decision: string): readonly Draft[] | null => {
  const one = situation.state.retests.find(({ entry }) => entry === decision);
  if (!one || !waits(one)) return null;
  const to = whoSeesToIt(situation, one);
  return [followed(situation.state, one, { what: "missed", to })];
};

/** The conditions of silences that were told and could end. */
export const missedConditions = ({ retests }: DeploymentState): readonly string[] =>
  retests.filter((one) => one.missed !== null).map(whatIsRetested);
