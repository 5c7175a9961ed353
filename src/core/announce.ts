import { holders } from "./authority.ts";
import type { Line } from "./card.ts";
import type { EscalationId, PersonId } from "./ids.ts";
import { clock, nameOf, outcomeLine, scopeWordsOf, type Telling, who } from "./lines.ts";
import type { Entry } from "./log/entry.ts";
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
  const { situation } = telling;
  const name = deploymentOf(situation)?.name ?? situation.state.id;
  const channel = channelOf(situation, entry);
  const say = (to: readonly (PersonId | "")[], said: Line): readonly Announcement[] => [
    {
      channel,
      escalation: escalationOf(entry),
      to: to.filter((one): one is PersonId => one !== ""),
      text: words.plain(said),
    },
  ];
  switch (entry.kind) {
    case "escalation.opened": {
      const seers = [...holders(situation, "acknowledge", null)]
        .filter(([, rule]) => rule === "acknowledge")
        .map(([person]) => person);
      return say(
        [...new Set([...seers, entry.decider])],
        words.said.opened(
          name,
          entry.escalation,
          entry.decider === "" ? null : nameOf(telling, entry.decider),
        ),
      );
    }
    case "acknowledge.missed":
      return say([decider(situation, entry.escalation)], words.said.unseen(name, entry.escalation));
    case "authority.passed":
      return say(
        [entry.to],
        words.said.passed(
          name,
          entry.escalation,
          entry.from === "" ? null : nameOf(telling, entry.from),
          entry.to === "" ? null : nameOf(telling, entry.to),
          entry.because,
        ),
      );
    case "decision.proposed": {
      const confirmers = [...holders(situation, "confirm", null).keys()].filter(
        (one) => entry.actor.type !== "person" || one !== entry.actor.person,
      );
      const starter = entry.actor.type === "person" ? who(telling, entry.actor.person) : "somebody";
      return say(
        confirmers,
        words.said.proposed(name, starter, entry.to, clock(telling, instantOf(entry.expires))),
      );
    }
    case "decision.lapsed":
      return say([], words.said.lapsed(name, entry.because));
    case "decision.made": {
      const decided = situation.state.lastDecision;
      const escalation =
        entry.escalation === "" ? null : (escalationIn(situation.state, entry.escalation) ?? null);
      return decided
        ? say(
            [],
            words.said.made(
              name,
              outcomeLine(telling, escalation, decided),
              scopeWordsOf(telling, decided.after),
            ),
          )
        : [];
    }
    case "reassessment.set": {
      const { person } = whoIsAsked(situation);
      const why = entry.because === "change" ? entry.change : null;
      return say(
        [person],
        words.said.brought(
          name,
          state(telling),
          clock(telling, instantOf(entry.reassessBy)),
          person === "" ? null : nameOf(telling, person),
          why,
        ),
      );
    }
    case "reassessment.reminded":
      return say(
        [entry.to],
        words.said.reminder(
          name,
          state(telling),
          clock(telling, instantOf(entry.reassessBy)),
          entry.to === "" ? null : nameOf(telling, entry.to),
        ),
      );
    case "reassessment.overdue":
      return say(
        [entry.to],
        words.said.overdue(
          name,
          state(telling),
          clock(telling, instantOf(entry.reassessBy)),
          entry.to === "" ? null : nameOf(telling, entry.to),
          entry.insteadOf === "" ? null : nameOf(telling, entry.insteadOf),
        ),
      );
    case "policy.adopted":
      return loosened(telling, entry.looser);
    case "escalation.updated":
    case "escalation.acknowledged":
    case "escalation.closed":
    case "decision.confirmed":
    case "decision.explained":
    case "decision.denied":
    case "person.away":
    case "session.issued":
      return [];
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
