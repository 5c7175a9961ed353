import { liveFor, open } from "../core/escalation.ts";
import type { EscalationId } from "../core/ids.ts";
import { note } from "../core/noted.ts";
import { conditionOf } from "../core/own-notice.ts";
import { ownSource } from "../core/policy/expectation.ts";
import { type Trigger, triggersOf } from "../core/policy/model.ts";
import { lapse } from "../core/restrict.ts";
import { missedConditions } from "../core/retest.ts";
import { endsWhatFires, needsAnswer, seenOf, short, signalText } from "../core/seen.ts";
import type { Observed } from "../core/signal.ts";
import type { Draft } from "../core/situation.ts";
import { rfc3339 } from "../core/time.ts";
import type { Verdict } from "../core/trigger.ts";
import {
  type Conditions,
  conditionKey,
  count,
  countedBefore,
  hear,
  type Item,
  rowOf,
} from "./counting.ts";
import type { Desk } from "./desk.ts";
import { endWhatItMeans, isAnswered, isOverAlready, namesOf } from "./ending.ts";
import { firingOf } from "./live-conditions.ts";
import type { Arrived } from "./places.ts";
import type { Store } from "./ports.ts";
import { handOver, joinUnmatched, knownNames, type News } from "./unmatched.ts";

/** One signal against every rule that names its deployment: it joins what is open, opens, calms, or is only kept. */

/** What weighing needs to know, and what it finds out. */
export interface Weighing {
  readonly desk: Desk;
  readonly known: Conditions;
  /** Rules that each shared escalation has conditions of. */
  readonly names: Map<EscalationId, Set<string>>;
  readonly news: News;
  /** Closed escalations whose cards say that something fires which is over by now. */
  readonly over: Set<EscalationId>;
}

/** Reads what was counted before of these signals: whether it was said before, and what they can calm. */
export const prepared = async (
  store: Store,
  desk: Desk,
  deployments: readonly string[],
  arrived: readonly Arrived[],
): Promise<Weighing> => {
  const occurrences = arrived.flatMap(({ deployment, observed }) =>
    timesOf(observed).flatMap((occurrence) =>
      namesOf(observed).map((condition) => ({ deployment, condition, occurrence })),
    ),
  );
  const said = arrived.flatMap(({ deployment, observed }) =>
    // A later run of an eval, and what comes without an occurrence, speak of the earlier ones too.
    firingOf(desk, deployment, namesOf(observed), {
      every: observed.signal.kind === "eval" || observed.occurrence === null,
    }),
  );
  const missed = deployments.flatMap((one) =>
    firingOf(desk, one, missedConditions(desk.state(one)).map(conditionOf), { every: true }),
  );
  const rows = await store.conditionsOf({ occurrences, firing: [...said, ...missed] });
  const known = new Map(rows.map((row) => [conditionKey(row), row]));
  const names = await knownNames(store, desk, deployments, arrived);
  return { desk, known, names, news: new Map(), over: new Set() };
};

const verdictsOf = (
  all: readonly { readonly trigger: Trigger; readonly verdict: Verdict }[],
): ReadonlyMap<string, Verdict> =>
  new Map(all.map(({ trigger, verdict }) => [trigger.id, verdict]));

/** The times under which an occurrence may stand; older versions wrote the sender's own spelling of when it began. */
const timesOf = ({ occurrence, signal: { startedAt } }: Observed): readonly string[] =>
  occurrence === null ? [] : [...new Set([occurrence, ...(startedAt === "" ? [] : [startedAt])])];

/** Weighs one signal. */
export const weigh = (at: Weighing, item: Item, deployment: string): void => {
  const { desk } = at;
  const { policy } = desk.situation(deployment);
  const { signal, partial } = item.observed;
  const verdicts = triggersOf(policy, deployment).map((trigger) => ({
    trigger,
    verdict: trigger.evaluate(signal, partial),
  }));
  const fired = verdicts.filter(({ verdict }) => verdict.is !== "quiet");
  if (partial && fired.length === 0) return;
  if (isOverAlready(at, item, deployment)) {
    show(desk, item, deployment, "over");
    return;
  }
  const joined = new Set(
    fired.map(({ trigger, verdict }) => join(at, item, deployment, trigger, verdict)),
  );
  const isMatched = fired.some(({ verdict }) => verdict.is === "fired");
  if (isMatched) handOver(at, item, deployment);
  else if (fired.length === 0)
    joined.add(needsAnswer(signal) ? joinUnmatched(at, item, deployment) : kept(desk, item));
  const ended = endsWhatFires(signal)
    ? endWhatItMeans(at, item, deployment, verdictsOf(verdicts))
    : [];
  hearElsewhere(desk, item, deployment, new Set([...joined, ...ended]));
  noteChange(desk, item, deployment);
  // Whoever is asked to confirm a resume reads on the card what came in since.
  if (desk.state(deployment).proposal) desk.redrawLive(deployment);
};

