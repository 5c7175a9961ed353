import { open } from "../../core/escalation/escalation.ts";
import { seenOf, severityOf, signalText } from "../../core/escalation/signal-evidence.ts";
import {
  hasRoom,
  isRuleOf,
  isShared,
  isWorse,
  liveUnmatched,
  nameOfSignal,
  ruleOf,
  shared,
  toBeNamed,
  unnamedPlace,
} from "../../core/escalation/unmatched.ts";
import type { EscalationId } from "../../core/ids.ts";
import { ownSource } from "../../core/policy/expectation.ts";
import type { EscalationEvidence } from "../../core/state/evidence.ts";
import { isUnmatched, unmatchedName } from "../../core/state/situation.ts";
import type { EscalationState } from "../../core/state/state.ts";
import { beginningOf } from "../../core/text.ts";
import type { ConditionRow, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { isAnswered } from "./ending.ts";
import {
  count,
  countedAs,
  countedBefore,
  evidenceIn,
  type ReceivedSignal,
  rowOf,
  rowsAmong,
  stop,
} from "./evidence-counts.ts";
import type { JudgeContext, NewsOfOne, UnmatchedSignal } from "./judge-context.ts";

/**
 * Signals that no trigger matches: an escalation for each name, up to a bound; beyond it one that
 * counts and names them.
 */

/** Of these signals' names, those that the shared escalations have already. */
export async function knownNames(
  store: Pick<Store, "rulesAmong">,
  {
    work,
    deployments,
    items,
  }: {
    readonly work: UnitOfWork;
    readonly deployments: readonly string[];
    readonly items: readonly ReceivedSignal[];
  },
): Promise<Map<EscalationId, Set<string>>> {
  const known = new Map<EscalationId, Set<string>>();
  for (const deployment of deployments) {
    const together = liveUnmatched(work.state(deployment), shared);
    if (!together) continue;
    const rules = items.map(({ observed }) => ruleOf(nameOfSignal(observed, deployment)));
    known.set(together.id, new Set(await store.rulesAmong(together.id, [...new Set(rules)])));
  }
  return known;
}

/**
 * Counts the signal for the escalation of its name, or opens one, unless this very occurrence was
 * answered before.
 */
export function joinUnmatched(
  at: JudgeContext,
  receivedSignal: ReceivedSignal,
  deployment: string,
): EscalationId | null {
  const { work, known } = at;
  const { observed } = receivedSignal;
  const about = nameOfSignal(observed, deployment);
  const rule = ruleOf(about);
  const before = countedBefore(known, { deployment, rule, observed });
  const state = work.state(deployment);
  const together = liveUnmatched(state, shared);
  const isAmong =
    together !== undefined &&
    (before?.escalation === together.id || at.names.get(together.id)?.has(rule) === true);
  const live = liveUnmatched(state, about) ?? (isAmong ? together : undefined);
  if (!live && before && isAnswered(observed, before)) {
    work.keepSignal(rowOf(work, receivedSignal, before.escalation));
    return null;
  }
  const told: UnmatchedSignal = { ...about, severity: severityOf(observed.signal), receivedSignal };
  const isOwn = hasRoom(state, work.now) && !isOneTooMany(observed, deployment);
  const joined = live ?? (isOwn ? undefined : together);
  if (joined)
    noteNews(at, {
      escalationState: joined,
      deployment,
      told,
      isNewName: joined === together && !isAmong,
    });
  const escalation = joined?.id ?? opened(at, { deployment, unmatchedSignal: told, isOwn });
  const isNewName = remember(at, escalation, rule);
  const { threshold: limit, worse } = observed.signal;
  const against = { limit, worse, isMeasured: false };
  const verdict = { is: "fired", because: "" } as const;
  const as = { deployment, rule, verdict, against, escalation, isNewName };
  count(work, { known, receivedSignal }, as);
  return escalation;
}

/**
 * Deployments that no policy knows are kept apart up to a bound; what comes of further ones is
 * counted together at once.
 */
const isOneTooMany = ({ signal }: ReceivedSignal["observed"], deployment: string): boolean =>
  deployment === unnamedPlace && signal.deployment !== "" && signal.deployment !== deployment;

/** Whether a name is new to a shared escalation, which knows it from now on. */
function remember({ names }: JudgeContext, escalation: EscalationId, rule: string): boolean {
  const known = names.get(escalation);
  if (!known || known.has(rule)) return false;
  known.add(rule);
  return true;
}

function noteNews(
  { news }: JudgeContext,
  {
    escalationState: { id, severity },
    deployment,
    told,
    isNewName,
  }: {
    readonly escalationState: EscalationState;
    readonly deployment: string;
    readonly told: UnmatchedSignal;
    readonly isNewName: boolean;
  },
): void {
  if (!isNewName && !isWorse(told.severity, severity)) return;
  const before = news.get(id) ?? { deployment, named: [], worst: told };
  if (isWorse(told.severity, before.worst.severity)) before.worst = told;
  if (isNewName) before.named.push(told);
  news.set(id, before);
}

function opened(
  { work, names }: JudgeContext,
  {
    deployment,
    unmatchedSignal: { receivedSignal, ...told },
    isOwn,
  }: {
    readonly deployment: string;
    readonly unmatchedSignal: UnmatchedSignal;
    readonly isOwn: boolean;
  },
): EscalationId {
  const situation = work.situation(deployment);
  const id: EscalationId = `HP-${situation.lastNumber + 1}`;
  const { signal } = receivedSignal.observed;
  const commitment = work.text(signalText(signal));
  const { severity, source, name } = told;
  const rules = situation.policy.deployments.has(deployment);
  const unknown = `the policy knows no deployment “${signal.deployment}”`;
  const none = rules ? "no trigger matches" : unknown;
  // The summary of a silence says since when.
  const because = signal.source === ownSource ? signal.summary : none;
  const drafts = open(situation, {
    id,
    name: unmatchedName,
    trigger: null,
    severity,
    verdict: "fired",
    because: beginningOf(because, 300),
    seen: seenOf(signal, commitment),
    evidence: [evidenceIn(receivedSignal)],
    reason: "",
    actor: { type: "policy" },
    about: isOwn ? { source, name } : shared,
    ...(isOwn ? {} : { named: [{ ...told, signal: commitment }] }),
  });
  work.add(`deployment:${deployment}`, drafts);
  if (!isOwn) names.set(id, new Set());
  return id;
}

/** So many names in one entry. */
const mostInOne = 20;

/**
 * Records what came to escalations that were open: one entry for all of it, so that people are told
 * once.
 */
export function tellNews({ work, news }: JudgeContext): void {
  for (const [id, ofOne] of news) {
    const escalation = work.state(ofOne.deployment).escalations.find((each) => each.id === id);
    const evidence = work.evidenceOf(id);
    if (escalation && evidence) tellNewsOf(work, { escalation, evidence, newsOfOne: ofOne });
  }
}

function tellNewsOf(
  work: UnitOfWork,
  {
    escalation,
    evidence,
    newsOfOne: { deployment, named, worst },
  }: {
    readonly escalation: EscalationState;
    readonly evidence: EscalationEvidence;
    readonly newsOfOne: NewsOfOne;
  },
): void {
  const names = toBeNamed(escalation, named).map(({ receivedSignal, ...told }) => ({
    ...told,
    signal: work.text(signalText(receivedSignal.observed.signal)),
  }));
  const { signal } = worst.receivedSignal.observed;
  const raised = isWorse(worst.severity, escalation.severity)
    ? { severity: worst.severity, seen: seenOf(signal, work.text(signalText(signal))) }
    : { seen: null };
  for (let from = 0; from === 0 || from < names.length; from += mostInOne) {
    const some = names.slice(from, from + mostInOne);
    if (some.length === 0 && raised.seen === null) break;
    const body = {
      kind: "escalation.updated" as const,
      escalation: escalation.id,
      firing: evidence.firing,
      verdict: "fired" as const,
      worst: escalation.worst,
      ...(from === 0 ? raised : { seen: null }),
      ...(some.length > 0 ? { named: some, names: evidence.names } : {}),
    };
    work.add(`deployment:${deployment}`, [{ actor: { type: "policy" }, body }]);
  }
}

/**
 * A trigger matches now what none matched before: its escalation goes on with it, and one that was
 * about nothing else is over.
 */
export function handOver(
  at: JudgeContext,
  receivedSignal: ReceivedSignal,
  deployment: string,
): void {
  const { work, known } = at;
  const { signal } = receivedSignal.observed;
  const condition = countedAs(receivedSignal.observed, receivedSignal.observed.condition);
  for (const escalation of work.state(deployment).escalations.filter(isUnmatched)) {
    const isHandedOver = (row: ConditionRow): boolean =>
      row.condition === condition &&
      row.escalation === escalation.id &&
      row.firing &&
      isRuleOf(row.trigger, signal.source);
    const keys = rowsAmong(known, isHandedOver).map(([key]) => key);
    const firing = work.evidenceOf(escalation.id)?.firingConditions ?? 0;
    if (keys.length === 0) continue;
    if (isShared(escalation) || firing > 1)
      for (const key of keys) stop(work, { known, receivedSignal, key });
    else {
      const body = {
        kind: "escalation.closed",
        escalation: escalation.id,
        because: "matched",
      } as const;
      work.add(`deployment:${deployment}`, [{ actor: { type: "policy" }, body }]);
    }
  }
}
