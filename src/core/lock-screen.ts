import { nextOnTimeout } from "./escalation.ts";
import { measuredOf } from "./evidence-lines.ts";
import { outcomeLine, seenLine } from "./lines.ts";
import { rehearsalOnLockScreen } from "./rehearsal-lines.ts";
import { deploymentOf, isAcknowledgeOnly, isRehearsal, isUnconfirmed } from "./situation.ts";
import type { EscalationState } from "./state.ts";
import { clockInZone, givenName, type Telling } from "./telling.ts";
import * as words from "./words.ts";
import { onLockScreen } from "./words-unmatched.ts";

/** The question in one sentence: for a locked screen, and for one person's conversation. */

/** What the deployment is called, or that the policy does not know it. */
export const deploymentName = (telling: Telling): string =>
  deploymentOf(telling.situation)?.name ?? (telling.situation.state.id || "unknown deployment");

/** As many characters as a locked screen shows. */
export const lockScreenLength = 120;

/**
 * The whole question in one sentence of at most so many characters, its id last. `asks`: what the one reader of it is asked, in
 * place of who decides.
 */
export const inOneSentence = (
  telling: Telling,
  escalation: EscalationState,
  most: number = lockScreenLength,
  asks: string | null = null,
): string => {
  const name = deploymentName(telling);
  const { severity, decided, id } = escalation;
  if (isRehearsal(escalation)) {
    const asked = escalation.rehearsed ? null : asks;
    const whole = `REHEARSAL ${name}: ${asked ?? rehearsalOnLockScreen(telling, escalation)}`;
    return `${words.clipped(whole, most - id.length - 1)} ${id}`;
  }
  if (decided && escalation.status !== "open") {
    const what = words.plain(outcomeLine(telling, escalation, decided)).replace(/\.$/, "");
    return words.lockScreen(severity, name, { what, figures: ".", more: "", rest: "" }, id, most);
  }
  const rest = asks ?? restOnLockScreen(telling, escalation);
  const seen = seenOnLockScreen(telling, escalation);
  return words.lockScreen(severity, name, { ...seen, rest }, id, most);
};

/** The suite or the metric is name enough there; what gave no number is said in the card's words. */
const seenOnLockScreen = (telling: Telling, escalation: EscalationState) => {
  const measured = isUnconfirmed(escalation) ? null : measuredOf(telling, escalation);
  return measured ?? { what: words.plain(seenLine(telling, escalation)), figures: "", more: "" };
};

const restOnLockScreen = (telling: Telling, escalation: EscalationState): string => {
  if (isUnconfirmed(escalation)) return "Somebody must see to it.";
  return isAcknowledgeOnly(escalation)
    ? onLockScreen(deploymentOf(telling.situation) !== undefined)
    : decidesOnLockScreen(telling, escalation);
};

const decidesOnLockScreen = (telling: Telling, escalation: EscalationState): string => {
  const { decider, decideBy, response } = escalation;
  const next = nextOnTimeout(telling.situation, escalation);
  return words.lockScreenOpen(
    decider === "" ? null : givenName(telling, decider),
    decideBy === null ? null : clockInZone(telling, decideBy),
    next ? givenName(telling, next) : response,
  );
};
