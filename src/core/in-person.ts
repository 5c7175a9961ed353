import type { Button, Line } from "./card.ts";
import { cardOf, notifyOf } from "./card-of.ts";
import { isAskedToAcknowledge, nextOnTimeout } from "./escalation.ts";
import type { EscalationId, PersonId } from "./ids.ts";
import { beforeConfirming, seenLine } from "./lines.ts";
import { inOneSentence, lockScreenLength } from "./lock-screen.ts";
import type { Entry, EntryOf } from "./log/entry.ts";
import { offeredTo } from "./offered.ts";
import { nextToRehearse } from "./rehearsal.ts";
import { mayRestrict } from "./restrict.ts";
import {
  deploymentOf,
  escalationIn,
  isRehearsal,
  isUnconfirmed,
  isUnmatched,
  type Situation,
} from "./situation.ts";
import type { EscalationState } from "./state.ts";
import { clockInZone, givenName, nameOf, type Telling, who } from "./telling.ts";
import * as words from "./words-in-person.ts";
import { onLockScreen } from "./words-unmatched.ts";

/** What one person is told of an escalation: the facts, what they are asked and by when, why now, and what they may press. */

/** A message to one person. */
interface Personal {
  readonly to: PersonId;
  /** All of it, as it is read in a conversation. */
  readonly line: Line;
  /** As much of it as a locked screen shows. */
  readonly lockScreen: string;
  readonly buttons: readonly Button[];
}

/** What each is told in person because of an entry: at opening, at each pass, at a hand-off, and when it gets worse. */
export const personalOf = (telling: Telling, entry: Entry): readonly Personal[] => {
  const told = toldInPerson(telling, entry);
  if (!told) return [];
  const escalation = escalationIn(telling.situation.state, told.escalation);
  if (!escalation) return [];
  return told.people.map((to) => personally(telling, escalation, to, told.news));
};

interface Told {
  readonly escalation: EscalationId;
  readonly people: readonly PersonId[];
  /** Why they are told only now. */
  readonly news: string;
}

const toldInPerson = (telling: Telling, entry: Entry): Told | null => {
  const { situation } = telling;
  switch (entry.kind) {
    case "escalation.opened":
      return isAnswered(entry) ? null : toldToAll(situation, entry.escalation, "");
    case "authority.passed":
      return toldOfPass(telling, entry);
    case "escalation.updated":
      // Of what changes while it is open, only that it is worse than before.
      return entry.severity === undefined
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
};

/** Told to everybody whom an escalation asks something of. */
const toldToAll = (situation: Situation, id: EscalationId, news: string): Told => {
  const escalation = escalationIn(situation.state, id);
  return { escalation: id, people: escalation ? notifyOf(situation, escalation) : [], news };
};

const toldOfPass = (telling: Telling, entry: EntryOf<"authority.passed">): Told => {
  const { escalation, to, because } = entry;
  const news = passedBecause(telling, entry);
  if (because === "time") return toldToAll(telling.situation, escalation, news);
  // Who is passed over at once has let no time go by: whoever is to see it was told so a moment ago.
  return { escalation, people: to === "" ? [] : [to], news };
};

/** A stop made by hand opens what it answers itself: nobody is asked to decide what somebody has just decided. */
export const isAnswered = ({ trigger }: EntryOf<"escalation.opened">): boolean =>
  trigger === "by-hand";

/** Longer than a locked screen; it is read in a conversation. */
const wholeSentence = 300;

/** The escalation as this person reads it now. `news`: why they are asked only now, "" = it has just opened. */
export const personally = (
  telling: Telling,
  escalation: EscalationState,
  person: PersonId,
  news: string,
): Personal => {
  const asks = [...asksOf(telling, escalation, person), ...(news === "" ? [] : [news])];
  const said = (most: number, sentences: readonly string[]): string =>
    inOneSentence(telling, escalation, most, sentences.join(" "));
  // On a locked screen the last sentences give way: what to do and by when comes first.
  const shorter = asks.map((_, left) => asks.slice(0, asks.length - left));
  const fits = shorter.find((some) => said(lockScreenLength, some).includes(some.join(" ")));
  return {
    to: person,
    line: [{ untrusted: said(wholeSentence, asks) }],
    lockScreen: said(lockScreenLength, fits ?? asks.slice(0, 1)),
    buttons: offeredTo(
      telling.situation,
      escalation,
      person,
      cardOf(telling, escalation).buttons.flat(),
    ),
  };
};

const asksOf = (
  telling: Telling,
  escalation: EscalationState,
  person: PersonId,
): readonly string[] => {
  const { situation } = telling;
  const acknowledge = acknowledgeAsk(telling, escalation, person);
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
    const by = deadlineOf(telling, escalation);
    const answers = decider === person ? [words.rehearse(by)] : acknowledge;
    return [...answers, words.nothingChanges];
  }
  if (decider === person) {
    const instead = otherwise(telling, escalation);
    return [words.youDecide(deadlineOf(telling, escalation), instead), ...acknowledge];
  }
  return [
    ...acknowledge,
    ...(decider === ""
      ? []
      : [words.theyDecide(givenName(telling, decider), deadlineOf(telling, escalation))]),
    ...(named.includes(person) ? [words.youMayToo] : []),
  ];
};

