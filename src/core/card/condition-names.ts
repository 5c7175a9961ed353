import { shownOf } from "../escalation/shown-conditions.ts";
import type { ShownCondition } from "../state/evidence.ts";
import type { EscalationState } from "../state/state.ts";
import * as words from "../words/evidence.ts";
import type { Part } from "./card.ts";
import type { ViewContext } from "./view-context.ts";

/** How a card names the conditions of an escalation, so that no two of them read alike. */

/** The conditions of an escalation, worst first, and in whose words and unit they are said. */
export interface ConditionsOnCard {
  readonly conditions: readonly ShownCondition[];
  readonly runs: number;
  readonly title: string;
  readonly unit: string;
}

export function shownIn(view: ViewContext, escalation: EscalationState): ConditionsOnCard {
  const { situation } = view;
  const { conditions, runs } = shownOf(escalation, situation.evidence.get(escalation.id));
  const trigger = situation.pinned(escalation.policy).triggers.get(escalation.trigger);
  const { title = "", unit = "" } = trigger ?? {};
  const values = conditions.flatMap(({ worst, latest }) => [
    worst.value,
    worst.other,
    latest.value,
    latest.other,
  ]);
  const limits = conditions.map(({ worst }) => worst.limit);
  return { conditions, runs: runs.counted, title, unit: words.unitFor(unit, values, limits) };
}

const fields = ["suite", "scorer", "score", "metric", "group", "reducer"] as const;

export const identifying = [...fields, "model"] as const;

export function namesIn(
  condition: ShownCondition,
  of: readonly ("source" | (typeof identifying)[number])[],
) {
  return [...new Set(of.map((field) => condition[field].trim()).filter((part) => part !== ""))];
}

/** What tells a condition from the others that are shown; of one alone nothing has to. */
export function apartFrom(
  condition: ShownCondition,
  { conditions }: ConditionsOnCard,
): readonly string[] {
  const others = conditions.filter((other) => other !== condition);
  const differ = identifying.filter((field) =>
    others.some((other) => other[field] !== condition[field]),
  );
  const isAlike = others.some((other) =>
    identifying.every((field) => other[field] === condition[field]),
  );
  const isOther = others.some(({ source }) => source !== condition.source);
  return namesIn(condition, isAlike && isOther ? [...differ, "source"] : differ);
}

/** Its names as its sender has them, and of which model where there are several. */
export function ownName(
  escalation: EscalationState,
  condition: ShownCondition,
  seen: ConditionsOnCard,
): string {
  const named = namesIn(condition, fields);
  const apart = apartFrom(condition, seen).filter((part) => !named.includes(part));
  const other = escalation.about?.name || `${condition.kind} from ${condition.source}`;
  return [named.join(" ") || other, ...apart].join(", ");
}

/** In the words of the policy where it has some, and what tells it from others. */
export function headlineName(
  escalation: EscalationState,
  condition: ShownCondition,
  seen: ConditionsOnCard,
): Part {
  if (seen.title === "") return { untrusted: ownName(escalation, condition, seen) };
  const apart = apartFrom(condition, seen);
  return { untrusted: apart.length === 0 ? seen.title : `${seen.title} (${apart.join(" ")})` };
}

export function shortName(
  escalation: EscalationState,
  condition: ShownCondition,
  seen: ConditionsOnCard,
): Part {
  const apart = seen.title === "" ? [] : apartFrom(condition, seen);
  return { untrusted: apart.join(" ") || ownName(escalation, condition, seen) };
}
