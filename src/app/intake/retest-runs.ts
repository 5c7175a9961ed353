import type { Instant } from "../../core/ids.ts";
import { ownSource } from "../../core/policy/expectation.ts";
import { followRun, lateRetest, missed, type Run } from "../../core/reassessment/retest.ts";
import { noticeBody, noticeIn, parseNotice } from "../../core/reassessment/silence-notice.ts";
import type { Signal } from "../../core/signal.ts";
import type { ConditionRow, Delivery, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import type { ResolvedSignal } from "./deployment-resolution.ts";
import { countedAs, heardAt } from "./evidence-counts.ts";

/** Matches incoming runs with the re-tests that somebody requested. */

/**
 * Notes what became of re-tests; answers with the word that ends a silence, where there was one.
 */
export async function followRuns(
  { store, work }: { readonly store: Pick<Store, "escalation">; readonly work: UnitOfWork },
  known: Iterable<ConditionRow>,
  arrived: readonly ResolvedSignal[],
): Promise<readonly ResolvedSignal[]> {
  const rows = [...known];
  const ended: ResolvedSignal[] = [];
  for (const [first, ...more] of runsIn(arrived)) {
    if (!first) continue;
    const { deployment, delivery } = first;
    const drafts = followRun(work.situation(deployment), runOf(work, rows, [first, ...more]));
    const silent = work.state(deployment).retests.filter(({ missed: at }) => at !== null);
    work.add(`deployment:${deployment}`, drafts);
    for (const { body } of drafts) {
      if (body.kind !== "retest.followed") continue;
      await drawAnew(store, { work, deployment, id: body.escalation });
      const retest = silent.find(({ entry }) => entry === body.retest && body.what === "complete");
      if (retest) ended.push(...heard(work, { delivery, deployment, retest }));
    }
  }
  return ended;
}

type Silent = Parameters<typeof lateRetest>[1];

function heard(
  work: UnitOfWork,
  {
    delivery,
    deployment,
    retest,
  }: { readonly delivery: Delivery; readonly deployment: string; readonly retest: Silent },
): readonly ResolvedSignal[] {
  const parsed = parseNotice(noticeBody(lateRetest(work.situation(deployment), retest)));
  return "mapped" in parsed
    ? parsed.mapped.map((observed) => ({ delivery, position: 0, observed, deployment }))
    : [];
}

/**
 * The evals of one delivery that belong together: those of one suite that name the same run, or
 * none.
 */
function runsIn(arrived: readonly ResolvedSignal[]): Iterable<readonly ResolvedSignal[]> {
  const runs = new Map<string, ResolvedSignal[]>();
  for (const resolved of arrived) {
    const { signal, occurrence } = resolved.observed;
    if (signal.kind !== "eval" || signal.source === ownSource || signal.suite === "") continue;
    const run = occurrence === signal.id ? "" : occurrence; // an id is of one signal, not of a run
    const key = JSON.stringify([resolved.delivery.id, resolved.deployment, signal.suite, run]);
    runs.set(key, [...(runs.get(key) ?? []), resolved]);
  }
  return runs.values();
}

function runOf(
  work: UnitOfWork,
  rows: readonly ConditionRow[],
  all: readonly [ResolvedSignal, ...ResolvedSignal[]],
): Run {
  const [{ delivery, observed }] = all;
  return {
    suite: observed.signal.suite,
    at: heardAt(work, delivery),
    signals: all.map(({ observed: { signal } }): Signal => signal),
    firstAt: firstOf(rows, all),
  };
}

/**
 * When this very run was told of for the first time, as far as it had counted for anything then.
 */
function firstOf(rows: readonly ConditionRow[], all: readonly ResolvedSignal[]): Instant | null {
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
}

/** The figures stand on the card they were asked for, also when that is closed by now. */
export async function drawAnew(
  store: Pick<Store, "escalation">,
  {
    work,
    deployment,
    id,
  }: { readonly work: UnitOfWork; readonly deployment: string; readonly id: Silent["escalation"] },
): Promise<void> {
  if (id === "" || work.state(deployment).escalations.some((escalation) => escalation.id === id))
    return;
  const closed = await store.escalation(id);
  if (closed) work.redraw(id, closed.channel);
}

/**
 * Whether a notice of our own says that a re-test is missing which has come meanwhile, or has been
 * missed before.
 */
export function isOver(
  work: UnitOfWork,
  { delivery, deployment }: Pick<ResolvedSignal, "delivery" | "deployment">,
): boolean {
  const decision = decisionMissed(delivery);
  return decision !== "" && missed(work.situation(deployment), decision) === null;
}

/** Notes that a re-test is missing, where this delivery says so. */
export function noteMissed(
  work: UnitOfWork,
  { delivery, deployment }: Pick<ResolvedSignal, "delivery" | "deployment">,
): void {
  const decision = decisionMissed(delivery);
  const drafts = decision === "" ? null : missed(work.situation(deployment), decision);
  if (drafts) work.add(`deployment:${deployment}`, drafts);
}

function decisionMissed({ source, body }: Delivery): string {
  const notice = source === ownSource ? noticeIn(body) : null;
  return notice?.is === "silent" ? notice.decision : "";
}
