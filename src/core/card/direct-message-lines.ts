import { mayRestrict } from "../decision/authorized.ts";
import { nextToRehearse } from "../decision/rehearsal.ts";
import { isAskedToAcknowledge } from "../escalation/acknowledgement.ts";
import { nextOnTimeout } from "../escalation/passing-on.ts";
import type { EscalationId, PersonId } from "../ids.ts";
import type { Entry, EntryOf } from "../log/entry.ts";
import {
  deploymentOf,
  escalationIn,
  isRehearsal,
  isUnconfirmed,
  isUnmatched,
  type Situation,
} from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import * as words from "../words/direct-message.ts";
import { onLockScreen } from "../words/unmatched.ts";
import { buildCard, notifyOf } from "./build-card.ts";
import type { Button, Line } from "./card.ts";
import { seenLine } from "./card-lines.ts";
import { inOneSentence, lockScreenLength } from "./lock-screen.ts";
import { offeredTo } from "./offered-buttons.ts";
import { beforeConfirming } from "./resume-request-lines.ts";
import { clockInZone, givenName, nameOf, type ViewContext, who } from "./view-context.ts";

/**
 * What one person is told of an escalation: the facts, what they are asked and by when, why now,
 * and what they may press.
 */

/** A message to one person. */
interface Personal {
  readonly to: PersonId;
  /** All of it, as it is read in a conversation. */
  readonly line: Line;
  /** As much of it as a locked screen shows. */
  readonly lockScreen: string;
  readonly buttons: readonly Button[];
}

/**
 * What each is told in person because of an entry: at opening, at each pass, at a hand-off, and
 * when it gets worse.
 */
export function personalOf(view: ViewContext, entry: Entry): readonly Personal[] {
  const told = toldInPerson(view, entry);
  if (!told) return [];
  const escalation = escalationIn(view.situation.state, told.escalation);
  if (!escalation) return [];
  return told.people.map((to) => personally(view, { escalation, person: to, news: told.news }));
}

interface DirectNews {
  readonly escalation: EscalationId;
  readonly people: readonly PersonId[];
  /** Why they are told only now. */
  readonly news: string;
}

function toldInPerson(view: ViewContext, entry: Entry): DirectNews | null {
  const { situation } = view;
  switch (entry.kind) {
    case "escalation.opened":
      return isAnswered(entry) ? null : toldToAll(situation, entry.escalation, "");
    case "authority.passed":
      return toldOfPass(view, entry);
    case "escalation.updated":
      // Of what changes while it is open, only that it is worse than before.
      return entry.severity === undefined && entry.worse === undefined
        ? null
        : toldToAll(situation, entry.escalation, words.gotWorse);
    case "oncall.changed": {
      const { escalation, asked, to } = entry;
      if (escalation === "" || asked.length === 0) return null;
      return { escalation, people: [to], news: words.onCallNow };
    }
    default:
      return null;
  }
}

/** Told to everybody whom an escalation asks something of. */
function toldToAll(situation: Situation, id: EscalationId, news: string): DirectNews {
  const escalation = escalationIn(situation.state, id);
  return { escalation: id, people: escalation ? notifyOf(situation, escalation) : [], news };
}

function toldOfPass(view: ViewContext, entry: EntryOf<"authority.passed">): DirectNews {
  const { escalation, to, because } = entry;
  const news = passedBecause(view, entry);
  if (because === "time") return toldToAll(view.situation, escalation, news);
  // Who is passed over at once has let no time go by: whoever is to see it was told so a moment
  // ago.
  return { escalation, people: to === "" ? [] : [to], news };
}

/**
 * A stop made by hand opens what it answers itself: nobody is asked to decide what somebody has
 * just decided.
 */
export function isAnswered({ trigger }: EntryOf<"escalation.opened">): boolean {
  return trigger === "by-hand";
}

/** Longer than a locked screen; it is read in a conversation. */
const wholeSentence = 300;

/**
 * The escalation as this person reads it now. `news`: why they are asked only now, "" = it has just
 * opened.
 */
export function personally(
  view: ViewContext,
  {
    escalation,
    person,
    news,
  }: { readonly escalation: EscalationState; readonly person: PersonId; readonly news: string },
): Personal {
  const asks = [...asksOf(view, escalation, person), ...(news === "" ? [] : [news])];
  const said = (most: number, sentences: readonly string[]): string =>
    inOneSentence(view, { escalation, most, asks: sentences.join(" ") });
  // On a locked screen the last sentences give way: what to do and by when comes first.
  const shorter = asks.map((_, left) => asks.slice(0, asks.length - left));
  const fits = shorter.find((some) => said(lockScreenLength, some).includes(some.join(" ")));
  return {
    to: person,
    line: [{ untrusted: said(wholeSentence, asks) }],
    lockScreen: said(lockScreenLength, fits ?? asks.slice(0, 1)),
    buttons: offeredTo(view.situation, {
      escalation,
      person,
      buttons: buildCard(view, escalation).buttons.flat(),
    }),
  };
}

