import { needsAnswer, severityOf, unmappedSignal } from "../core/escalation/signal-evidence.ts";
import { isWorse } from "../core/escalation/unmatched.ts";
import type { Severity } from "../core/policy/severity.ts";
import type { SourceContext } from "../core/policy/source-context.ts";
import type { ObservedSignal, ParsedDelivery } from "../core/signal.ts";
import { oneSpelling } from "../core/time.ts";

/** Most signals kept of one delivery, and most items of it that are read to find them. */
const mostSignals = 500;
const mostItems = 10_000;

const beyondMost = `signals beyond ${mostSignals}`;

/** What one item of a delivery becomes: a signal, or a sentence that says why it does not. */
export type ReadItem = ObservedSignal | { readonly unusable: string };

/** Items of a delivery that became no signal: how many, what they are called, and why. */
export interface Loss {
  readonly what: string;
  readonly count: number;
  readonly because: string;
}

/**
 * Of a delivery of several items: whose it is, and what its sender or its reader left out before.
 */
interface Beside {
  readonly context: Pick<SourceContext, "source" | "deployment">;
  readonly lost?: readonly Loss[];
}

/**
 * Joins the items of a delivery. Signals are kept where at least one is usable, and each carries
 * what was lost beside it; where none is, the delivery is unmapped. Of too many, those that need an
 * answer are kept first, and a name before its repeats. What is lost is a signal of its own that
 * counts it.
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

/** A test says nothing of what it is about: no alert, no end, no run. */
const asReport = (observed: ObservedSignal): ObservedSignal =>
  observed.test
    ? { ...observed, signal: { ...observed.signal, kind: "report", status: "info", change: "" } }
    : observed;

/** Go's zero time, in any spelling: where there is no time, it is written all the same. */
const zeroTime = /^0001-01-01[Tt ]00:00:00(?:\.0+)?(?:[Zz]|[+-]00:00)?$/;

/**
 * Which time something is said is often when it began: instants are the same however they are
 * written, and year 1 is none.
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
 * The signals that say what was lost: as severe as what was dropped, or else as the worst that
 * stands beside it.
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

/** As many as are kept of one delivery, in the order in which they were sent. */
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

/** Several sentences as one caveat, or null where there is nothing to say. */
export function sentence(parts: readonly string[]): string | null {
  const said = parts.filter((part) => part !== "");
  return said.length === 0 ? null : said.join(" ");
}

/**
 * The policy's name of a deployment: what the sender said, renamed by `map:`; else the source's
 * own; else "".
 */
export function deploymentOf(sent: string, context: SourceContext): string {
  return sent === "" ? context.deployment : (context.map.get(sent) ?? sent);
}

/**
 * The deployment behind what a sender has instead of one: the first of these names that `map:`
 * knows, else the source's own deployment, else the first name, so that people read what is missing
 * in the policy.
 */
export function deploymentAmong(names: readonly string[], context: SourceContext): string {
  const known = names.find((name) => context.map.has(name));
  if (known !== undefined) return deploymentOf(known, context);
  return context.deployment || (names.find((name) => name !== "") ?? "");
}
