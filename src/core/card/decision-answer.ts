import { inAll } from "../decision/authorized.ts";
import { confirmationsThatStand, live } from "../decision/resume-request.ts";
import { enforcementOf } from "../escalation/enforcement.ts";
import type { EscalationId, Instant, PersonId } from "../ids.ts";
import type { Entry, EntryOf } from "../log/entry.ts";
import { stateWord } from "../policy/posture.ts";
import {
  deploymentOf,
  escalationIn,
  isAcknowledgeOnly,
  rehearsalName,
} from "../state/situation.ts";
import { instantOf } from "../time.ts";
import { answers } from "../words/answers.ts";
import { notEnforced } from "../words/enforcement.ts";
import * as rehearsal from "../words/rehearsal.ts";
import { answers as retest } from "../words/retest.ts";
import * as words from "../words/words.ts";
import { outcomeLine } from "./outcome-line.ts";
import { clockInZone, givenName, nameOf, scopeWordsOf, type ViewContext } from "./view-context.ts";

/** What the person who decided is told at once: what is in force now, and what comes next. */
export function confirmation(view: ViewContext, entries: readonly Entry[]): string {
  const made = entries.find((entry) => entry.kind === "decision.made");
  if (made) return madeText(view, made);
  // A rehearsal that passes on at once is still told as what was asked for.
  const other = entries.find((entry) => entry.kind === "escalation.opened") ?? entries.at(-1);
  switch (other?.kind) {
    case "escalation.acknowledged":
      return acknowledged(view, other.escalation);
    case "decision.proposed":
      if (other.takesEffect) return agreed(view, other.takesEffect, other.unless);
      return answers.proposed(
        other.to,
        clockInZone(view, instantOf(other.expires)),
        postureNow(view),
      );
    case "decision.confirmed":
      if (other.takesEffect) return agreed(view, other.takesEffect, other.unless);
      return [answers.confirmed(other.needs), ...noLongerCount(view)].join(" ");
    case "decision.lapsed":
      return [
        words.plain(words.said.lapsed(nameOfDeployment(view), other.because)),
        ...startAgain(view),
      ].join(" ");
    case "decision.explained":
      return answers.explained;
    case "rehearsal.answered":
      return rehearsal.answers.answered(other.asked, nameOfDeployment(view));
    case "escalation.opened":
      if (other.trigger === rehearsalName) return rehearsing(view, other.escalation);
      return answers.raised(
        other.escalation,
        other.decider === "" ? null : nameOf(view, other.decider),
      );
    case "reassessment.set":
      return answers.reassess(
        nameOfDeployment(view),
        clockInZone(view, instantOf(other.reassessBy)),
      );
    default:
      return answers.done;
  }
}

const agreed = (view: ViewContext, at: string, unless: readonly PersonId[] = []): string =>
  answers.agreed(clockInZone(view, instantOf(at)), namesOf(view, unless, "or"));

/** Those whose confirmation is on the record and counts no more. */
function noLongerCount(view: ViewContext): readonly string[] {
  const { proposal } = view.situation.state;
  if (!proposal) return [];
  const standing = confirmationsThatStand(view.situation, proposal);
  const gone = proposal.confirmedBy.filter((person) => !standing.includes(person));
  return gone.length === 0 ? [] : [answers.noLongerCounts(namesOf(view, gone, "and"))];
}

function startAgain(view: ViewContext): readonly string[] {
  const { situation } = view;
  const starters = inAll(situation, "start", live(situation));
  return starters.length === 0 ? [] : [answers.startAgain(namesOf(view, starters, "or"))];
}

const namesOf = (view: ViewContext, people: readonly PersonId[], last: string): string =>
  words.plain(
    words.listed(
      people.map((person) => nameOf(view, person)),
      last,
    ),
  );

function rehearsing(view: ViewContext, id: EscalationId): string {
  const decider = escalationIn(view.situation.state, id)?.decider ?? "";
  return rehearsal.answers.opened(id, decider === "" ? null : nameOf(view, decider));
}

const nameOfDeployment = (view: ViewContext): string =>
  deploymentOf(view.situation)?.name ?? view.situation.state.id;

function postureNow(view: ViewContext): string {
  const { posture } = view.situation.state;
  return posture ? scopeWordsOf(view, posture.scope) : "";
}

const againText = (view: ViewContext, by: Instant): string =>
  by < view.situation.now
    ? answers.stillOverdue(clockInZone(view, by))
    : answers.askAgain(clockInZone(view, by));

function retestText(view: ViewContext, { suite, by, due }: EntryOf<"decision.made">): string {
  if (suite === "") return retest.noSuite;
  const at = due === "" ? null : clockInZone(view, instantOf(due));
  return retest.waits(suite, by === "" ? null : nameOf(view, by), at);
}

/** What a restriction comes to; "" where nothing was restricted. */
function restrictionText(
  view: ViewContext,
  { decision, before, after }: EntryOf<"decision.made">,
): string {
  if (decision !== "narrow" && decision !== "pause") return "";
  return before === after ? alreadyText(view) : answers.staysUntil;
}

/** Since when it is so, and who made it so. */
function alreadyText(view: ViewContext): string {
  const { posture } = view.situation.state;
  const deployment = deploymentOf(view.situation);
  if (!posture || !deployment) return "";
  const { movedBy } = posture;
  const isKnown = movedBy !== undefined && movedBy.before !== movedBy.after;
  const by = isKnown && movedBy.people.length > 0 ? namesOf(view, movedBy.people, "and") : null;
  const state = stateWord(deployment, posture.scope);
  const what = state === "narrowed" ? `narrowed to ${posture.scope}` : state;
  return answers.alreadyMet(what, clockInZone(view, posture.since), by);
}

/** What it was about and did not settle. */
function stillOpenText(
  view: ViewContext,
  { escalation, settles, undoes }: EntryOf<"decision.made">,
): string {
  if (escalation === "" || settles.includes(escalation) || undoes !== "") return "";
  const still = escalationIn(view.situation.state, escalation);
  return still?.status === "open" && still.response
    ? answers.staysOpen(still.id, still.response)
    : "";
}

function acknowledged(view: ViewContext, id: EscalationId): string {
  const escalation = escalationIn(view.situation.state, id);
  const decides =
    escalation &&
    escalation.status === "open" &&
    escalation.decider !== "" &&
    !isAcknowledgeOnly(escalation);
  if (!decides) return answers.seen(id, null, null);
  const by = escalation.decideBy === null ? null : clockInZone(view, escalation.decideBy);
  return answers.seen(id, givenName(view, escalation.decider), by);
}

function madeText(view: ViewContext, made: EntryOf<"decision.made">): string {
  const decided = view.situation.state.lastDecision;
  if (!decided) return answers.done;
  const sentences = [
    `${nameOfDeployment(view)}: ${words.plain(outcomeLine(view, null, decided))}.`,
    `Now ${postureNow(view)}.`,
    restrictionText(view, made),
    made.reasonToFollow ? answers.askReason(made.escalation) : "",
    stillOpenText(view, made),
    made.decision === "retest" ? retestText(view, made) : "",
    againText(view, decided.reassessBy),
    made.after !== made.before && !enforcementOf(view.situation).isConnected ? notEnforced : "",
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}
