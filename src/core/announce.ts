import { dueSentence, postureSince } from "./announce-due.ts";
import {
  announcementsOfLinked,
  announcementsOfWho,
  isAboutWho,
  notMeButton,
} from "./announce-who.ts";
import { holders } from "./authority.ts";
import type { Button, Line } from "./card.ts";
import { seers } from "./card-of.ts";
import { unended } from "./due-view.ts";
import { enforcementOf } from "./enforcement.ts";
import { unconfirmedLine } from "./enforcement-lines.ts";
import { firstToDecide } from "./escalation.ts";
import { summaryLine } from "./evidence-lines.ts";
import { type AboutIdentity, isAboutIdentity } from "./identity.ts";
import type { EscalationId, PersonId } from "./ids.ts";
import { handedOffLine, isAnswered, personalOf } from "./in-person.ts";
import { outcomeLine, proposalLine, seenLine, shortTextOf } from "./lines.ts";
import type { Entry, EntryOf } from "./log/entry.ts";
import { notedLine } from "./noted.ts";
import type { Person } from "./people.ts";
import { zoneOfPerson } from "./person-zone.ts";
import { rehearsalLines } from "./rehearsal-lines.ts";
import { retestSentence } from "./retest-lines.ts";
import {
  deploymentOf,
  escalationIn,
  isAcknowledgeOnly,
  isRehearsal,
  isUnconfirmed,
  isUnmatched,
  type Situation,
} from "./situation.ts";
import { clock, nameOf, scopeWordsOf, type Telling, who } from "./telling.ts";
import { clockWithZone, instantOf } from "./time.ts";
import { hearersOf, newsOf } from "./unmatched-lines.ts";
import * as words from "./words.ts";
import * as enforcement from "./words-enforcement.ts";
import * as identity from "./words-identity.ts";
import * as rehearsal from "./words-rehearsal.ts";
import * as request from "./words-request.ts";
import * as unmatched from "./words-unmatched.ts";

/** One sentence to a channel, to people in it, and where a chat can, to each of some by themselves. */
export interface Announcement {
  readonly channel: string;
  readonly escalation: EscalationId | "";
  readonly to: readonly PersonId[];
  readonly line: Line;
  /** Posture version the buttons carry. */
  readonly version: number | null;
  readonly buttons: readonly Button[];
  /** Whether people hear of it without a line in the channel, where a chat speaks to them: by a new card, or each alone. */
  readonly byCard: boolean;
  /** Who is told in person as well, so that nobody has to have the channel open. */
  readonly direct: readonly Direct[];
}

/** What is said to one person. */
export interface Direct {
  readonly to: PersonId;
  readonly line: Line;
  /** What a locked screen shows of it, ≤ 120 characters; absent where that is its beginning. */
  readonly lockScreen?: string;
  readonly buttons: readonly Button[];
  /** The chat in which they are not told; "" = in all that reach them. */
  readonly notIn: string;
  /** Where they are told instead of where they are reached now: accounts that were theirs. */
  readonly accounts?: Pick<Person, "slack" | "teams">;
}

/**
 * Who is told what when an entry is recorded, besides the card itself: one line per step that matters to people.
 * Mentioned are who acknowledges and who decides at opening and at each pass, and who is asked; nobody else.
 */
export const announcementsOf = (telling: Telling, entry: Entry): readonly Announcement[] => {
  if (entry.kind === "policy.adopted") return loosened(telling, entry.looser);
  if (isAboutWho(entry)) return announcementsOfWho(telling, entry);
  const byLink = isAboutIdentity(entry) ? announcementsOfLinked(telling, entry) : null;
  if (byLink) return byLink;
  const said = sentenceFor(telling, entry);
  if (!said) return [];
  const { situation } = telling;
  return [
    {
      channel: channelOf(situation, entry),
      escalation: escalationOf(entry),
      to: people(said.to),
      line: marked(situation, entry, said.line),
      version: situation.state.posture?.version ?? null,
      buttons: said.buttons ?? [],
      byCard: entry.kind === "escalation.opened" || isAboutIdentity(entry),
      direct: inPerson(telling, entry, marked(situation, entry, said.line)),
    },
  ];
};

