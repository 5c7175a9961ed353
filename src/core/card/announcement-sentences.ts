import { clockWithZone } from "../clock-text.ts";
import { inAll } from "../decision/authorized.ts";
import { live } from "../decision/resume-request.ts";
import { enforcementOf } from "../escalation/enforcement.ts";
import { firstToDecide } from "../escalation/passing-on.ts";
import type { EscalationId, PersonId } from "../ids.ts";
import type { AboutIdentity, Entry, EntryOf } from "../log/entry.ts";
import { zoneOfPerson } from "../people/person-zone.ts";
import { whoIsAsked } from "../reassessment/reassessment.ts";
import {
  deploymentOf,
  escalationIn,
  isAcknowledgeOnly,
  isUnconfirmed,
  isUnmatched,
  type Situation,
} from "../state/situation.ts";
import { instantOf } from "../time.ts";
import * as identity from "../words/account-linking.ts";
import * as enforcement from "../words/enforcement.ts";
import * as rehearsal from "../words/rehearsal.ts";
import * as request from "../words/resume-request.ts";
import * as unmatched from "../words/unmatched.ts";
import * as words from "../words/words.ts";
import { seers } from "./build-card.ts";
import type { Button, Line } from "./card.ts";
import { seenLine } from "./card-lines.ts";
import { handedOffLine, isAnswered } from "./direct-message-lines.ts";
import { dueSentence, postureSince } from "./due-announcements.ts";
import { unconfirmedLine } from "./enforcement-lines.ts";
import { summaryLine } from "./evidence-lines.ts";
import { shortTextOf } from "./kept-text.ts";
import { notedLine } from "./noted-line.ts";
import { outcomeLine } from "./outcome-line.ts";
import { unended } from "./reassessment-view.ts";
import { rehearsalLines } from "./rehearsal-lines.ts";
import { proposalLine } from "./resume-request-lines.ts";
import { retestSentence } from "./retest-lines.ts";
import { hearersOf, newsOf } from "./unmatched-lines.ts";
import { clock, nameOf, scopeWordsOf, type ViewContext, who } from "./view-context.ts";
import { worsenedLine } from "./worsened-line.ts";

/** The sentence of each entry that the channel or a thread is told, and who is mentioned in it. */

export interface AnnouncementSentence {
  readonly to: readonly (PersonId | "")[];
  readonly line: Line;
  readonly buttons?: readonly Button[];
}

export function people(to: AnnouncementSentence["to"]): readonly PersonId[] {
  return [...new Set(to.filter((personId): personId is PersonId => personId !== ""))];
}

/** Who decides is said only where there is something to decide. */
function opened(view: ViewContext, name: string, entry: EntryOf<"escalation.opened">): Line {
  const escalation = escalationIn(view.situation.state, entry.escalation);
  if (escalation && isUnconfirmed(escalation))
    return enforcement.opened(name, entry.escalation, unconfirmedLine(view));
  if (escalation && isUnmatched(escalation)) {
    const what = [seenLine(view, escalation), ...summaryLine(view, escalation)];
    return unmatched.said.opened(name, entry.escalation, what);
  }
  const decides = entry.decider !== "" && !(escalation && isAcknowledgeOnly(escalation));
  return words.said.opened(name, entry.escalation, decides ? nameOf(view, entry.decider) : null);
}

const unseen = (
  { situation }: ViewContext,
  name: string,
  { escalation }: EntryOf<"acknowledge.missed">,
): AnnouncementSentence => ({
  to: [decider(situation, escalation)],
  line: words.said.unseen(name, escalation),
});

