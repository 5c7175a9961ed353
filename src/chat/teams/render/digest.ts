import type { DailyDigest } from "../../../app/ports.ts";
import { drawDigest } from "../../shared/draw-digest.ts";
import { plainText } from "../../shared/text.ts";
import type { TeamsMessage } from "./card.ts";
import { teamsElements } from "./elements.ts";
import { fitted } from "./size-budget.ts";
import { cardOf, repeatNote, summaryOf } from "./text.ts";
import { moreAtHome } from "./words.ts";

/** The day's digest to one person. `channelOf` says where a deployment belongs. */
export function teamsDigest(
  digest: DailyDigest,
  {
    channelOf,
    repeat = false,
    small = false,
  }: {
    readonly channelOf: (deployment: string) => string;
    readonly repeat?: boolean | undefined;
    readonly small?: boolean | undefined;
  },
): TeamsMessage {
  const summary = summaryOf(plainText(digest.title));
  return fitted((budget) => {
    const blocks = drawDigest(digest, { channelOf, budget, moreAtHome });
    return { summary, card: cardOf([...repeatNote(repeat), ...teamsElements(blocks)]) };
  }, small);
}
