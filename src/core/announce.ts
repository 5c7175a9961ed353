import { announcementsOfWho, isAboutWho, notMeButton } from "./announce-who.ts";
import { holders } from "./authority.ts";
import type { Button, Line } from "./card.ts";
import { seers } from "./card-of.ts";
import { absentLine, askingButtons, sinceLine, unended } from "./due-view.ts";
import { enforcementOf } from "./enforcement.ts";
import { unconfirmedLine } from "./enforcement-lines.ts";
import { type AboutIdentity, isAboutIdentity } from "./identity.ts";
import type { EscalationId, PersonId } from "./ids.ts";
import { handedOffLine, isAnswered, personalOf } from "./in-person.ts";
import { outcomeLine, proposalLine } from "./lines.ts";
import type { Entry, EntryOf } from "./log/entry.ts";
import type { Person } from "./people.ts";
import { nextReminder, whoIsAsked } from "./reassessment.ts";
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
import { instantOf } from "./time.ts";
import { hearersOf, newsOf } from "./unmatched-lines.ts";
import * as words from "./words.ts";
import * as enforcement from "./words-enforcement.ts";
import * as identity from "./words-identity.ts";
import * as rehearsal from "./words-rehearsal.ts";
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
  const decides = entry.decider !== "" && !(escalation && isAcknowledgeOnly(escalation));
  return words.said.opened(name, entry.escalation, decides ? nameOf(telling, entry.decider) : null);
};

const sentenceFor = (telling: Telling, entry: Entry): Sentence | null => {
  const { situation } = telling;
  const name = deploymentOf(situation)?.name ?? situation.state.id;
  const named = (person: PersonId | "") => (person === "" ? null : nameOf(telling, person));
  switch (entry.kind) {
    case "escalation.opened":
      if (isAnswered(entry)) return null;
      return {
        to: [...seers(situation), ...moreHearers(situation, entry), entry.decider],
        line: opened(telling, name, entry),
      };
    case "escalation.updated":
      return newsOf(telling, name, entry);
    case "escalation.acknowledged": {
      if (entry.actor.type !== "person") return null;
      const by = who(telling, entry.actor.person);
      return { to: [], line: words.said.seen(name, by, entry.escalation) };
    }
    case "acknowledge.missed":
      return {
        to: [decider(situation, entry.escalation)],
        line: words.said.unseen(name, entry.escalation),
      };
    case "authority.passed": {
      const { escalation, from, to, because } = entry;
      return {
        to: [to],
        line: words.said.passed(name, escalation, named(from), named(to), because),
      };
    }
    case "oncall.changed":
      return entry.asked.length === 0
        ? null
        : { to: [entry.to], line: handedOffLine(telling, name, entry) };
    case "decision.proposed":
      return proposed(telling, name, entry);
    case "decision.lapsed":
      return { to: [], line: words.said.lapsed(name, entry.because) };
    case "decision.made":
      return made(telling, name, entry);
    case "reassessment.set":
    case "reassessment.reminded":
    case "reassessment.overdue":
      return asked(telling, name, entry);
    case "rehearsal.answered": {
      const over = escalationIn(situation.state, entry.escalation);
      const [outcome = []] = over ? rehearsalLines(telling, over) : [];
      return { to: [], line: rehearsal.over(name, entry.escalation, outcome) };
    }
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
    case "enforcement.reported": {
      if (entry.what !== "failed") return null;
      const line = enforcement.failedLine(name, entry.gateway, state(telling));
      return { to: seers(situation), line };
    }
    case "retest.followed":
      return retestSentence(telling, name, entry);
    case "escalation.closed":
      if (entry.because === "matched")
        return { to: [], line: unmatched.said.matched(name, entry.escalation) };
      return entry.because === "confirmed"
        ? { to: [], line: enforcement.allConfirm(name, entry.escalation) }
        : null;
    case "person.away":
      return awayFor(telling, entry);
    case "identity.linked":
      return {
        to: [entry.person],
        line: identity.linked(nameOf(telling, entry.person), entry.chat),
      };
    case "identity.unlinked": {
      const { person, chat, because } = entry;
      return { to: [person], line: identity.unlinked(nameOf(telling, person), chat, because) };
    }
  }
};

/** What no trigger matches has hearers of its own. */
const moreHearers = (
  situation: Situation,
  { escalation: id }: EntryOf<"escalation.opened">,
): readonly PersonId[] => {
  const escalation = escalationIn(situation.state, id);
  return escalation && isUnmatched(escalation) ? hearersOf(situation, escalation) : [];
};

/** Said for somebody else, it is told to both. */
const awayFor = (telling: Telling, entry: EntryOf<"person.away">): Sentence | null => {
  const by = entry.actor.type === "person" ? entry.actor.person : "";
  if (by === "" || by === entry.person) return null;
  const until = clock(telling, instantOf(entry.until));
  const line = words.said.away(nameOf(telling, entry.person), nameOf(telling, by), until);
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
    line: words.said.proposed(name, by, entry.to, clock(telling, instantOf(entry.expires))),
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

type Asking = EntryOf<"reassessment.set" | "reassessment.reminded" | "reassessment.overdue">;

const asked = (telling: Telling, name: string, entry: Asking): Sentence => {
  const by = clock(telling, instantOf(entry.reassessBy));
  const now = state(telling);
  switch (entry.kind) {
    case "reassessment.set": {
      const { person } = whoIsAsked(telling.situation);
      const change = entry.because === "change" ? entry.change : null;
      const named = person === "" ? null : nameOf(telling, person);
      return { to: [person], line: words.said.brought(name, now, by, named, change) };
    }
    case "reassessment.reminded":
      return {
        to: [entry.to],
        line: words.asking.reminder(name, now, by, spokenTo(telling, entry.to), sinceLine(telling)),
        buttons: askingButtons(telling, entry.to),
      };
    case "reassessment.overdue": {
      const more = [...sinceLine(telling), ...nextLine(telling)];
      return {
        to: [entry.to],
        line: words.asking.overdue(name, now, by, whoAnswers(telling, entry), more),
        buttons: askingButtons(telling, entry.to),
      };
    }
  }
};

/** Who is reminded; one who stands in reads for whom. */
const spokenTo = (telling: Telling, to: PersonId | ""): Line => {
  if (to === "") return [words.asking.nobody];
  const absent = absentLine(telling, whoIsAsked(telling.situation).insteadOf);
  const person = who(telling, to, true);
  return absent ? words.asking.standsIn(person, absent) : [person];
};

const whoAnswers = (telling: Telling, { to, insteadOf }: EntryOf<"reassessment.overdue">): Line => {
  if (to === "") return [words.asking.nobody];
  const alone = absentLine(telling, to);
  if (alone) return words.asking.alone(alone);
  const absent = absentLine(telling, insteadOf);
  const person = who(telling, to, true);
  return absent ? words.asking.instead(absent, person) : words.asking.decides(person);
};

const nextLine = (telling: Telling): readonly Line[] => {
  const deployment = deploymentOf(telling.situation);
  const next = deployment ? nextReminder(deployment, telling.situation.state) : null;
  return next ? [words.asking.next(clock(telling, next.at))] : [];
};

const state = (telling: Telling): string => {
  const { posture } = telling.situation.state;
  return posture
    ? `${scopeWordsOf(telling, posture.scope)} since ${clock(telling, posture.since)}`
    : "";
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