export function sentenceFor(view: ViewContext, entry: Entry): AnnouncementSentence | null {
  if (entry.kind === "trigger.shadowed" || entry.kind === "policy.proposed") return null;
  const name = deploymentOf(view.situation)?.name ?? view.situation.state.id;
  switch (entry.kind) {
    case "escalation.opened":
      return openedFor(view, name, entry);
    case "escalation.updated":
      return askedAgain(view, name, entry) ?? newsOf(view, name, entry);
    case "escalation.acknowledged":
      return seen(view, name, entry);
    case "acknowledge.missed":
      return unseen(view, name, entry);
    case "authority.passed":
      return passed(view, name, entry);
    case "oncall.changed":
      return handedOff(view, name, entry);
    case "decision.proposed":
      return proposed(view, name, entry);
    case "decision.lapsed":
      return { to: [], line: words.said.lapsed(name, entry.because) };
    case "decision.made":
      return made(view, name, entry);
    case "reassessment.set":
    case "reassessment.reminded":
    case "reassessment.overdue":
    case "reassessment.warned":
      return dueSentence(view, name, entry);
    case "rehearsal.answered":
      return rehearsed(view, name, entry);
    case "policy.adopted":
    case "escalation.moved":
    case "decision.explained":
    case "decision.denied":
    case "session.issued":
    case "session.used":
    case "session.ended":
    case "identity.bound":
    case "identity.changed":
    case "log.restored":
    case "key.rotated":
    case "redaction.asked":
    case "log.redacted":
    case "hold.placed":
    case "hold.lifted":
    case "record.read":
      return null;
    case "decision.confirmed":
      return entry.takesEffect === undefined ? null : waits(view, name);
    case "enforcement.reported":
      return reported(view, name, entry);
    case "retest.followed":
      return retestSentence(view, name, entry);
    case "escalation.closed":
      return closed(name, entry);
    case "signal.noted":
      return { to: [], line: notedLine(view, name, entry) };
    case "person.away":
      return awayFor(view, entry);
    case "identity.linked":
    case "identity.unlinked":
      return ofAccount(view, entry);
  }
}

/** What was kept, monitored or re-tested is much worse by now. */
function askedAgain(
  view: ViewContext,
  name: string,
  { escalation: id, worse }: EntryOf<"escalation.updated">,
): AnnouncementSentence | null {
  const { situation } = view;
  const escalation = escalationIn(situation.state, id);
  const [said] = escalation ? worsenedLine(view, escalation) : [];
  if (!worse || !escalation || !said) return null;
  return {
    to: [...seers(situation, escalation), escalation.decider],
    line: words.said.openAgain(name, id, said),
  };
}

/** What was answered as it opened asks nobody. */
function openedFor(
  view: ViewContext,
  name: string,
  entry: EntryOf<"escalation.opened">,
): AnnouncementSentence | null {
  if (isAnswered(entry)) return null;
  const { situation } = view;
  return {
    to: [...seers(situation, entry), ...moreHearers(situation, entry), entry.decider],
    line: opened(view, name, entry),
  };
}

/** What no trigger matches has hearers of its own. */
function moreHearers(
  situation: Situation,
  { escalation: id }: EntryOf<"escalation.opened">,
): readonly PersonId[] {
  const escalation = escalationIn(situation.state, id);
  return escalation && isUnmatched(escalation) ? hearersOf(situation, escalation) : [];
}

function seen(
  view: ViewContext,
  name: string,
  { actor, escalation }: EntryOf<"escalation.acknowledged">,
): AnnouncementSentence | null {
  return actor.type === "person"
    ? { to: [], line: words.said.seen(name, who(view, actor.person), escalation) }
    : null;
}

function passed(
  view: ViewContext,
  name: string,
  { escalation, from, to, because }: EntryOf<"authority.passed">,
): AnnouncementSentence {
  const named = (person: PersonId | "") => (person === "" ? null : nameOf(view, person));
  return {
    to: [to],
    line: words.said.passed(name, escalation, {
      from: named(from),
      to: named(to),
      because,
    }),
  };
}

/** A hand-off that asks nothing of anybody is not said. */
function handedOff(
  view: ViewContext,
  name: string,
  entry: EntryOf<"oncall.changed">,
): AnnouncementSentence | null {
  return entry.asked.length === 0
    ? null
    : { to: [entry.to], line: handedOffLine(view, name, entry) };
}

function rehearsed(
  view: ViewContext,
  name: string,
  entry: EntryOf<"rehearsal.answered">,
): AnnouncementSentence {
  const over = escalationIn(view.situation.state, entry.escalation);
  const [outcome = []] = over ? rehearsalLines(view, over) : [];
  return { to: [], line: rehearsal.over(name, entry.escalation, outcome) };
}

