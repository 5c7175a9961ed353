import type { KnownBlock } from "@slack/types";
import type { Digest, DueView } from "../../../app/ports.ts";
import type { People } from "../../../core/people/person.ts";
import { plainText } from "../../shared/text.ts";
import { pressable, row } from "./buttons.ts";
import type { SlackMessage } from "./card.ts";
import { fitted, limits, type SizeBudget } from "./size-budget.ts";
import { boldSection, messageText, richBlock, section } from "./text.ts";
import * as words from "./words.ts";

/** Two blocks an item, one above and one below. */
const mostItems = Math.floor((limits.messageBlocks - 2) / 2);

/**
 * The day's digest to one person: what is to be looked at again, each with its buttons. `channelOf`
 * says where a deployment belongs.
 */
export function slackDigest(
  digest: Digest,
  people: People,
  channelOf: (deployment: string) => string,
): SlackMessage {
  const text = messageText(plainText(digest.title), 400);
  return fitted(limits.messageJson, (budget) => {
    const items = digest.items.slice(0, Math.min(mostItems, budget.items));
    const left = digest.items.length - items.length;
    return {
      text,
      blocks: [
        ...lineBlock(boldSection(digest.title, budget.line)),
        ...items.flatMap((item, at) => itemOf(item, at, { people, channelOf, room: budget })),
        ...(left > 0 ? lineBlock(section([words.moreAtHome(left)], people)) : []),
      ],
    };
  });
}

const lineBlock = (elements: ReturnType<typeof section>): KnownBlock[] => richBlock(elements);

interface Around {
  readonly people: People;
  readonly channelOf: (deployment: string) => string;
  readonly room: SizeBudget;
}

function itemOf(item: DueView, at: number, { people, channelOf, room }: Around): KnownBlock[] {
  const ground = {
    version: item.version,
    escalation: "" as const,
    channel: channelOf(item.deployment),
  };
  const buttons = item.buttons
    .slice(0, 3)
    .flatMap((button, i) =>
      pressable(button, { buttonContext: ground, at: at * 10 + i, room: room.value }),
    );
  return [...lineBlock(section([`${at + 1} `, ...item.line], people, room.line)), ...row(buttons)];
}
