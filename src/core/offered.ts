import { live } from "./agreed.ts";
import { holders, ruleFor } from "./authority.ts";
import type { Button, Card } from "./card.ts";
import { mayConfirm, mayStart } from "./decision.ts";
import type { PersonId } from "./ids.ts";
import { mayRestrict } from "./restrict.ts";
import { deploymentOf, isRehearsal, type Situation, undecided } from "./situation.ts";
import type { EscalationState } from "./state.ts";
import { mayUndo } from "./undo.ts";

/** What one reader is offered: of the buttons there are, those that would not be refused to them. */

/** A card as one reader sees it. */
export interface OfferedCard {
  /** With the buttons that they may press. */
  readonly card: Card;
  /** What the buttons are called that are for others. */
  readonly withheld: readonly string[];
}

/** The card with what this reader may press. Null = somebody whom the policy does not name. */
export const offeredCard = (
  situation: Situation,
  escalation: EscalationState,
  reader: PersonId | null,
  card: Card,
): OfferedCard => {
  const { buttons } = card;
  const offered = (row: readonly Button[]): readonly Button[] =>
    reader === null ? [] : offeredTo(situation, escalation, reader, row);
  const withheld = buttons
    .flat()
    .filter(({ command }) => isForOthers(situation, escalation, reader, verbOf(command)));
  return {
    card: { ...card, buttons: buttons.map(offered).filter((row) => row.length > 0) },
    withheld: withheld.map(({ label }) => label),
  };
};

const verbOf = (command: string): string => command.split(" ")[0] ?? "";

/** Whether a button is left out because somebody else has the authority, and not for what they did or what else is open. */
const isForOthers = (
  situation: Situation,
  escalation: EscalationState,
  reader: PersonId | null,
  verb: string,
): boolean => {
  if (verb === "undo" || verb === "reason") return false;
  if (reader === null) return true;
  if (verb === "ack")
    return (
      !escalation.acknowledged.some(({ by }) => by === reader) &&
      !mayPress(situation, escalation, reader, verb)
    );
  return verb === "resume"
    ? !mayTakePart(situation, reader)
    : !mayPress(situation, escalation, reader, verb);
};

/** The buttons this person may press now. `escalation`: what they are about; null = the deployment as a whole. */
export const offeredTo = (
  situation: Situation,
  escalation: EscalationState | null,
  person: PersonId,
  buttons: readonly Button[],
): readonly Button[] =>
  buttons.filter(({ command }) => mayPress(situation, escalation, person, verbOf(command)));

const mayPress = (
  situation: Situation,
  escalation: EscalationState | null,
  person: PersonId,
  verb: string,
): boolean => {
  if (escalation && isRehearsal(escalation))
    return mayRehearse(situation, escalation, person, verb);
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
  if (undecided(situation.state).some(({ id }) => id !== escalation?.id)) return false;
  return mayTakePart(situation, person);
};

/** Whether the next step of a resume is theirs: to start it, or to be the second word in the one that waits. */
const mayTakePart = (situation: Situation, person: PersonId): boolean => {
  const { proposal } = situation.state;
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