function reported(
  view: ViewContext,
  name: string,
  entry: EntryOf<"enforcement.reported">,
): AnnouncementSentence | null {
  if (entry.what !== "failed") return null;
  const { situation } = view;
  const line = enforcement.failedLine(name, entry.gateway, postureSince(view));
  return { to: [...seers(situation, null), firstToDecide(situation, null)], line };
}

function closed(
  name: string,
  { because, escalation }: EntryOf<"escalation.closed">,
): AnnouncementSentence | null {
  if (because === "matched") return { to: [], line: unmatched.said.matched(name, escalation) };
  return because === "confirmed"
    ? { to: [], line: enforcement.allConfirm(name, escalation) }
    : null;
}

/** An account in a chat became theirs, or is theirs no more. */
function ofAccount(view: ViewContext, entry: AboutIdentity): AnnouncementSentence {
  const name = nameOf(view, entry.person);
  const line =
    entry.kind === "identity.linked"
      ? identity.linked(name, entry.chat)
      : identity.unlinked(name, entry.chat, entry.because);
  return { to: [entry.person], line };
}

/** Said for somebody else, it is told to both. */
function awayFor(view: ViewContext, entry: EntryOf<"person.away">): AnnouncementSentence | null {
  const by = entry.actor.type === "person" ? entry.actor.person : "";
  if (by === "" || by === entry.person) return null;
  const { policy, now } = view.situation;
  const at = instantOf(entry.until);
  const until = clockWithZone(at, zoneOfPerson(policy, entry.person), now);
  const [name, sayer] = [nameOf(view, entry.person), nameOf(view, by)];
  const line = at <= now ? words.said.back(name, sayer) : words.said.away(name, sayer, until);
  return { to: [entry.person, by], line };
}

function proposed(
  view: ViewContext,
  name: string,
  entry: EntryOf<"decision.proposed">,
): AnnouncementSentence {
  if (entry.takesEffect !== undefined) return waits(view, name);
  const starter = entry.actor.type === "person" ? entry.actor.person : null;
  const confirmers = inAll(view.situation, "confirm", live(view.situation));
  const by = starter === null ? "somebody" : who(view, starter);
  return {
    to: confirmers.filter((confirmer) => confirmer !== starter),
    line: request.proposed(name, {
      by,
      to: entry.to,
      reason: shortTextOf(view, entry.reason),
      until: clock(view, instantOf(entry.expires)),
    }),
  };
}

/** Agreed, and told to those who may say that it was not them by themselves. */
function waits(view: ViewContext, name: string): AnnouncementSentence {
  const [what = []] = proposalLine(view);
  return { to: [], line: words.said.waits(name, what) };
}

/**
 * What was decided. People are mentioned where nobody of them did it, where they have to carry it
 * out themselves, and where somebody stopped it without being asked: whoever decided it needs no
 * telling.
 */
function made(
  view: ViewContext,
  name: string,
  entry: EntryOf<"decision.made">,
): AnnouncementSentence | null {
  const { situation } = view;
  const { state: now } = situation;
  if (!now.lastDecision) return null;
  const escalation = entry.escalation === "" ? null : (escalationIn(now, entry.escalation) ?? null);
  const what = unended(outcomeLine(view, escalation, now.lastDecision));
  const isByHand = entry.before !== entry.after && !enforcementOf(situation).isConnected;
  const decider = escalation?.decider ?? "";
  const named = escalation?.named ?? [];
  const others = (some: AnnouncementSentence["to"]): AnnouncementSentence["to"] =>
    some.filter((personId) => personId === "" || !entry.people.includes(personId));
  const told = others([
    ...(entry.cause === "" ? [] : [...named, ...seers(situation, escalation)]),
    ...(entry.cause === "not reviewed" ? [whoIsAsked(situation).person] : []),
    ...(escalation?.trigger === "by-hand" ? [decider] : []),
    ...(isByHand ? [...seers(situation, escalation), decider] : []),
  ]);
  return {
    to: told,
    line: words.said.made({
      name,
      what,
      posture: scopeWordsOf(view, now.lastDecision.after),
      more: isByHand ? [enforcement.notEnforced] : [],
    }),
  };
}

function decider(situation: Situation, id: EscalationId): PersonId | "" {
  return escalationIn(situation.state, id)?.decider ?? "";
}
