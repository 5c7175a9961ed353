import { stateWord } from "../policy/posture.ts";
import { deploymentOf } from "../state/situation.ts";
import type { Decided, EscalationState } from "../state/state.ts";
import * as words from "../words/words.ts";
import type { Line } from "./card.ts";
import { linkMark } from "./link-mark.ts";
import { moment, type ViewContext, who, whoWithDuty } from "./view-context.ts";

/**
 * Who has seen it: those who said so, else those who did less than the plan and so left it open.
 */
export function seen({ acknowledged, decided }: EscalationState): EscalationState["acknowledged"] {
  const at = decided?.at ?? 0;
  return acknowledged.length > 0 ? acknowledged : (decided?.people ?? []).map((by) => ({ by, at }));
}

/** What was decided, when and by whom: "Paused 03:19 by Bob Okafor (on call)". */
export function outcomeLine(
  view: ViewContext,
  escalation: EscalationState | null,
  decided: Decided,
): Line {
  const deployment = deploymentOf(view.situation);
  const state = deployment ? stateWord(deployment, decided.after) : "paused";
  const what = words.done(decided.decision, {
    scope: decided.after,
    state,
    undoes: decided.undoes !== "",
  });
  const at = moment(view, decided.at);
  if (decided.cause !== "") {
    const seen = escalation?.acknowledged[0];
    const by =
      seen && decided.cause === "seen, not decided"
        ? words.seenAt(who(view, seen.by), moment(view, seen.at))
        : null;
    return words.byRule(what, { at, cause: decided.cause, seen: by });
  }
  const people = words.listed(
    decided.people.map(
      (person): Line => [...whoWithDuty(view, person), ...linkMark(person, decided)],
    ),
  );
  return words.outcome(what, at, decided.breakGlass ? words.alone(people) : people);
}
