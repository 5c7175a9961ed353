import { onOverdueFrom } from "../reassessment/overdue-response.ts";
import { deploymentOf } from "../state/situation.ts";
import * as words from "../words/words.ts";
import type { Line } from "./card.ts";
import { deadline, scopeWordsOf, type ViewContext } from "./view-context.ts";

/** What follows by policy, once a review is overdue: nothing where nothing would get narrower. */
export function followsLine(view: ViewContext): readonly Line[] {
  const { situation } = view;
  const deployment = deploymentOf(situation);
  const { reassess } = situation.state;
  if (!deployment || !reassess || reassess.by > situation.now) return [];
  const follows = onOverdueFrom(deployment, situation);
  return follows
    ? [words.asking.follows(scopeWordsOf(view, follows.scope), deadline(view, follows.at))]
    : [];
}
