import { firstToDecide } from "../escalation/passing-on.ts";
import { unnamedPlace, worstFirst } from "../escalation/unmatched.ts";
import type { Commitment, PersonId } from "../ids.ts";
import type { EntryOf, NamedSignal, SignalEvidence } from "../log/entry.ts";
import { holders, peopleFor, ruledNow } from "../people/authority.ts";
import { deploymentOf, escalationIn, type Situation } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import * as words from "../words/unmatched.ts";
import { clipped } from "../words/words.ts";
import type { Line, Part } from "./card.ts";
import type { ViewContext } from "./view-context.ts";

/** What a card says of signals that no trigger matches, and who is to hear of them. */

const mostAsked = 5;

/**
 * Who hears of it beside those who acknowledge for the deployment: its decider where it is high or
 * critical. For a deployment that the policy does not have: those who acknowledge for what is shown
 * in the same channel, or for anything.
 */
export function hearersOf(situation: Situation, escalation: EscalationState): readonly PersonId[] {
  const { policy } = situation;
  if (deploymentOf(situation)) {
    if (escalation.severity !== "high" && escalation.severity !== "critical") return [];
    const first = firstToDecide(situation, escalation);
    return first === "" ? [] : [first];
  }
  const all = [...policy.deployments.values()];
  const near = all.filter(({ channel }) => channel === policy.unmatchedChannel);
  const asked = (near.length > 0 ? near : all).flatMap(({ authority }) => authority.acknowledge);
  return peopleFor(situation, asked).slice(0, mostAsked);
}

/** The sender's own words in a signal that is kept, or "". */
export function summaryOf(view: ViewContext, commitment: Commitment): string {
  const text = view.texts.get(commitment);
  if (text === undefined) return "";
  try {
    const { summary }: { summary?: unknown } = Object(JSON.parse(text));
    return typeof summary === "string" ? clipped(summary.trim(), 160) : "";
  } catch {
    return "";
  }
}

/** What stands for everything on an escalation that several names share: the worst of them. */
export function sharedSeen(others: NonNullable<EscalationState["others"]>): Part {
  const [worst] = worstFirst(others.names);
  const more = others.counted - 1;
  return { untrusted: `${worst?.name ?? ""}${more > 0 ? ` and ${more} more names` : ""}` };
}

/** So many names have room on a card, in a sentence, and behind More…. */
const mostOnCard = 3;
const mostInSentence = 8;
const mostBehind = 20;

const partOf = (view: ViewContext, { name, source, severity, signal }: NamedSignal): Part =>
  words.named(name, { source, severity, said: clipped(summaryOf(view, signal), 60) });

/** The first lines of a shared card: the worst names, and how many there are besides. */
export function sharedLines(view: ViewContext, escalation: EscalationState): readonly Line[] {
  const { names = [], counted = 0 } = escalation.others ?? {};
  const all = Math.max(counted, view.situation.evidence.get(escalation.id)?.names ?? 0);
  const shown = worstFirst(names).slice(0, mostOnCard);
  const more = all - shown.length;
  return [
    ...shown.map((signal): Line => [partOf(view, signal)]),
    ...(more > 0 ? [words.moreNames(more)] : []),
  ];
}

/** What could not be used of a delivery, whose it was, and why; null for signals. */
export function unusableLine(
  { kind, status, metric, value, source }: SignalEvidence,
  because = "",
): Line | null {
  return kind === "report" && status === "errored"
    ? words.unusable(metric, { count: value, source, because })
    : null;
}

/** What can be done about it. */
export function unmatchedNext({ situation }: ViewContext): Line {
  if (deploymentOf(situation)) return words.next();
  const { id } = situation.state;
  return words.nextUnknown(id === unnamedPlace ? "" : id);
}

/** Behind More…: the names, worst first. */
export function evidenceLines(view: ViewContext, { others }: EscalationState): readonly Line[] {
  return worstFirst(others?.names ?? [])
    .slice(0, mostBehind)
    .map((signal): Line => [partOf(view, signal)]);
}

/**
 * What is said in the channel when an escalation of this kind became worse, or more; null for what
 * only its figures tell.
 */
export function newsOf(
  view: ViewContext,
  name: string,
  entry: EntryOf<"escalation.updated">,
): { readonly to: readonly PersonId[]; readonly line: Line } | null {
  const { situation } = view;
  const escalation = escalationIn(situation.state, entry.escalation);
  if (!escalation) return null;
  const line = newsLine(view, { name, escalation, entryOf: entry });
  if (line === null) return null;
  const seers = [...holders(situation, "acknowledge", ruledNow(situation, escalation))].flatMap(
    ([person, rule]) => (rule === "acknowledge" ? [person] : []),
  );
  return { to: [...new Set([...seers, ...hearersOf(situation, escalation)])], line };
}

function newsLine(
  view: ViewContext,
  {
    name,
    escalation,
    entryOf: { severity, named, names, seen },
  }: {
    readonly name: string;
    readonly escalation: EscalationState;
    readonly entryOf: EntryOf<"escalation.updated">;
  },
): Line | null {
  const { id, about } = escalation;
  if (named) {
    const shown = worstFirst(named).slice(0, mostInSentence);
    const parts = shown.map((signal) =>
      words.named(clipped(signal.name, 80), { source: signal.source, severity: signal.severity }),
    );
    const [only] = named.length === 1 ? named : [];
    const list = words.listOf(only ? [partOf(view, only)] : parts, named.length - shown.length);
    return words.said.names(name, list, id);
  }
  if (severity) {
    const what = words.named(about?.name || (seen?.metric ?? ""), {
      source: seen?.source ?? "",
      severity,
      said: seen ? summaryOf(view, seen.signal) : "",
    });
    return words.said.worse({ severity, name, what: [what], id });
  }
  return names === undefined ? null : words.said.counted(name, names, id);
}
