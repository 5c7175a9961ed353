import { needsAnswer, severityOf, unmappedSignal } from "../core/escalation/signal-evidence.ts";
import { isWorse } from "../core/escalation/unmatched.ts";
import type { Severity } from "../core/policy/severity.ts";
import type { SourceContext } from "../core/policy/source-context.ts";
import type { ObservedSignal, ParsedDelivery } from "../core/signal.ts";
import { oneSpelling } from "../core/time.ts";

/** Signals that are kept of one delivery, and items that are read to find them. */
const mostSignals = 500;
const mostItems = 10_000;

const beyondMost = `signals beyond ${mostSignals}`;

/** What one item of a delivery becomes: a signal, or the reason why it is none. */
export type ReadItem = ObservedSignal | { readonly unusable: string };

/** Items of a delivery that did not become signals: what they are called, how many, and why. */
export interface Loss {
  readonly what: string;
  readonly count: number;
  readonly because: string;
}

/**
 * For a delivery with several items: where it belongs, and what was lost before its items were
 * read.
 */
interface Beside {
  readonly context: Pick<SourceContext, "source" | "deployment">;
  readonly lost?: readonly Loss[];
}

/**
 * Combines the items of a delivery. If at least one is usable, the usable ones become signals,
 * whose caveats mention what was lost; otherwise the delivery is unmapped. If there are too many,
 * those that need an answer are kept first, and the first of a name before its repeats. What was
 * lost is also counted in a signal of its own.
 */
export function mapped<T>(
  sent: readonly T[],
  {
    caveats,
    read,
    beside,
  }: {
    readonly caveats: readonly string[];
    readonly read: (item: T) => ReadItem;
    readonly beside?: Beside | undefined;
  },
): ParsedDelivery {
  const items = sent.slice(0, mostItems).map(read);
  const usable = items
    .filter((item): item is ObservedSignal => "signal" in item)
    .map(withOccurrence)
    .map(asReport);
  const unusable = items.flatMap((readItem) => ("unusable" in readItem ? [readItem.unusable] : []));
  const [first = "The body carries no signal."] = unusable;
  const left = beside?.lost ?? [];
  if (usable.length === 0) {
    const none = `None of ${sent.length} items could be read: ${first}`;
    const unmapped = sent.length > 1 ? none : first;
    return { unmapped, ...lostOf(beside, { losses: left, kept: [] }) };
  }
  const kept = mostUrgent(usable);
  const isKept = new Set(kept);
  const dropped = usable.filter((observed) => !isKept.has(observed));
  const more = sent.length - items.length;
  const unreadable = `${unusable.length} more could not be read: ${first}`;
  const beyond = `Only the first ${mostSignals} of ${sent.length} signals were read, by urgency.`;
  const unread = [
    ...lossOf(unusable.length, "unreadable items", unreadable),
    ...lossOf(dropped.length + more, beyondMost, beyond),
  ];
  const lost = [...left, ...unread].map(({ because }) => because);
  const said = kept.map((observed) => ({
    ...observed,
    caveat: sentence([observed.caveat ?? "", ...caveats, ...lost]),
  }));
  return { mapped: said, ...lostOf(beside, { losses: [...left, ...unread], kept: said, dropped }) };
}

/** A sender's own test is never an alert, a resolve or a run. */
const asReport = (observed: ObservedSignal): ObservedSignal =>
  observed.test
    ? { ...observed, signal: { ...observed.signal, kind: "report", status: "info", change: "" } }
    : observed;

/** Go's zero time, in any spelling, which Go programs write if there is no time. */
const zeroTime = /^0001-01-01[Tt ]00:00:00(?:\.0+)?(?:[Zz]|[+-]00:00)?$/;

/**
 * Normalizes the occurrence, which is often a start time: the same instant in another spelling is
 * the same occurrence, and year 1 is none.
 */
function withOccurrence(observed: ObservedSignal): ObservedSignal {
  if (observed.occurrence === null) return observed;
  const occurrence = zeroTime.test(observed.occurrence)
    ? null
    : (oneSpelling(observed.occurrence) ?? observed.occurrence);
  return { ...observed, occurrence };
}

