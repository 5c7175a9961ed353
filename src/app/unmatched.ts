import { open } from "../core/escalation.ts";
import type { EscalationId } from "../core/ids.ts";
import type { SignalName } from "../core/log/entry.ts";
import { ownSource } from "../core/policy/expectation.ts";
import type { Severity } from "../core/policy/model.ts";
import { seenOf, severityOf, signalText } from "../core/seen.ts";
import { isUnmatched, unmatchedName } from "../core/situation.ts";
import type { EscalationState, Evidence } from "../core/state.ts";
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
} from "../core/unmatched.ts";
import { count, countedAs, countedBefore, type Item, rowOf, stop } from "./counting.ts";
import type { Desk } from "./desk.ts";
import { isAnswered } from "./ending.ts";
import type { Store } from "./ports.ts";
import type { Weighing } from "./weigh.ts";

/** Signals that no trigger matches: an escalation for each name, up to a bound; beyond it one that counts and names them. */

/** What these deliveries bring to an escalation that was open before: names, each with its severity, and the worst signal. */
export type News = Map<EscalationId, NewsOfOne>;

interface NewsOfOne {
  readonly deployment: string;
  readonly named: Told[];
  worst: Told;
}

interface Told extends SignalName {
  readonly severity: Severity;
  readonly item: Item;
}

/** Of these signals' names, those that the shared escalations have already. */
export const knownNames = async (
  store: Pick<Store, "rulesAmong">,
  desk: Desk,
  deployments: readonly string[],
  items: readonly Item[],
): Promise<Map<EscalationId, Set<string>>> => {
  const known = new Map<EscalationId, Set<string>>();
  for (const deployment of deployments) {
    const together = liveUnmatched(desk.state(deployment), shared);
    if (!together) continue;
    const rules = items.map(({ observed }) => ruleOf(nameOfSignal(observed, deployment)));
    known.set(together.id, new Set(await store.rulesAmong(together.id, [...new Set(rules)])));
  }
  return known;
};

/** Counts the signal for the escalation of its name, or opens one, unless this very occurrence was answered before. */
export const joinUnmatched = (
  at: Weighing,
  item: Item,
  deployment: string,
): EscalationId | null => {
  const { desk, known } = at;
  const { observed } = item;
  const about = nameOfSignal(observed, deployment);
  const rule = ruleOf(about);
  const before = countedBefore(known, deployment, rule, observed);
  const state = desk.state(deployment);
  const together = liveUnmatched(state, shared);
  const isAmong =
    together !== undefined &&
    (before?.escalation === together.id || at.names.get(together.id)?.has(rule) === true);
  const live = liveUnmatched(state, about) ?? (isAmong ? together : undefined);
  if (!live && before && isAnswered(observed, before)) {
    desk.keepSignal(rowOf(desk, item, before.escalation));
    return null;
  }
  const told: Told = { ...about, severity: severityOf(observed.signal), item };
  const isOwn = hasRoom(state, desk.now) && !isOneTooMany(observed, deployment);
  const joined = live ?? (isOwn ? undefined : together);
  if (joined) noteNews(at, joined, deployment, told, joined === together && !isAmong);
  const escalation = joined?.id ?? opened(at, deployment, told, isOwn);
  const isNewName = remember(at, escalation, rule);
  const { threshold: limit, worse } = observed.signal;
  const against = { limit, worse, isMeasured: false };
  const verdict = { is: "fired", because: "" } as const;
  const as = { deployment, rule, verdict, against, escalation, isNewName };
  count(desk, known, item, as);
  return escalation;
};

/** Deployments that no policy knows are kept apart up to a bound; what comes of further ones is counted together at once. */
const isOneTooMany = ({ signal }: Item["observed"], deployment: string): boolean =>
  deployment === unnamedPlace && signal.deployment !== "" && signal.deployment !== deployment;

/** Whether a name is new to a shared escalation, which knows it from now on. */
const remember = ({ names }: Weighing, escalation: EscalationId, rule: string): boolean => {
  const known = names.get(escalation);
  if (!known || known.has(rule)) return false;
  known.add(rule);
  return true;
};

