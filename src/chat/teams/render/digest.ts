import type { Digest, DueView } from "../../../app/ports.ts";
import { plainText } from "../../shared/text.ts";
import type { Element } from "./adaptive-card.ts";
import { pressable, row } from "./buttons.ts";
import type { TeamsMessage } from "./card.ts";
import { fitted, type SizeBudget } from "./size-budget.ts";
import { boldLine, cardOf, ourWords, summaryOf, textLine } from "./text.ts";
import * as words from "./words.ts";

/**
 * The day's digest to one person: what is to be looked at again, each with its buttons. `channelOf`
 * says where a deployment belongs.
 */
export function teamsDigest(
  digest: Digest,
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
  return fitted((budget) => {
    const items = digest.items.slice(0, budget.items);
    const left = digest.items.length - items.length;
    return {
      summary: summaryOf(plainText(digest.title)),
      card: cardOf([
        ...(repeat ? [ourWords(words.possibleRepeat)] : []),
        ...boldLine(digest.title, budget.line),
        ...items.flatMap((item, at) =>
          itemOf(item, { at, channel: channelOf(item.deployment), budget }),
        ),
        ...(left > 0 ? [ourWords(words.moreAtHome(left))] : []),
      ]),
    };
  }, small);
}

function itemOf(
  item: DueView,
  {
    at,
    channel,
    budget,
  }: { readonly at: number; readonly channel: string; readonly budget: SizeBudget },
): Element[] {
  const ground = { version: item.version, escalation: "" as const, channel };
  const buttons = item.buttons
    .slice(0, 3)
    .flatMap((button) => pressable(button, ground, budget.data));
  return [
    ...textLine([`${at + 1} `, ...item.line], budget.line, { spacing: "Medium" }),
    ...row(buttons),
  ];
}
