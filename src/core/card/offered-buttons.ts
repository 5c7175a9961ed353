import { mayRestrict } from "../decision/authorized.ts";
import { mayConfirm } from "../decision/confirm-resume.ts";
import { mayStart } from "../decision/resume.ts";
import { live } from "../decision/resume-request.ts";
import { mayUndo } from "../decision/undo.ts";
import type { PersonId } from "../ids.ts";
import { holders, ruleFor } from "../people/authority.ts";
import { deploymentOf, isRehearsal, type Situation, undecided } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import type { Button, Card } from "./card.ts";

/**
 * What one reader is offered: of the buttons there are, those that would not be refused to them.
 */

/** A card as one reader sees it. */
export interface OfferedCard {
  /** With the buttons that they may press. */
  readonly card: Card;
  /** What the buttons are called that are for others. */
  readonly withheld: readonly string[];
}

/** The card with what this reader may press. Null = somebody whom the policy does not name. */
export function offeredCard(
  situation: Situation,
  {
    escalation,
    reader,
    card,
  }: {
    readonly escalation: EscalationState;
    readonly reader: PersonId | null;
    readonly card: Card;
  },
): OfferedCard {
  const { buttons } = card;
  const offered = (row: readonly Button[]): readonly Button[] =>
    reader === null ? [] : offeredTo(situation, { escalation, person: reader, buttons: row });
  const withheld = buttons
    .flat()
    .filter(({ command }) => isForOthers(situation, { escalation, reader, verb: verbOf(command) }));
  return {
    card: { ...card, buttons: buttons.map(offered).filter((row) => row.length > 0) },
    withheld: withheld.map(({ label }) => label),
  };
}

const verbOf = (command: string): string => command.split(" ")[0] ?? "";

/**
 * Whether a button is left out because somebody else has the authority, and not for what they did
 * or what else is open.
 */
function isForOthers(
  situation: Situation,
  {
    escalation,
    reader,
    verb,
  }: {
    readonly escalation: EscalationState;
    readonly reader: PersonId | null;
    readonly verb: string;
  },
): boolean {
  if (verb === "undo" || verb === "reason") return false;
  if (reader === null) return true;
  if (verb === "ack")
    return (
      !escalation.acknowledged.some(({ by }) => by === reader) &&
      !mayPress(situation, { escalation, person: reader, verb })
    );
  return verb === "resume"
    ? !mayTakePart(situation, reader)
    : !mayPress(situation, { escalation, person: reader, verb });
}

/**
 * The buttons this person may press now. `escalation`: what they are about; null = the deployment
 * as a whole.
 */
export function offeredTo(
  situation: Situation,
  {
    escalation,
    person,
    buttons,
  }: {
    readonly escalation: EscalationState | null;
    readonly person: PersonId;
    readonly buttons: readonly Button[];
  },
): readonly Button[] {
  return buttons.filter(({ command }) =>
    mayPress(situation, { escalation, person, verb: verbOf(command) }),
  );
}

function mayPress(
  situation: Situation,
  {
    escalation,
    person,
    verb,
  }: {
    readonly escalation: EscalationState | null;
    readonly person: PersonId;
    readonly verb: string;
  },
): boolean {
  if (escalation && isRehearsal(escalation))
    return mayRehearse(situation, { escalation, person, verb });
  switch (verb) {
    case "ack":
      return escalation !== null && mayAcknowledge(situation, escalation, person);
    case "narrow":
    case "pause":
      return mayRestrict(situation, person, escalation?.id ?? null);
    case "retest":
    case "monitor":
      return live(situation).some(
        (escalation) => ruleFor(situation, { capability: "restrict", person, escalation }) !== null,
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
}

function mayAcknowledge(
  situation: Situation,
  escalation: EscalationState,
  person: PersonId,
): boolean {
  const named = deploymentOf(situation)
    ? holders(situation, "acknowledge", escalation)
    : situation.policy.people;
  return (
    escalation.status !== "closed" &&
    named.has(person) &&
    !escalation.acknowledged.some(({ by }) => by === person)
  );
}

/** To start it, or to be the second word. Nothing is resumed while another question is open. */
function mayResume(
  situation: Situation,
  escalation: EscalationState | null,
  person: PersonId,
): boolean {
  if (undecided(situation.state).some(({ id }) => id !== escalation?.id)) return false;
  return mayTakePart(situation, person);
}

/**
 * Whether the next step of a resume is theirs: to start it, or to be the second word in the one
 * that waits.
 */
function mayTakePart(situation: Situation, person: PersonId): boolean {
  const { proposal } = situation.state;
  return proposal && proposal.expires > situation.now
    ? mayConfirm(situation, person)
    : mayStart(situation, person);
}

function mayRehearse(
  situation: Situation,
  {
    escalation,
    person,
    verb,
  }: { readonly escalation: EscalationState; readonly person: PersonId; readonly verb: string },
): boolean {
  if (verb === "ack") return mayAcknowledge(situation, escalation, person);
  const capability = verb === "keep" || verb === "resume" ? "start" : "restrict";
  return ruleFor(situation, { capability, person, escalation }) !== null;
}