/** Shows a signal that is nothing else: no rule is asked, nothing opens, nothing ends. */
export const show = (desk: Desk, item: Item, deployment: string, what: "test" | "over"): void => {
  const { signal } = item.observed;
  const drafts = note(desk.situation(deployment), {
    ...{ what, source: short(signal.source) },
    signal: desk.text(signalText(signal)),
  });
  desk.add(`deployment:${deployment}`, drafts);
  desk.keepSignal(rowOf(desk, item, ""));
};

const kept = (desk: Desk, item: Item): null => {
  desk.keepSignal(rowOf(desk, item, ""));
  return null;
};

/** What counts for one card, or ends it, may be news for another that shows the same condition. */
const hearElsewhere = (
  desk: Desk,
  item: Item,
  deployment: string,
  told: ReadonlySet<EscalationId | null>,
): void => {
  for (const { id } of desk.state(deployment).escalations)
    if (!told.has(id)) hear(desk, item, deployment, id, false);
};

/** A change the policy listens for brings the question forward to now. */
const noteChange = (desk: Desk, { observed: { signal } }: Item, deployment: string): void => {
  const situation = desk.situation(deployment);
  const rules = situation.policy.deployments.get(deployment);
  const { reassess } = situation.state;
  if (signal.kind !== "change" || !rules?.reassess.on.includes(signal.change)) return;
  if (reassess && reassess.by <= desk.now) return;
  const body = {
    kind: "reassessment.set" as const,
    deployment,
    reassessBy: rfc3339(desk.now),
    because: "change" as const,
    change: signal.change,
  };
  desk.add(`deployment:${deployment}`, [{ actor: { type: "policy" }, body }]);
};

/**
 * Joins the open escalation of this rule, or opens one, unless this very occurrence was answered before. One that was over and
 * begins again is new, also where its sender gives it the time at which it first began.
 */
const join = (
  { desk, known }: Weighing,
  item: Item,
  deployment: string,
  trigger: Trigger,
  verdict: Verdict,
): EscalationId | null => {
  const before = countedBefore(known, deployment, trigger.id, item.observed);
  const live = liveFor(desk.state(deployment), trigger.id);
  if (!live && before && isAnswered(item.observed, before)) {
    desk.keepSignal(rowOf(desk, item, before.escalation));
    return null;
  }
  const escalation = live?.id ?? opened(desk, item, deployment, trigger, verdict);
  // The rule knows best; where it says nothing of the value, its sender may.
  const { signal } = item.observed;
  const { limit = null, worse = signal.worse } = trigger.measureOf(signal) ?? {};
  const against = { limit: limit ?? signal.threshold, worse, isMeasured: trigger.isOfValue };
  const as = { deployment, rule: trigger.id, verdict, against, escalation, isNewName: false };
  count(desk, known, item, as);
  return escalation;
};

const opened = (
  desk: Desk,
  { observed: { signal } }: Item,
  deployment: string,
  trigger: Trigger,
  verdict: Verdict,
): EscalationId => {
  const situation = desk.situation(deployment);
  const id: EscalationId = `HP-${situation.lastNumber + 1}`;
  const lapsed = lapse(situation, "escalation opened").map(
    (body): Draft => ({ actor: { type: "policy" }, body }),
  );
  // Of silence the summary says what a condition cannot: since when.
  const said = signal.source === ownSource ? signal.summary : verdict.because;
  const drafts = open(situation, {
    id,
    name: trigger.id,
    trigger,
    severity: trigger.severity,
    verdict: verdict.is === "indeterminate" ? "indeterminate" : "fired",
    because: [...said].slice(0, 300).join(""),
    seen: seenOf(signal, desk.text(signalText(signal))),
    reason: "",
    actor: { type: "policy" },
  });
  desk.add(`deployment:${deployment}`, [...lapsed, ...drafts]);
  return id;
};