const noteNews = (
  { news }: Weighing,
  { id, severity }: EscalationState,
  deployment: string,
  told: Told,
  isNewName: boolean,
): void => {
  if (!isNewName && !isWorse(told.severity, severity)) return;
  const before = news.get(id) ?? { deployment, named: [], worst: told };
  if (isWorse(told.severity, before.worst.severity)) before.worst = told;
  if (isNewName) before.named.push(told);
  news.set(id, before);
};

const opened = (
  { desk, names }: Weighing,
  deployment: string,
  { item, ...told }: Told,
  isOwn: boolean,
): EscalationId => {
  const situation = desk.situation(deployment);
  const id: EscalationId = `HP-${situation.lastNumber + 1}`;
  const { signal } = item.observed;
  const commitment = desk.text(signalText(signal));
  const { severity, source, name } = told;
  const rules = situation.policy.deployments.has(deployment);
  const unknown = `the policy knows no deployment “${signal.deployment}”`;
  const none = rules ? "no trigger matches" : unknown;
  // Of silence the summary says since when.
  const because = signal.source === ownSource ? signal.summary : none;
  const drafts = open(situation, {
    id,
    name: unmatchedName,
    trigger: null,
    severity,
    verdict: "fired",
    because: [...because].slice(0, 300).join(""),
    seen: seenOf(signal, commitment),
    reason: "",
    actor: { type: "policy" },
    about: isOwn ? { source, name } : shared,
    ...(isOwn ? {} : { named: [{ ...told, signal: commitment }] }),
  });
  desk.add(`deployment:${deployment}`, drafts);
  if (!isOwn) names.set(id, new Set());
  return id;
};

/** So many names in one entry. */
const mostInOne = 20;

/** Records what came to escalations that were open: one entry for all of it, so that people are told once. */
export const tellNews = ({ desk, news }: Weighing): void => {
  for (const [id, ofOne] of news) {
    const one = desk.state(ofOne.deployment).escalations.find((each) => each.id === id);
    const evidence = desk.evidenceOf(id);
    if (one && evidence) tellNewsOf(desk, one, evidence, ofOne);
  }
};

const tellNewsOf = (
  desk: Desk,
  one: EscalationState,
  evidence: Evidence,
  { deployment, named, worst }: NewsOfOne,
): void => {
  const names = toBeNamed(one, named).map(({ item, ...told }) => ({
    ...told,
    signal: desk.text(signalText(item.observed.signal)),
  }));
  const { signal } = worst.item.observed;
  const raised = isWorse(worst.severity, one.severity)
    ? { severity: worst.severity, seen: seenOf(signal, desk.text(signalText(signal))) }
    : { seen: null };
  for (let from = 0; from === 0 || from < names.length; from += mostInOne) {
    const some = names.slice(from, from + mostInOne);
    if (some.length === 0 && raised.seen === null) break;
    const body = {
      kind: "escalation.updated" as const,
      escalation: one.id,
      firing: evidence.firing,
      verdict: "fired" as const,
      worst: one.worst,
      ...(from === 0 ? raised : { seen: null }),
      ...(some.length > 0 ? { named: some, names: evidence.names } : {}),
    };
    desk.add(`deployment:${deployment}`, [{ actor: { type: "policy" }, body }]);
  }
};

/** A trigger matches now what none matched before: its escalation goes on with it, and one that was about nothing else is over. */
export const handOver = (at: Weighing, item: Item, deployment: string): void => {
  const { desk, known } = at;
  const { signal } = item.observed;
  const condition = countedAs(item.observed, item.observed.condition);
  for (const one of desk.state(deployment).escalations.filter(isUnmatched)) {
    const keys = [...known].flatMap(([key, row]) =>
      row.escalation === one.id &&
      row.firing &&
      row.condition === condition &&
      isRuleOf(row.trigger, signal.source)
        ? [key]
        : [],
    );
    const firing = desk.evidenceOf(one.id)?.firingConditions ?? 0;
    if (keys.length === 0) continue;
    if (isShared(one) || firing > 1) for (const key of keys) stop(desk, known, item, key);
    else {
      const body = { kind: "escalation.closed", escalation: one.id, because: "matched" } as const;
      desk.add(`deployment:${deployment}`, [{ actor: { type: "policy" }, body }]);
    }
  }
};