/** What is said of a rehearsal begins so: nobody is to be frightened, or to act on it. */
const marked = (situation: Situation, entry: Entry, line: Line): Line => {
  const id = escalationOf(entry);
  const about = id === "" ? undefined : escalationIn(situation.state, id);
  return about && isRehearsal(about) ? [rehearsal.prefix, ...line] : line;
};

interface Sentence {
  readonly to: readonly (PersonId | "")[];
  readonly line: Line;
  readonly buttons?: readonly Button[];
}

const people = (to: Sentence["to"]): readonly PersonId[] => [
  ...new Set(to.filter((one): one is PersonId => one !== "")),
];

/** At opening, at each pass and at a hand-off, who decides and who has yet to see it are told in person. */
const inPerson = (telling: Telling, entry: Entry, line: Line): readonly Direct[] => {
  if (isAboutIdentity(entry)) return inOtherChats(entry, line);
  if ("unless" in entry && entry.unless)
    return entry.unless.map((to) => ({ to, line, buttons: [notMeButton(null)], notIn: "" }));
  return personalOf(telling, entry).map((one) => ({ ...one, notIn: "" }));
};

/** Whoever speaks as them from the account in question is not the one to be asked whether it is theirs. */
const inOtherChats = ({ kind, person, chat }: AboutIdentity, line: Line): readonly Direct[] => [
  {
    to: person,
    line,
    buttons: kind === "identity.linked" ? [identity.undoButton(chat)] : [],
    notIn: chat,
  },
];

/** Who decides is said only where there is something to decide. */
const opened = (telling: Telling, name: string, entry: EntryOf<"escalation.opened">): Line => {
  const escalation = escalationIn(telling.situation.state, entry.escalation);
  if (escalation && isUnconfirmed(escalation))
    return enforcement.opened(name, entry.escalation, unconfirmedLine(telling));
  if (escalation && isUnmatched(escalation)) {
    const what = [seenLine(telling, escalation), ...summaryLine(telling, escalation)];
    return unmatched.said.opened(name, entry.escalation, what);
  }
  const decides = entry.decider !== "" && !(escalation && isAcknowledgeOnly(escalation));
  return words.said.opened(name, entry.escalation, decides ? nameOf(telling, entry.decider) : null);
};

const sentenceFor = (telling: Telling, entry: Entry): Sentence | null => {
  const { situation } = telling;
  const name = deploymentOf(situation)?.name ?? situation.state.id;
  switch (entry.kind) {
    case "escalation.opened":
      return openedFor(telling, name, entry);
    case "escalation.updated":
      return newsOf(telling, name, entry);
    case "escalation.acknowledged":
      return seen(telling, name, entry);
    case "acknowledge.missed":
      return {
        to: [decider(situation, entry.escalation)],
        line: words.said.unseen(name, entry.escalation),
      };
    case "authority.passed":
      return passed(telling, name, entry);
    case "oncall.changed":
      return handedOff(telling, name, entry);
    case "decision.proposed":
      return proposed(telling, name, entry);
    case "decision.lapsed":
      return { to: [], line: words.said.lapsed(name, entry.because) };
    case "decision.made":
      return made(telling, name, entry);
    case "reassessment.set":
    case "reassessment.reminded":
    case "reassessment.overdue":
      return dueSentence(telling, name, entry);
    case "rehearsal.answered":
      return rehearsed(telling, name, entry);
    case "policy.adopted":
    case "escalation.moved":
    case "decision.explained":
    case "decision.denied":
    case "session.issued":
    case "session.used":
    case "session.ended":
    case "identity.changed":
      return null;
    case "decision.confirmed":
      return entry.takesEffect === undefined ? null : waits(telling, name);
    case "enforcement.reported":
      return reported(telling, name, entry);
    case "retest.followed":
      return retestSentence(telling, name, entry);
    case "escalation.closed":
      return closed(name, entry);
    case "signal.noted":
      return { to: [], line: notedLine(telling, name, entry) };
    case "person.away":
      return awayFor(telling, entry);
    case "identity.linked":
    case "identity.unlinked":
      return ofAccount(telling, entry);
  }
};

