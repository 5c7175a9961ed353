import type { PersonId } from "../ids.ts";
import { isRehearsal } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import * as words from "../words/words.ts";
import type { Button, Line } from "./card.ts";
import { seenLine } from "./card-lines.ts";
import { passedOverTime, personally } from "./direct-message-lines.ts";
import { deploymentName, lockScreenLength } from "./lock-screen.ts";
import type { ViewContext } from "./view-context.ts";

/** What one person is told of an escalation by themselves, as it stands now. */
interface DirectNow {
  readonly line: Line;
  /** ≤ 120 characters. */
  readonly lockScreen: string;
  /** Posture version the buttons carry; null where there is no posture. */
  readonly version: number | null;
  readonly buttons: readonly Button[];
}

/**
 * The question while it is open, and what became of it; with no button but for what this person may
 * do.
 */
export function directOf(
  view: ViewContext,
  escalation: EscalationState,
  person: PersonId,
): DirectNow {
  const news = escalation.status === "open" ? passedOverTime(view, escalation) : "";
  const { line, lockScreen, buttons } = personally(view, { escalation, person, news });
  const version = view.situation.state.posture?.version ?? null;
  const { status, decided, id } = escalation;
  if (status === "open") return { line, lockScreen, version, buttons };
  const name = deploymentName(view);
  const left = status === "closed" ? [] : buttons;
  if (decided !== null || isRehearsal(escalation))
    return { line, lockScreen, version, buttons: left };
  const over = words.nothingToDo(name, { id, what: seenLine(view, escalation), status });
  const short = words.clipped(words.plain(over), lockScreenLength);
  return { line: over, lockScreen: short, version, buttons: left };
}
