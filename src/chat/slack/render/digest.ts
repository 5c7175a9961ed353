import type { DailyDigest } from "../../../app/ports.ts";
import type { People } from "../../../core/people/person.ts";
import { drawDigest } from "../../shared/draw-digest.ts";
import { plainText } from "../../shared/text.ts";
import { slackBlocks } from "./blocks.ts";
import type { SlackMessage } from "./card.ts";
import { fitted, limits } from "./size-budget.ts";
import { messageText } from "./text.ts";
import { moreAtHome } from "./words.ts";

/** Two blocks an item, one above and one below. */
const mostItems = Math.floor((limits.messageBlocks - 2) / 2);

/** The day's digest to one person. `channelOf` says where a deployment belongs. */
export function slackDigest(
  digest: DailyDigest,
  people: People,
  channelOf: (deployment: string) => string,
): SlackMessage {
  const text = messageText(plainText(digest.title), 400);
  return fitted(limits.messageJson, (size) => {
    const budget = { ...size, items: Math.min(mostItems, size.items) };
    const blocks = drawDigest(digest, { channelOf, budget, moreAtHome });
    return { text, blocks: slackBlocks(blocks, people) };
  });
}
