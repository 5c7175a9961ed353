import type { EntryOf } from "../log/entry.ts";
import { deploymentOf } from "../state/situation.ts";
import * as words from "../words/noted.ts";
import { clipped } from "../words/words.ts";
import type { Line } from "./card.ts";
import { summaryOf } from "./unmatched-lines.ts";
import type { ViewContext } from "./view-context.ts";

/** The line in the channel. It mentions nobody, because nobody has to act. */
export function notedLine(
  view: ViewContext,
  name: string,
  { what, source, signal }: EntryOf<"signal.noted">,
): Line {
  const said = clipped(summaryOf(view, signal), 160);
  const where = deploymentOf(view.situation) ? name : name || "no deployment of the policy";
  return what === "test" ? words.test(where, source, said) : words.over(where, source, said);
}
