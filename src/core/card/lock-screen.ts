import { nextOnTimeout } from "../escalation/passing-on.ts";
import { deploymentOf, isAcknowledgeOnly, isRehearsal, isUnconfirmed } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { onLockScreen } from "../words/unmatched.ts";
import * as words from "../words/words.ts";
import { seenLine } from "./card-lines.ts";
import { measuredOf } from "./evidence-lines.ts";
import { outcomeLine } from "./outcome-line.ts";
import { rehearsalOnLockScreen } from "./rehearsal-lines.ts";
import { clockInZone, givenName, type ViewContext } from "./view-context.ts";

/** The question in one sentence: for a locked screen, and for one person's conversation. */

/** What the deployment is called, or that the policy does not know it. */
export function deploymentName(view: ViewContext): string {
  return deploymentOf(view.situation)?.name ?? (view.situation.state.id || "unknown deployment");
}

/** As many characters as a locked screen shows. */
export const lockScreenLength = 120;

/**
 * The whole question in one sentence of at most so many characters, its id last. `asks`: what the
 * one reader of it is asked, in place of who decides.
 */
export function inOneSentence(
  view: ViewContext,
  {
    escalation,
    most = lockScreenLength,
    asks = null,
  }: {
    readonly escalation: EscalationState;
    readonly most?: number | undefined;
    readonly asks?: string | null | undefined;
  },
): string {
  const name = deploymentName(view);
  const { severity, decided, id } = escalation;
  if (isRehearsal(escalation)) {
    const asked = escalation.rehearsed ? null : asks;
    const whole = `REHEARSAL ${name}: ${asked ?? rehearsalOnLockScreen(view, escalation)}`;
    return `${words.clipped(whole, most - id.length - 1)} ${id}`;
  }
  if (decided && escalation.status !== "open") {
    const what = words.plain(outcomeLine(view, escalation, decided)).replace(/\.$/, "");
    return words.lockScreen(severity, {
      name,
      said: { what, figures: ".", more: "", rest: "" },
      id,
      most,
    });
  }
  const rest = asks ?? restOnLockScreen(view, escalation);
  const seen = seenOnLockScreen(view, escalation);
  return words.lockScreen(severity, { name, said: { ...seen, rest }, id, most });
}

/**
 * The suite or the metric is name enough there; what gave no number is said in the card's words.
 */
function seenOnLockScreen(view: ViewContext, escalation: EscalationState) {
  const measured = isUnconfirmed(escalation) ? null : measuredOf(view, escalation);
  return measured ?? { what: words.plain(seenLine(view, escalation)), figures: "", more: "" };
}

function restOnLockScreen(view: ViewContext, escalation: EscalationState): string {
  if (isUnconfirmed(escalation)) return "Somebody must see to it.";
  return isAcknowledgeOnly(escalation)
    ? onLockScreen(deploymentOf(view.situation) !== undefined)
    : decidesOnLockScreen(view, escalation);
}

function decidesOnLockScreen(view: ViewContext, escalation: EscalationState): string {
  const { decider, decideBy, response } = escalation;
  const next = nextOnTimeout(view.situation, escalation);
  return words.lockScreenOpen(
    decider === "" ? null : givenName(view, decider),
    decideBy === null ? null : clockInZone(view, decideBy),
    next ? givenName(view, next) : response,
  );
}
