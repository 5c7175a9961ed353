import type { Instant } from "../core/ids.ts";
import { noticeBody, noticeIn, parseNotice } from "../core/own-notice.ts";
import { ownSource } from "../core/policy/expectation.ts";
import { followRun, lateRetest, missed, type Run } from "../core/retest.ts";
import type { Signal } from "../core/signal.ts";
import { countedAs, heardAt } from "./counting.ts";
import type { Desk } from "./desk.ts";
import type { Arrived } from "./places.ts";
import type { ConditionRow, Delivery, Store } from "./ports.ts";

/** Runs that somebody asked for, found among what comes in. */

/** Notes what became of re-tests; answers with the word that ends a silence, where there was one. */
export const followRuns = async (
  { store, desk }: { readonly store: Pick<Store, "escalation">; readonly desk: Desk },
  known: Iterable<ConditionRow>,
  arrived: readonly Arrived[],
): Promise<readonly Arrived[]> => {
  const rows = [...known];
  const ended: Arrived[] = [];
  for (const [first, ...more] of runsIn(arrived)) {
    if (!first) continue;
    const { deployment, delivery } = first;
    const drafts = followRun(desk.situation(deployment), runOf(desk, rows, [first, ...more]));
    const silent = desk.state(deployment).retests.filter(({ missed: at }) => at !== null);
    desk.add(`deployment:${deployment}`, drafts);
    for (const { body } of drafts) {
      if (body.kind !== "retest.followed") continue;
      await drawAnew(store, desk, deployment, body.escalation);
      const one = silent.find(({ entry }) => entry === body.retest && body.what === "complete");
      if (one) ended.push(...heard(desk, delivery, deployment, one));
    }
  }
  return ended;
};

type Silent = Parameters<typeof lateRetest>[1];

const heard = (
  desk: Desk,
  delivery: Delivery,
  deployment: string,
  one: Silent,
): readonly Arrived[] => {
  const parsed = parseNotice(noticeBody(lateRetest(desk.situation(deployment), one)));
  return "mapped" in parsed
    ? parsed.mapped.map((observed) => ({ delivery, position: 0, observed, deployment }))
    : [];
};

/** The evals of one delivery that belong together: those of one suite that name the same run, or none. */
const runsIn = (arrived: readonly Arrived[]): Iterable<readonly Arrived[]> => {
  const runs = new Map<string, Arrived[]>();
  for (const one of arrived) {
    const { signal, occurrence } = one.observed;
    if (signal.kind !== "eval" || signal.source === ownSource || signal.suite === "") continue;
    const run = occurrence === signal.id ? "" : occurrence; // an id is of one signal, not of a run
    const key = JSON.stringify([one.delivery.id, one.deployment, signal.suite, run]);
    runs.set(key, [...(runs.get(key) ?? []), one]);
  }
  return runs.values();
};

const runOf = (
  desk: Desk,
  rows: readonly ConditionRow[],
  all: readonly [Arrived, ...Arrived[]],
): Run => {
  const [{ delivery, observed }] = all;
  return {
    suite: observed.signal.suite,
    at: heardAt(desk, delivery),
    signals: all.map(({ observed: { signal } }): Signal => signal),
    firstAt: firstOf(rows, all),
  };
};

/** When this very run was told of for the first time, as far as it had counted for anything then. */
const firstOf = (rows: readonly ConditionRow[], all: readonly Arrived[]): Instant | null => {
  const before = rows.filter((row) =>
    all.some(
      ({ deployment, observed }) =>
        observed.occurrence !== null &&
        row.deployment === deployment &&
        row.condition === countedAs(observed, observed.condition) &&
        row.occurrence === observed.occurrence,
    ),
  );
  return before.length === 0 ? null : Math.min(...before.map(({ firstAt }) => firstAt));
};

/** The figures stand on the card they were asked for, also when that is closed by now. */
export const drawAnew = async (
  store: Pick<Store, "escalation">,
  desk: Desk,
  deployment: string,
  id: Silent["escalation"],
): Promise<void> => {
  if (id === "" || desk.state(deployment).escalations.some((one) => one.id === id)) return;
  const closed = await store.escalation(id);
  if (closed) desk.redraw(id, closed.channel);
};

/** Whether a notice of our own says that a re-test is missing which has come meanwhile, or has been missed before. */
export const isOver = (
  desk: Desk,
  { delivery, deployment }: Pick<Arrived, "delivery" | "deployment">,
): boolean => {
  const decision = decisionMissed(delivery);
  return decision !== "" && missed(desk.situation(deployment), decision) === null;
};

/** Notes that a re-test is missing, where this delivery says so. */
export const noteMissed = (
  desk: Desk,
  { delivery, deployment }: Pick<Arrived, "delivery" | "deployment">,
): void => {
  const decision = decisionMissed(delivery);
  const drafts = decision === "" ? null : missed(desk.situation(deployment), decision);
  if (drafts) desk.add(`deployment:${deployment}`, drafts);
};

const decisionMissed = ({ source, body }: Delivery): string => {
  const notice = source === ownSource ? noticeIn(body) : null;
  return notice?.is === "silent" ? notice.decision : "";
};
