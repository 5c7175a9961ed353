import { holders } from "./authority.ts";
import { cardOf } from "./card-of.ts";
import type { Button, Line } from "./card.ts";
import type { PersonId } from "./ids.ts";
import { seenLine } from "./lines.ts";
import { deploymentName, inOneSentence } from "./lock-screen.ts";
import { isRehearsal } from "./situation.ts";
import type { EscalationState } from "./state.ts";
import type { Telling } from "./telling.ts";
import * as words from "./words.ts";

/** What one person is told of an escalation by themselves, as it stands now. */
interface DirectNow {
  readonly line: Line;
  /** Posture version the buttons carry; null where there is no posture. */
  readonly version: number | null;
  readonly buttons: readonly Button[];
}

/** More than a lock screen shows, as it is read in a conversation. */
const wholeSentence = 300;

/** The question while it is open, and what became of it; with no button but for what this person may do. */
export const directOf = (
  telling: Telling,
  escalation: EscalationState,
  person: PersonId,
): DirectNow => {
  const { buttons, version } = cardOf(telling, escalation);
  const isOver = escalation.status === "closed";
  return {
    line: sentence(telling, escalation),
    version,
    buttons: isOver ? [] : offeredTo(telling, escalation, person, buttons.flat()),
  };
};

const sentence = (telling: Telling, escalation: EscalationState): Line => {
  const { status, decided, id } = escalation;
  if (status === "open" || decided !== null || isRehearsal(escalation))
    return [{ untrusted: inOneSentence(telling, escalation, wholeSentence) }];
  const name = deploymentName(telling);
  return words.nothingToDo(name, id, seenLine(telling, escalation), status);
};

/** The buttons of a card that one person may press: whoever is not asked is offered nothing. */
const offeredTo = (
  { situation }: Telling,
  escalation: EscalationState,
  person: PersonId,
  buttons: readonly Button[],
): readonly Button[] => {
  const may = (capability: Parameters<typeof holders>[1]): boolean =>
    holders(situation, capability, escalation).has(person);
  const { proposal } = situation.state;
  return buttons.filter(({ command }) => {
    switch (command.split(" ")[0]) {
      case "ack":
        return may("acknowledge") && !escalation.acknowledged.some(({ by }) => by === person);
      case "resume":
        return proposal === null ? may("start") : may("confirm") && proposal.by !== person;
      case "keep":
        return may("start");
      case "undo":
      case "reason":
        return escalation.decided?.people.includes(person) === true;
      default:
        return may("restrict");
    }
  });
};