/** What was answered as it opened asks nobody. */
const openedFor = (
  telling: Telling,
  name: string,
  entry: EntryOf<"escalation.opened">,
): Sentence | null => {
  if (isAnswered(entry)) return null;
  const { situation } = telling;
  return {
    to: [...seers(situation), ...moreHearers(situation, entry), entry.decider],
    line: opened(telling, name, entry),
  };
};

/** What no trigger matches has hearers of its own. */
const moreHearers = (
  situation: Situation,
  { escalation: id }: EntryOf<"escalation.opened">,
): readonly PersonId[] => {
  const escalation = escalationIn(situation.state, id);
  return escalation && isUnmatched(escalation) ? hearersOf(situation, escalation) : [];
};

const seen = (
  telling: Telling,
  name: string,
  { actor, escalation }: EntryOf<"escalation.acknowledged">,
): Sentence | null =>
  actor.type === "person"
    ? { to: [], line: words.said.seen(name, who(telling, actor.person), escalation) }
    : null;

const passed = (
  telling: Telling,
  name: string,
  { escalation, from, to, because }: EntryOf<"authority.passed">,
): Sentence => {
  const named = (person: PersonId | "") => (person === "" ? null : nameOf(telling, person));
  return {
    to: [to],
    line: words.said.passed(name, escalation, named(from), named(to), because),
  };
};

/** A hand-off that asks nothing of anybody is not said. */
const handedOff = (
  telling: Telling,
  name: string,
  entry: EntryOf<"oncall.changed">,
): Sentence | null =>
  entry.asked.length === 0 ? null : { to: [entry.to], line: handedOffLine(telling, name, entry) };

const rehearsed = (
  telling: Telling,
  name: string,
  entry: EntryOf<"rehearsal.answered">,
): Sentence => {
  const over = escalationIn(telling.situation.state, entry.escalation);
  const [outcome = []] = over ? rehearsalLines(telling, over) : [];
  return { to: [], line: rehearsal.over(name, entry.escalation, outcome) };
};

const reported = (
  telling: Telling,
  name: string,
  entry: EntryOf<"enforcement.reported">,
): Sentence | null => {
  if (entry.what !== "failed") return null;
  const { situation } = telling;
  const line = enforcement.failedLine(name, entry.gateway, postureSince(telling));
  return { to: [...seers(situation), firstToDecide(situation, null)], line };
};

const closed = (
  name: string,
  { because, escalation }: EntryOf<"escalation.closed">,
): Sentence | null => {
  if (because === "matched") return { to: [], line: unmatched.said.matched(name, escalation) };
  return because === "confirmed"
    ? { to: [], line: enforcement.allConfirm(name, escalation) }
    : null;
};

/** An account in a chat became theirs, or is theirs no more. */
const ofAccount = (telling: Telling, entry: AboutIdentity): Sentence => {
  const name = nameOf(telling, entry.person);
  const line =
    entry.kind === "identity.linked"
      ? identity.linked(name, entry.chat)
      : identity.unlinked(name, entry.chat, entry.because);
  return { to: [entry.person], line };
};

/** Said for somebody else, it is told to both. */
const awayFor = (telling: Telling, entry: EntryOf<"person.away">): Sentence | null => {
  const by = entry.actor.type === "person" ? entry.actor.person : "";
  if (by === "" || by === entry.person) return null;
  const { policy, now } = telling.situation;
  const at = instantOf(entry.until);
  const until = clockWithZone(at, zoneOfPerson(policy, entry.person), now);
  const [name, sayer] = [nameOf(telling, entry.person), nameOf(telling, by)];
  const line = at <= now ? words.said.back(name, sayer) : words.said.away(name, sayer, until);
  return { to: [entry.person, by], line };
};

