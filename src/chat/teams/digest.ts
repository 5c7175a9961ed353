import type { Digest, DueView } from "../../app/ports.ts";
import { plainText } from "../any/text.ts";
import type { Element } from "./adaptive.ts";
import { pressable, row } from "./buttons.ts";
import type { TeamsMessage } from "./card.ts";
import { fitted, type Room } from "./limits.ts";
import { boldLine, cardOf, ourWords, summaryOf, textLine } from "./text.ts";
import * as words from "./words.ts";

/** The day's digest to one person: what is to be looked at again, each with its buttons. `channelOf` says where a deployment belongs. */
export const teamsDigest = (
  digest: Digest,
  channelOf: (deployment: string) => string,
  repeat = false,
  small = false,
): TeamsMessage =>
  fitted((room) => {
    const items = digest.items.slice(0, room.items);
    const left = digest.items.length - items.length;
    return {
      summary: summaryOf(plainText(digest.title)),
      card: cardOf([
        ...(repeat ? [ourWords(words.possibleRepeat)] : []),
        ...boldLine(digest.title, room.line),
        ...items.flatMap((item, at) => itemOf(item, at, channelOf(item.deployment), room)),
        ...(left > 0 ? [ourWords(words.moreAtHome(left))] : []),
      ]),
    };
  }, small);

const itemOf = (item: DueView, at: number, channel: string, room: Room): Element[] => {
  const ground = { version: item.version, escalation: "" as const, channel };
  const buttons = item.buttons
    .slice(0, 3)
    .flatMap((button) => pressable(button, ground, room.data));
  return [
    ...textLine([`${at + 1} `, ...item.line], room.line, { spacing: "Medium" }),
    ...row(buttons),
  ];
};