function asksOf(
  view: ViewContext,
  escalation: EscalationState,
  person: PersonId,
): readonly string[] {
  const { situation } = view;
  const acknowledge = acknowledgeAsk(view, escalation, person);
  if (isUnconfirmed(escalation)) return [words.apply, ...acknowledge];
  if (isUnmatched(escalation))
    return [
      ...acknowledge,
      onLockScreen(deploymentOf(situation) !== undefined),
      ...(acknowledge.length === 0 && mayRestrict(situation, person, escalation.id)
        ? [words.youMayRestrict]
        : []),
    ];
  const { decider, named } = escalation;
  if (isRehearsal(escalation)) {
    const by = deadlineOf(view, escalation);
    const answers = decider === person ? [words.rehearse(by)] : acknowledge;
    return [...answers, words.nothingChanges];
  }
  if (decider === person) {
    const instead = otherwise(view, escalation);
    return [words.youDecide(deadlineOf(view, escalation), instead), ...acknowledge];
  }
  return [
    ...acknowledge,
    ...(decider === ""
      ? []
      : [words.theyDecide(givenName(view, decider), deadlineOf(view, escalation))]),
    ...(named.includes(person) ? [words.youMayToo] : []),
  ];
}

/**
 * That they are to say they have seen it, and by when where that is still ahead; nothing where they
 * are not asked.
 */
function acknowledgeAsk(
  view: ViewContext,
  escalation: EscalationState,
  person: PersonId,
): readonly string[] {
  const { situation } = view;
  if (!isAskedToAcknowledge(situation, escalation, person)) return [];
  const { acknowledgeBy } = escalation;
  const isAhead = acknowledgeBy !== null && acknowledgeBy > situation.now;
  return [words.acknowledge(isAhead ? clockInZone(view, acknowledgeBy) : null)];
}

const deadlineOf = (view: ViewContext, { decideBy }: EscalationState): string | null =>
  decideBy === null ? null : clockInZone(view, decideBy);

function otherwise(view: ViewContext, escalation: EscalationState): string | null {
  const { situation } = view;
  const isPractice = isRehearsal(escalation);
  const next = (isPractice ? nextToRehearse : nextOnTimeout)(situation, escalation);
  const response = isPractice ? null : escalation.response;
  return words.otherwise(response, next ? givenName(view, next) : null);
}

/** Why authority passed on, to whoever is asked now. */
const passedBecause = (view: ViewContext, entry: EntryOf<"authority.passed">): string =>
  entry.from === "" ? "" : words.because(entry.because, givenName(view, entry.from));

/** Why whoever decides now is asked only now, as far as the state says; "" where it does not. */
export function passedOverTime(view: ViewContext, escalation: EscalationState): string {
  const { named, decider, unreachable } = escalation;
  const before = named.at(-2);
  return before === undefined || named.at(-1) !== decider || unreachable.includes(before)
    ? ""
    : words.because("time", givenName(view, before));
}

/**
 * What the channel is told of a hand-off: who is on call now, what is open, and what is asked of
 * them.
 */
export function handedOffLine(
  view: ViewContext,
  name: string,
  entry: EntryOf<"oncall.changed">,
): Line {
  const { from, to, asked } = entry;
  const person = who(view, to, true);
  const before = from === "" ? null : nameOf(view, from);
  const { proposal } = view.situation.state;
  if (entry.escalation === "") {
    if (!proposal) return [];
    const waits = words.waits(who(view, proposal.by), proposal.to);
    const confirm = words.confirm(person, clockInZone(view, proposal.expires));
    const told = beforeConfirming(view).flatMap((line): Line => [...line, ". "]);
    return words.handedOff(name, {
      to: person,
      from: before,
      what: waits,
      asks: [...told, ...confirm],
    });
  }
  const escalation = escalationIn(view.situation.state, entry.escalation);
  if (!escalation) return [];
  const decides = escalation.decider === to;
  const sentences: readonly Line[] = [
    ...(asked.includes("acknowledge") ? [[words.acknowledge(null)]] : []),
    ...(decides
      ? [words.nowDecides(who(view, to), deadlineOf(view, escalation), otherwise(view, escalation))]
      : asked.includes("decide")
        ? [words.mayDecideToo(who(view, to))]
        : []),
  ];
  const asks = sentences.flatMap((sentence, at) => (at === 0 ? sentence : [" ", ...sentence]));
  return words.handedOff(name, {
    to: person,
    from: before,
    what: words.isOpen(escalation.id, seenLine(view, escalation)),
    asks,
  });
}
