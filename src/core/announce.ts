import { holders } from "./authority.ts";
import type { Line } from "./card.ts";
import type { EscalationId, PersonId } from "./ids.ts";
import { clock, nameOf, outcomeLine, scopeWordsOf, type Telling, who } from "./lines.ts";
import type { Entry, EntryOf } from "./log/entry.ts";
import { whoIsAsked } from "./reassessment.ts";
import { deploymentOf, escalationIn, type Situation } from "./situation.ts";
import { instantOf } from "./time.ts";
import * as words from "./words.ts";

/** One sentence to a channel, or to people in it. */
export interface Announcement {
  readonly channel: string;
  readonly escalation: EscalationId | "";
  readonly to: readonly PersonId[];
  readonly text: string;
}

/**
 * Who is told what when an entry is recorded, besides the card itself: one line per step that matters to people.
 * Mentioned are who acknowledges and who decides at opening and at each pass, and who is asked; nobody else.
 */
export const announcementsOf = (telling: Telling, entry: Entry): readonly Announcement[] => {
  if (entry.kind === "policy.adopted") return loosened(telling, entry.looser);
  const said = sentenceFor(telling, entry);
  if (!said) return [];
  const channel = channelOf(telling.situation, entry);
  const to = said.to.filter((one): one is PersonId => one !== "");
  return [{ channel, escalation: escalationOf(entry), to, text: words.plain(said.line) }];
};

interface Sentence {
  readonly to: readonly (PersonId | "")[];
  readonly line: Line;
}

const sentenceFor = (telling: Telling, entry: Entry): Sentence | null => {
  const { situation } = telling;
  const name = deploymentOf(situation)?.name ?? situation.state.id;
  const named = (person: PersonId | "") => (person === "" ? null : nameOf(telling, person));
  switch (entry.kind) {
    case "escalation.opened":
      return {
        to: [...new Set([...seers(situation), entry.decider])],
        line: words.said.opened(name, entry.escalation, named(entry.decider)),
      };
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
    case "policy.adopted":
    case "escalation.updated":
    case "escalation.acknowledged":
    case "escalation.closed":
    case "decision.confirmed":
    case "decision.explained":
    case "decision.denied":
    case "session.issued":
      return null;
    case "person.away":
      return awayFor(telling, entry);
  }
};

/** Said for somebody else, it is told to both. */
const awayFor = (telling: Telling, entry: EntryOf<"person.away">): Sentence | null => {
  const by = entry.actor.type === "person" ? entry.actor.person : "";
  if (by === "" || by === entry.person) return null;
  const until = clock(telling, instantOf(entry.until));
  const line = words.said.away(nameOf(telling, entry.person), nameOf(telling, by), until);
  return { to: [entry.person, by], line };
};

/** Who is asked to say that they have seen it: those the policy names for it, not everybody who may. */
const seers = (situation: Situation): readonly PersonId[] =>
  [...holders(situation, "acknowledge", null)]
    .filter(([, rule]) => rule === "acknowledge")
    .map(([person]) => person);

const proposed = (
  telling: Telling,
  name: string,
  entry: EntryOf<"decision.proposed">,
): Sentence => {
  const starter = entry.actor.type === "person" ? entry.actor.person : null;
  const confirmers = [...holders(telling.situation, "confirm", null).keys()];
  const by = starter === null ? "somebody" : who(telling, starter);
  return {
    to: confirmers.filter((one) => one !== starter),
    line: words.said.proposed(name, by, entry.to, clock(telling, instantOf(entry.expires))),
  };
};

const made = (telling: Telling, name: string, entry: EntryOf<"decision.made">): Sentence | null => {
  const { state: now } = telling.situation;
  if (!now.lastDecision) return null;
  const escalation = entry.escalation === "" ? null : (escalationIn(now, entry.escalation) ?? null);
  const what = outcomeLine(telling, escalation, now.lastDecision);
  return {
    to: [],
    line: words.said.made(name, what, scopeWordsOf(telling, now.lastDecision.after)),
  };
};

type Asking = EntryOf<"reassessment.set" | "reassessment.reminded" | "reassessment.overdue">;

const asked = (telling: Telling, name: string, entry: Asking): Sentence => {
  const named = (person: PersonId | "") => (person === "" ? null : nameOf(telling, person));
  const by = clock(telling, instantOf(entry.reassessBy));
  const now = state(telling);
  switch (entry.kind) {
    case "reassessment.set": {
      const { person } = whoIsAsked(telling.situation);
      const change = entry.because === "change" ? entry.change : null;
      return { to: [person], line: words.said.brought(name, now, by, named(person), change) };
    }
    case "reassessment.reminded":
      return { to: [entry.to], line: words.said.reminder(name, now, by, named(entry.to)) };
    case "reassessment.overdue": {
      const line = words.said.overdue(name, now, by, named(entry.to), named(entry.insteadOf));
      return { to: [entry.to], line };
    }
  }
};

const state = (telling: Telling): string => {
  const { posture } = telling.situation.state;
  return posture
    ? `${scopeWordsOf(telling, posture.scope)} since ${clock(telling, posture.since)}`
    : "";
};

const decider = (situation: Situation, id: EscalationId): PersonId | "" =>
  escalationIn(situation.state, id)?.decider ?? "";

const escalationOf = (entry: Entry): EscalationId | "" =>
  "escalation" in entry ? entry.escalation : "";

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
    text: words.said.looser(whats),
  }));
};