const lossOf = (count: number, what: string, because: string): readonly Loss[] =>
  count > 0 ? [{ what, count, because }] : [];

/**
 * The signals that count what was lost: as severe as the signals that were dropped, or else as the
 * most severe that were kept.
 */
function lostOf(
  beside: Beside | undefined,
  {
    losses,
    kept,
    dropped = [],
  }: {
    readonly losses: readonly Loss[];
    readonly kept: readonly ObservedSignal[];
    readonly dropped?: readonly ObservedSignal[] | undefined;
  },
): Pick<ParsedDelivery, "lost"> {
  if (!beside || losses.length === 0) return {};
  const { source, deployment } = beside.context;
  const named = new Set(kept.map(({ signal }) => signal.deployment));
  const [only = ""] = named.size === 1 ? named : [];
  const lost = losses.map(({ what, count, because }) => {
    const isKnown = what === beyondMost;
    const severity = worst(isKnown ? dropped : kept, isKnown ? "info" : "warning");
    return unmappedSignal(source, {
      deployment: deployment || only,
      because,
      unused: { what, count, severity },
    });
  });
  return { lost };
}

const worst = (all: readonly ObservedSignal[], least: Severity): Severity =>
  all
    .filter(({ signal }) => needsAnswer(signal))
    .map(({ signal }) => severityOf(signal))
    .reduce((a, b) => (isWorse(b, a) ? b : a), least);

/** The most urgent signals of a delivery, up to the limit, in the order in which they were sent. */
function mostUrgent(usable: readonly ObservedSignal[]): readonly ObservedSignal[] {
  if (usable.length <= mostSignals) return usable;
  const names = new Set<string>();
  const ranked = usable.map((observed, at) => {
    const { deployment, suite, scorer, score, metric } = observed.signal;
    const name = JSON.stringify([deployment, suite, scorer, score, metric || observed.condition]);
    const isRepeat = names.has(name);
    if (needsAnswer(observed.signal)) names.add(name);
    return { one: observed, at, rank: needsAnswer(observed.signal) ? (isRepeat ? 1 : 0) : 2 };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || bySeverity(a.one, b.one) || a.at - b.at)
    .slice(0, mostSignals)
    .sort((a, b) => a.at - b.at)
    .map(({ one: observed }) => observed);
}

function bySeverity({ signal: a }: ObservedSignal, { signal: b }: ObservedSignal): number {
  const [first, second] = [severityOf(a), severityOf(b)];
  if (first === second) return 0;
  return isWorse(first, second) ? -1 : 1;
}

/** Joins sentences into one caveat; null if all are empty. */
export function sentence(parts: readonly string[]): string | null {
  const said = parts.filter((part) => part !== "");
  return said.length === 0 ? null : said.join(" ");
}

/**
 * The policy's name of a deployment: the sender's name, translated by `map:`; else the source's own
 * deployment; else "".
 */
export function deploymentNamed(
  sent: string,
  context: Pick<SourceContext, "deployment" | "map">,
): string {
  return sent === "" ? context.deployment : (context.map.get(sent) ?? sent);
}

/** The same of a sender that may name a model instead: every deployment that runs it is meant. */
export function deploymentOrModel(
  { deployment, model }: { readonly deployment: string; readonly model: string },
  context: Pick<SourceContext, "deployment" | "map">,
): string {
  const named = deploymentNamed(deployment, context);
  return named === "" && model !== "" ? `model:${model}` : named;
}

/**
 * The deployment for a sender that has no deployments: the first of these names that `map:` knows,
 * else the source's own deployment, else the first name, which shows people what the policy lacks.
 */
export function deploymentAmong(names: readonly string[], context: SourceContext): string {
  const known = names.find((name) => context.map.has(name));
  if (known !== undefined) return deploymentNamed(known, context);
  return context.deployment || (names.find((name) => name !== "") ?? "");
}