const proposed = (
  telling: Telling,
  name: string,
  entry: EntryOf<"decision.proposed">,
): Sentence => {
  if (entry.takesEffect !== undefined) return waits(telling, name);
  const starter = entry.actor.type === "person" ? entry.actor.person : null;
  const confirmers = [...holders(telling.situation, "confirm", null).keys()];
  const by = starter === null ? "somebody" : who(telling, starter);
  return {
    to: confirmers.filter((one) => one !== starter),
    line: request.proposed(
      name,
      by,
      entry.to,
      shortTextOf(telling, entry.reason),
      clock(telling, instantOf(entry.expires)),
    ),
  };
};

/** Agreed, and told to those who may say that it was not them by themselves. */
const waits = (telling: Telling, name: string): Sentence => {
  const [what = []] = proposalLine(telling);
  return { to: [], line: words.said.waits(name, what) };
};

/**
 * What was decided. People are mentioned where nobody of them did it, where they have to carry it out themselves, and where
 * somebody stopped it without being asked: whoever decided it needs no telling.
 */
const made = (telling: Telling, name: string, entry: EntryOf<"decision.made">): Sentence | null => {
  const { situation } = telling;
  const { state: now } = situation;
  if (!now.lastDecision) return null;
  const escalation = entry.escalation === "" ? null : (escalationIn(now, entry.escalation) ?? null);
  const what = unended(outcomeLine(telling, escalation, now.lastDecision));
  const isByHand = entry.before !== entry.after && !enforcementOf(situation).isConnected;
  const decider = escalation?.decider ?? "";
  const named = escalation?.named ?? [];
  const others = (some: Sentence["to"]): Sentence["to"] =>
    some.filter((one) => one === "" || !entry.people.includes(one));
  const told = others([
    ...(entry.cause === "" ? [] : [...named, ...seers(situation)]),
    ...(escalation?.trigger === "by-hand" ? [decider] : []),
    ...(isByHand ? [...seers(situation), decider] : []),
  ]);
  const more = isByHand ? [enforcement.notEnforced] : [];
  return {
    to: told,
    line: words.said.made(name, what, scopeWordsOf(telling, now.lastDecision.after), more),
  };
};

const decider = (situation: Situation, id: EscalationId): PersonId | "" =>
  escalationIn(situation.state, id)?.decider ?? "";

/** A question whether something was them is about no escalation: its end is no answer to it. */
const escalationOf = (entry: Entry): EscalationId | "" =>
  "escalation" in entry && !("unless" in entry && entry.unless) ? entry.escalation : "";

const channelOf = (situation: Situation, entry: Entry): string => {
  const id = escalationOf(entry);
  const live = id === "" ? undefined : escalationIn(situation.state, id);
  return (
    live?.channel ?? deploymentOf(situation)?.channel ?? situation.policy.unmatchedChannel ?? ""
  );
};

/** A looser rule is posted to every channel it touches, one message a channel. */
const loosened = (
  telling: Telling,
  looser: readonly { deployment: string; what: string }[],
): readonly Announcement[] => {
  const { policy } = telling.situation;
  const channels = new Map<string, string[]>();
  for (const { deployment, what } of looser) {
    const channel = policy.deployments.get(deployment)?.channel ?? policy.unmatchedChannel ?? "";
    channels.set(channel, [...(channels.get(channel) ?? []), what]);
  }
  return [...channels].map(([channel, whats]) => ({
    channel,
    escalation: "",
    to: [],
    line: words.said.looser(whats),
    version: null,
    buttons: [],
    byCard: false,
    direct: [],
  }));
};
