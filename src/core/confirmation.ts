import { confirmationsThatStand, live } from "./agreed.ts";
import { enforcementOf } from "./enforcement.ts";
import type { EscalationId, Instant, PersonId } from "./ids.ts";
import { outcomeLine } from "./lines.ts";
import type { Entry, EntryOf } from "./log/entry.ts";
import { stateWord } from "./posture.ts";
import { inAll } from "./restrict.ts";
import { deploymentOf, escalationIn, isAcknowledgeOnly, rehearsalName } from "./situation.ts";
import { clockInZone, givenName, nameOf, scopeWordsOf, type Telling } from "./telling.ts";
import { instantOf } from "./time.ts";
import * as words from "./words.ts";
import { notEnforced } from "./words-enforcement.ts";
import * as rehearsal from "./words-rehearsal.ts";
import { answers as retest } from "./words-retest.ts";

/** What the person who decided is told at once: what is in force now, and what comes next. */
export const confirmation = (telling: Telling, entries: readonly Entry[]): string => {
  const made = entries.find((entry) => entry.kind === "decision.made");
  if (made) return madeText(telling, made);
  // A rehearsal that passes on at once is still told as what was asked for.
  const other = entries.find((entry) => entry.kind === "escalation.opened") ?? entries.at(-1);
  switch (other?.kind) {
    case "escalation.acknowledged":
      return acknowledged(telling, other.escalation);
    case "decision.proposed":
      if (other.takesEffect) return agreed(telling, other.takesEffect, other.unless);
      return words.answers.proposed(
        other.to,
        clockInZone(telling, instantOf(other.expires)),
        postureNow(telling),
      );
    case "decision.confirmed":
      if (other.takesEffect) return agreed(telling, other.takesEffect, other.unless);
      return [words.answers.confirmed(other.needs), ...noLongerCount(telling)].join(" ");
    case "decision.lapsed":
      return [
        words.plain(words.said.lapsed(nameOfDeployment(telling), other.because)),
        ...startAgain(telling),
      ].join(" ");
    case "decision.explained":
      return words.answers.explained;
    case "rehearsal.answered":
      return rehearsal.answers.answered(other.asked, nameOfDeployment(telling));
    case "escalation.opened":
      if (other.trigger === rehearsalName) return rehearsing(telling, other.escalation);
      return words.answers.raised(
        other.escalation,
        other.decider === "" ? null : nameOf(telling, other.decider),
      );
    case "reassessment.set":
      return words.answers.reassess(
        nameOfDeployment(telling),
        clockInZone(telling, instantOf(other.reassessBy)),
      );
    default:
      return words.answers.done;
  }
};

const agreed = (telling: Telling, at: string, unless: readonly PersonId[] = []): string =>
  words.answers.agreed(clockInZone(telling, instantOf(at)), namesOf(telling, unless, "or"));

/** Those whose confirmation is on the record and counts no more. */
const noLongerCount = (telling: Telling): readonly string[] => {
  const { proposal } = telling.situation.state;
  if (!proposal) return [];
  const standing = confirmationsThatStand(telling.situation, proposal);
  const gone = proposal.confirmedBy.filter((one) => !standing.includes(one));
  return gone.length === 0 ? [] : [words.answers.noLongerCounts(namesOf(telling, gone, "and"))];
};

const startAgain = (telling: Telling): readonly string[] => {
  const { situation } = telling;
  const starters = inAll(situation, "start", live(situation.state));
  return starters.length === 0 ? [] : [words.answers.startAgain(namesOf(telling, starters, "or"))];
};

const namesOf = (telling: Telling, people: readonly PersonId[], last: string): string =>
  words.plain(
    words.listed(
      people.map((one) => nameOf(telling, one)),
      last,
    ),
  );

const rehearsing = (telling: Telling, id: EscalationId): string => {
  const decider = escalationIn(telling.situation.state, id)?.decider ?? "";
  return rehearsal.answers.opened(id, decider === "" ? null : nameOf(telling, decider));
};

const nameOfDeployment = (telling: Telling): string =>
  deploymentOf(telling.situation)?.name ?? telling.situation.state.id;

const postureNow = (telling: Telling): string => {
  const { posture } = telling.situation.state;
  return posture ? scopeWordsOf(telling, posture.scope) : "";
};

const againText = (telling: Telling, by: Instant): string =>
  by < telling.situation.now
    ? words.answers.stillOverdue(clockInZone(telling, by))
    : words.answers.askAgain(clockInZone(telling, by));

const retestText = (telling: Telling, { suite, by, due }: EntryOf<"decision.made">): string => {
  if (suite === "") return retest.noSuite;
  const at = due === "" ? null : clockInZone(telling, instantOf(due));
  return retest.waits(suite, by === "" ? null : nameOf(telling, by), at);
};

/** What a restriction comes to; "" where nothing was restricted. */
const restrictionText = (
  telling: Telling,
  { decision, before, after }: EntryOf<"decision.made">,
): string => {
  if (decision !== "narrow" && decision !== "pause") return "";
  return before === after ? alreadyText(telling) : words.answers.staysUntil;
};

/** Since when it is so, and who made it so. */
const alreadyText = (telling: Telling): string => {
  const { posture } = telling.situation.state;
  const deployment = deploymentOf(telling.situation);
  if (!posture || !deployment) return "";
  const { movedBy } = posture;
  const isKnown = movedBy !== undefined && movedBy.before !== movedBy.after;
  const by = isKnown && movedBy.people.length > 0 ? namesOf(telling, movedBy.people, "and") : null;
  const state = stateWord(deployment, posture.scope);
  const what = state === "narrowed" ? `narrowed to ${posture.scope}` : state;
  return words.answers.alreadyMet(what, clockInZone(telling, posture.since), by);
};

/** What it was about and did not settle. */
const stillOpenText = (
  telling: Telling,
  { escalation, settles, undoes }: EntryOf<"decision.made">,
): string => {
  if (escalation === "" || settles.includes(escalation) || undoes !== "") return "";
  const still = escalationIn(telling.situation.state, escalation);
  return still?.status === "open" && still.response
    ? words.answers.staysOpen(still.id, still.response)
    : "";
};

const acknowledged = (telling: Telling, id: EscalationId): string => {
  const one = escalationIn(telling.situation.state, id);
  const decides = one && one.status === "open" && one.decider !== "" && !isAcknowledgeOnly(one);
  if (!decides) return words.answers.seen(id, null, null);
  const by = one.decideBy === null ? null : clockInZone(telling, one.decideBy);
  return words.answers.seen(id, givenName(telling, one.decider), by);
};

const madeText = (telling: Telling, made: EntryOf<"decision.made">): string => {
  const decided = telling.situation.state.lastDecision;
  if (!decided) return words.answers.done;
  const sentences = [
    `${nameOfDeployment(telling)}: ${words.plain(outcomeLine(telling, null, decided))}.`,
    `Now ${postureNow(telling)}.`,
    restrictionText(telling, made),
    made.reasonToFollow ? words.answers.askReason(made.escalation) : "",
    stillOpenText(telling, made),
    made.decision === "retest" ? retestText(telling, made) : "",
    againText(telling, decided.reassessBy),
    made.after !== made.before && !enforcementOf(telling.situation).isConnected ? notEnforced : "",
  ];
  return sentences.filter((one) => one !== "").join(" ");
};
