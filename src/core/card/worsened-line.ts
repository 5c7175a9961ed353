import type { EscalationState } from "../state/state.ts";
import { amount, unitFor, worsened as worsenedWords } from "../words/evidence.ts";
import type { Line } from "./card.ts";
import type { ViewContext } from "./view-context.ts";

/** "Kept at 6 %, now 9.1 %": why what was answered is asked again. */
export function worsenedLine(
  { situation }: ViewContext,
  { policy, trigger, worsened, worst }: EscalationState,
): readonly Line[] {
  if (!worsened) return [];
  const written = situation.pinned(policy).triggers.get(trigger)?.unit ?? "";
  const [was, is] = [Number(worsened.was), Number(worst)];
  const unit = unitFor(written, [was, is], []);
  return [worsenedWords(worsened.decision, amount(was, unit), amount(is, unit))];
}
