import type { Button, Line } from "./card.ts";
import type { PersonId } from "./ids.ts";
import { personally } from "./in-person.ts";
import { seenLine } from "./lines.ts";
import { deploymentName, lockScreenLength } from "./lock-screen.ts";
import { isRehearsal } from "./situation.ts";
import type { EscalationState } from "./state.ts";
import type { Telling } from "./telling.ts";
import * as words from "./words.ts";

/** What one person is told of an escalation by themselves, as it stands now. */
interface DirectNow {
  readonly line: Line;
  /** ≤ 120 characters. */
  readonly lockScreen: string;
  /** Posture version the buttons carry; null where there is no posture. */
  readonly version: number | null;
  readonly buttons: readonly Button[];
}

/** The question while it is open, and what became of it; with no button but for what this person may do. */
export const directOf = (
  telling: Telling,
  escalation: EscalationState,
  person: PersonId,
): DirectNow => {
  const { line, lockScreen, buttons } = personally(telling, escalation, person, "");
  const version = telling.situation.state.posture?.version ?? null;
  const { status, decided, id } = escalation;
  if (status === "open") return { line, lockScreen, version, buttons };
  const name = deploymentName(telling);
  const left = status === "closed" ? [] : buttons;
  if (decided !== null || isRehearsal(escalation))
    return { line, lockScreen, version, buttons: left };
  const over = words.nothingToDo(name, id, seenLine(telling, escalation), status);
  const short = words.clipped(words.plain(over), lockScreenLength);
  return { line: over, lockScreen: short, version, buttons: left };
};
