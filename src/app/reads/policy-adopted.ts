import { nameOf, type ViewContext } from "../../core/card/view-context.ts";
import type { Line } from "../../core/words/line.ts";
import type { Recorded } from "../ports.ts";

/** Which policy was adopted, by whom and for whom, and its digest. `view` has the reason's text. */
export function adoptionWords(view: ViewContext, { entry, index }: Recorded): Line {
  if (entry.kind !== "policy.adopted") return [];
  const { digest, person, confirmer, reason, actor } = entry;
  const by = actor.type === "person" ? nameOf(view, actor.person) : "the operator";
  const text = reason === undefined ? undefined : view.texts.get(reason);
  return [
    `Policy ${digest} adopted by ${by}`,
    ...(person ? [` for ${nameOf(view, person)}`] : []),
    ...(confirmer ? [`, confirmed by ${nameOf(view, confirmer)}`] : []),
    ...(text === undefined ? [] : [": “", { untrusted: text }, "”"]),
    ...(reason === undefined ? [", without a reason"] : []),
    ` (record ${index})`,
  ];
}
