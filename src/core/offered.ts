import { live } from "./agreed.ts";
import { holders, ruleFor } from "./authority.ts";
import type { Button } from "./card.ts";
import { mayConfirm, mayStart } from "./decision.ts";
import type { PersonId } from "./ids.ts";
import { mayRestrict } from "./restrict.ts";
import { deploymentOf, isRehearsal, type Situation, undecided } from "./situation.ts";
import type { EscalationState } from "./state.ts";
import { mayUndo } from "./undo.ts";

/** What one reader is offered: of the buttons there are, those that would not be refused to them. */

/** The buttons this person may press now. `escalation`: what they are about; null = the deployment as a whole. */
export const offeredTo = (
  situation: Situation,
  escalation: EscalationState | null,
  person: PersonId,
  buttons: readonly Button[],
): readonly Button[] =>
  buttons.filter(({ command }) => {
    const [verb = ""] = command.split(" ");
    return escalation && isRehearsal(escalation)
      ? mayRehearse(situation, escalation, person, verb)
      : mayPress(situation, escalation, person, verb);
  });

const mayPress = (
  situation: Situation,
  escalation: EscalationState | null,
  person: PersonId,
  verb: string,
): boolean => {
  switch (verb) {
    case "ack":
      return escalation !== null && mayAcknowledge(situation, escalation, person);
    case "narrow":
    case "pause":
      return mayRestrict(situation, person, escalation?.id ?? null);
    case "retest":
    case "monitor":
      return live(situation.state).some(
        (one) => ruleFor(situation, "restrict", person, one) !== null,
      );
    case "keep":
      return mayStart(situation, person);
    case "resume":
      return mayResume(situation, escalation, person);
    case "undo":
      return escalation !== null && mayUndo(situation, escalation.id, person);
    case "reason":
      return escalation?.decided?.people.includes(person) ?? false;
    default:
      return true;
  }
};

const mayAcknowledge = (
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
): boolean => {
  const named = deploymentOf(situation)
    ? holders(situation, "acknowledge", escalation)
    : situation.policy.people;
  return (
    escalation.status !== "closed" &&
    named.has(person) &&
    !escalation.acknowledged.some(({ by }) => by === person)
  );
};

/** To start it, or to be the second word. Nothing is resumed while another question is open. */
const mayResume = (
  situation: Situation,
  escalation: EscalationState | null,
  person: PersonId,
): boolean => {
  const { proposal } = situation.state;
  if (undecided(situation.state).some(({ id }) => id !== escalation?.id)) return false;
  return proposal && proposal.expires > situation.now
    ? mayConfirm(situation, person)
    : mayStart(situation, person);
};

const mayRehearse = (
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
  verb: string,
): boolean => {
  if (verb === "ack") return mayAcknowledge(situation, escalation, person);
  const capability = verb === "keep" || verb === "resume" ? "start" : "restrict";
  return ruleFor(situation, capability, person, escalation) !== null;
};