/** That they are to say they have seen it, and by when where that is still ahead; nothing where they are not asked. */
const acknowledgeAsk = (
  telling: Telling,
  escalation: EscalationState,
  person: PersonId,
): readonly string[] => {
  const { situation } = telling;
  if (!isAskedToAcknowledge(situation, escalation, person)) return [];
  const { acknowledgeBy } = escalation;
  const isAhead = acknowledgeBy !== null && acknowledgeBy > situation.now;
  return [words.acknowledge(isAhead ? clockInZone(telling, acknowledgeBy) : null)];
};

const deadlineOf = (telling: Telling, { decideBy }: EscalationState): string | null =>
  decideBy === null ? null : clockInZone(telling, decideBy);

const otherwise = (telling: Telling, escalation: EscalationState): string | null => {
  const { situation } = telling;
  const isPractice = isRehearsal(escalation);
  const next = (isPractice ? nextToRehearse : nextOnTimeout)(situation, escalation);
  const response = isPractice ? null : escalation.response;
  return words.otherwise(response, next ? givenName(telling, next) : null);
};

/** Why authority passed on, to whoever is asked now. */
const passedBecause = (telling: Telling, entry: EntryOf<"authority.passed">): string =>
  entry.from === "" ? "" : words.because(entry.because, givenName(telling, entry.from));

/** What the channel is told of a hand-off: who is on call now, what is open, and what is asked of them. */
export const handedOffLine = (
  telling: Telling,
  name: string,
  entry: EntryOf<"oncall.changed">,
): Line => {
  const { from, to, asked } = entry;
  const person = who(telling, to, true);
  const before = from === "" ? null : nameOf(telling, from);
  const { proposal } = telling.situation.state;
  if (entry.escalation === "") {
    if (!proposal) return [];
    const waits = words.waits(who(telling, proposal.by), proposal.to);
    const confirm = words.confirm(person, clockInZone(telling, proposal.expires));
    const told = beforeConfirming(telling).flatMap((one): Line => [...one, ". "]);
    return words.handedOff(name, person, before, waits, [...told, ...confirm]);
  }
  const escalation = escalationIn(telling.situation.state, entry.escalation);
  if (!escalation) return [];
  const decides = escalation.decider === to;
  const sentences: readonly Line[] = [
    ...(asked.includes("acknowledge") ? [[words.acknowledge(null)]] : []),
    ...(decides
      ? [
          words.nowDecides(
            who(telling, to),
            deadlineOf(telling, escalation),
            otherwise(telling, escalation),
          ),
        ]
      : asked.includes("decide")
        ? [words.mayDecideToo(who(telling, to))]
        : []),
  ];
  const asks = sentences.flatMap((one, at) => (at === 0 ? one : [" ", ...one]));
  return words.handedOff(
    name,
    person,
    before,
    words.isOpen(escalation.id, seenLine(telling, escalation)),
    asks,
  );
};
