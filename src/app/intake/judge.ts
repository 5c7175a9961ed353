import { lapse, respondFirst } from "../../core/decision/restrict.ts";
import { liveFor, open } from "../../core/escalation/escalation.ts";
import { noteSignal } from "../../core/escalation/noted.ts";
import { noteShadow } from "../../core/escalation/shadow.ts";
import {
  endsWhatFires,
  needsAnswer,
  seenOf,
  short,
  signalText,
} from "../../core/escalation/signal-evidence.ts";
import type { EscalationId } from "../../core/ids.ts";
import type { Verdict } from "../../core/policy/condition.ts";
import { ownSource } from "../../core/policy/expectation.ts";
import type { Trigger } from "../../core/policy/model.ts";
import { missedConditions } from "../../core/reassessment/retest.ts";
import { conditionOf } from "../../core/reassessment/silence-notice.ts";
import type { ObservedSignal } from "../../core/signal.ts";
import type { Draft } from "../../core/state/situation.ts";
import { beginningOf } from "../../core/text.ts";
import { rfc3339 } from "../../core/time.ts";
import type { Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import type { ResolvedSignal } from "./deployment-resolution.ts";
import { endWhatItMeans, isAnswered, isOverAlready, namesOf } from "./ending.ts";
import {
  conditionKey,
  count,
  countedBefore,
  earlierEvidence,
  evidenceIn,
  type ReceivedSignal,
  receive,
  rowOf,
} from "./evidence-counts.ts";
import type { JudgeContext } from "./judge-context.ts";
import { firingOf } from "./live-conditions.ts";
import { recall, type TriggerVerdict, verdictsWith } from "./remembering.ts";
import { handOver, joinUnmatched, knownNames } from "./unmatched.ts";

/**
 * One signal against every rule that names its deployment: it joins what is open, opens an
 * escalation, ends a condition, or is only kept.
 */

/**
 * Reads what was counted before of these signals: whether it was said before, and what they can
 * calm.
 */
export async function prepared(
  store: Store,
  {
    work,
    deployments,
    arrived,
  }: {
    readonly work: UnitOfWork;
    readonly deployments: readonly string[];
    readonly arrived: readonly ResolvedSignal[];
  },
): Promise<JudgeContext> {
  const occurrences = arrived.flatMap(({ deployment, observed }) =>
    timesOf(observed).flatMap((occurrence) =>
      namesOf(observed).map((condition) => ({ deployment, condition, occurrence })),
    ),
  );
  const said = arrived.flatMap(({ deployment, observed }) =>
    // A later run of an eval, or a signal without an occurrence, supersedes the earlier ones too.
    firingOf(work, {
      deployment,
      conditions: namesOf(observed),
      every: observed.signal.kind === "eval" || observed.occurrence === null,
    }),
  );
  const missed = deployments.flatMap((deployment) =>
    firingOf(work, {
      deployment,
      conditions: missedConditions(work.state(deployment)).map(conditionOf),
      every: true,
    }),
  );
  const rows = await store.conditionsOf({ occurrences, firing: [...said, ...missed] });
  const known = new Map(rows.map((row) => [conditionKey(row), row]));
  const names = await knownNames(store, { work, deployments, items: arrived });
  const recalled = await recall(store, work, arrived);
  return { work, known, recalled, names, news: new Map(), over: new Set() };
}

/** What counts for a rule that does not fire yet ends nothing. */
const verdictsOf = (all: readonly TriggerVerdict[]): ReadonlyMap<string, Verdict> =>
  new Map(
    all.map(({ trigger, verdict, counts }) => [
      trigger.id,
      counts ? { ...verdict, is: "fired" } : verdict,
    ]),
  );

/**
 * The times under which an occurrence may stand; older versions wrote the sender's own spelling of
 * when it began.
 */
const timesOf = ({ occurrence, signal: { startedAt } }: ObservedSignal): readonly string[] =>
  occurrence === null ? [] : [...new Set([occurrence, ...(startedAt === "" ? [] : [startedAt])])];

/** Evaluates one signal. */
export function evaluateSignal(
  at: JudgeContext,
  receivedSignal: ReceivedSignal,
  deployment: string,
): void {
  const { work } = at;
  const { signal, partial } = receivedSignal.observed;
  const all = verdictsWith(at, receivedSignal, deployment);
  const isOver = isOverAlready(at, receivedSignal, deployment);
  const { verdicts, shadows } = byShadow(work, all, deployment);
  if (!isOver) recordShadows(work, { receivedSignal, deployment, shadows });
  const fired = verdicts.filter(({ verdict }) => verdict.is !== "quiet");
  if (partial && fired.length === 0) return;
  if (isOver) {
    show(work, { receivedSignal, deployment, what: "over" });
    return;
  }
  const joined = new Set(
    fired.map((judged) => openOrJoin(at, { receivedSignal, deployment, ...judged })),
  );
  const isMatched = fired.some(({ verdict }) => verdict.is === "fired");
  if (isMatched) handOver(at, receivedSignal, deployment);
  else if (fired.length === 0)
    joined.add(
      needsAnswer(signal) && !verdicts.some(({ counts }) => counts)
        ? joinUnmatched(at, receivedSignal, deployment)
        : kept(work, receivedSignal),
    );
  const ended = endsWhatFires(signal)
    ? endWhatItMeans(at, { receivedSignal, deployment, verdicts: verdictsOf(all) })
    : [];
  receiveElsewhere(work, { receivedSignal, deployment, told: new Set([...joined, ...ended]) });
  noteChange(work, receivedSignal, deployment);
  // Whoever is asked to approve a resume reads on the card what came in since.
  if (work.state(deployment).proposal) work.redrawLive(deployment);
}

/** What is open already goes on by the trigger that opened it. */
const isShadow = (work: UnitOfWork, { id, shadow }: Trigger, deployment: string): boolean =>
  shadow && !liveFor(work.state(deployment), id);

/** What asks people, and what is only recorded. */
function byShadow(work: UnitOfWork, all: readonly TriggerVerdict[], deployment: string) {
  const shadows = all.filter(({ trigger }) => isShadow(work, trigger, deployment));
  return { verdicts: all.filter((judged) => !shadows.includes(judged)), shadows };
}

function recordShadows(
  work: UnitOfWork,
  {
    shadows,
    ...of
  }: Pick<Fired, "receivedSignal" | "deployment"> & { readonly shadows: readonly TriggerVerdict[] },
): void {
  for (const shadow of shadows) shadowed(work, { ...of, ...shadow });
}

/** Records what a shadow trigger makes of a signal. */
function shadowed(
  work: UnitOfWork,
  { receivedSignal, deployment, trigger, verdict }: Omit<Fired, "decided">,
): void {
  if (verdict.is === "quiet") return;
  const { signal } = receivedSignal.observed;
  const drafts = noteShadow(work.situation(deployment), {
    trigger: trigger.id,
    verdict: verdict.is,
    source: short(signal.source),
    signal: work.text(signalText(signal)),
  });
  work.add(`deployment:${deployment}`, drafts);
}

/** Shows a test signal: no trigger is evaluated, nothing opens or ends. */
export function show(
  work: UnitOfWork,
  {
    receivedSignal,
    deployment,
    what,
  }: {
    readonly receivedSignal: ReceivedSignal;
    readonly deployment: string;
    readonly what: "test" | "over";
  },
): void {
  const { signal } = receivedSignal.observed;
  const drafts = noteSignal(work.situation(deployment), {
    what,
    source: short(signal.source),
    signal: work.text(signalText(signal)),
  });
  work.add(`deployment:${deployment}`, drafts);
  work.keepSignal(rowOf(work, receivedSignal, ""));
}

function kept(work: UnitOfWork, receivedSignal: ReceivedSignal): null {
  work.keepSignal(rowOf(work, receivedSignal, ""));
  return null;
}

/** What counts for one card, or ends it, may be news for another that shows the same condition. */
function receiveElsewhere(
  work: UnitOfWork,
  {
    receivedSignal,
    deployment,
    told,
  }: {
    readonly receivedSignal: ReceivedSignal;
    readonly deployment: string;
    readonly told: ReadonlySet<EscalationId | null>;
  },
): void {
  for (const { id } of work.state(deployment).escalations)
    if (!told.has(id)) receive(work, { receivedSignal, deployment, id, ends: false });
}

/** A change the policy listens for brings the question forward to now. */
function noteChange(
  work: UnitOfWork,
  { observed: { signal } }: ReceivedSignal,
  deployment: string,
): void {
  const situation = work.situation(deployment);
  const rules = situation.policy.deployments.get(deployment);
  const { reassess } = situation.state;
  if (signal.kind !== "change" || !rules?.reassess.on.includes(signal.change)) return;
  if (reassess && reassess.by <= work.now) return;
  const body = {
    kind: "reassessment.set" as const,
    deployment,
    reassessBy: rfc3339(work.now),
    because: "change" as const,
    change: signal.change,
  };
  work.add(`deployment:${deployment}`, [{ actor: { type: "policy" }, body }]);
}

/** A trigger that fired at a signal, or cannot tell. */
interface Fired extends Omit<TriggerVerdict, "counts"> {
  readonly receivedSignal: ReceivedSignal;
  readonly deployment: string;
}

/**
 * Joins the open escalation of this rule, or opens one, unless this very occurrence was answered
 * before. One that was over and begins again is new, also where its sender gives it the time at
 * which it first began.
 */
export function openOrJoin(
  { work, known }: JudgeContext,
  { receivedSignal, deployment, trigger, verdict, decided }: Fired,
): EscalationId | null {
  if (isShadow(work, trigger, deployment)) {
    shadowed(work, { receivedSignal, deployment, trigger, verdict });
    return null;
  }
  const before = countedBefore(known, {
    deployment,
    rule: trigger.id,
    observed: receivedSignal.observed,
  });
  const live = liveFor(work.state(deployment), trigger.id);
  if (!live && before && isAnswered(receivedSignal.observed, before)) {
    work.keepSignal(rowOf(work, receivedSignal, before.escalation));
    return null;
  }
  const escalation =
    live?.id ?? opened(work, { receivedSignal, deployment, trigger, verdict, decided });
  // The trigger decides which side is worse; if it does not compare the value, the sender does.
  const { signal } = receivedSignal.observed;
  const { limit = null, worse = signal.worse } = trigger.measureOf(signal) ?? {};
  const against = { limit: limit ?? signal.threshold, worse, isMeasured: trigger.isOfValue };
  const as = { deployment, rule: trigger.id, verdict, against, escalation, isNewName: false };
  count(work, { known, receivedSignal }, as);
  return escalation;
}

function opened(
  work: UnitOfWork,
  { receivedSignal, deployment, trigger, verdict, decided }: Fired,
): EscalationId {
  const { signal } = receivedSignal.observed;
  const situation = work.situation(deployment);
  const id: EscalationId = `HP-${situation.lastNumber + 1}`;
  const lapsed = lapse(situation, "escalation opened").map(
    (body): Draft => ({ actor: { type: "policy" }, body }),
  );
  // The summary of a silence says since when; a condition cannot.
  const said = signal.source === ownSource ? signal.summary : verdict.because;
  const drafts = open(situation, {
    id,
    name: trigger.id,
    trigger,
    severity: trigger.severity,
    verdict: verdict.is === "indeterminate" ? "indeterminate" : "fired",
    because: beginningOf(said, 300),
    seen: seenOf(signal, work.text(signalText(signal))),
    evidence: [evidenceIn(receivedSignal), ...earlierEvidence(signal, decided)],
    reason: "",
    actor: { type: "policy" },
  });
  work.add(`deployment:${deployment}`, [...lapsed, ...drafts]);
  const asked = liveFor(work.state(deployment), trigger.id);
  if (trigger.actsFirst && asked)
    work.add(`deployment:${deployment}`, respondFirst(work.situation(deployment), asked));
  return id;
}
