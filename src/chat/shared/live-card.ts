import type { Sending } from "../../app/ports.ts";
import type { Card } from "../../core/card/card.ts";
import { consoleLink } from "./links.ts";
import { editIfAllowed, type MessageChatParts, storeMessage } from "./message-chat-parts.ts";
import * as words from "./words.ts";

/**
 * Edits the card where it is, and posts it where it is not. When its channel has changed, it is
 * posted in the new one and the old copy says where it went.
 */
export async function showCard<Message>(
  parts: MessageChatParts<Message>,
  message: Sending<"card">,
  card: Card,
): Promise<void> {
  const { destinations, sender, draw, publicUrl } = parts;
  const { key, body, doubtSince, attempts } = message;
  const { channel: channelKey, escalation } = body;
  const about = { channel: channelKey, escalation, to: [] };
  const console = { text: words.openConsole, url: consoleLink(publicUrl, escalation) };
  const drawn = (first: boolean) => draw.card(card, { channel: channelKey, first, console });
  const before = await destinations.addressOf(key);
  if (before && (await destinations.channelNow(channelKey)) === null) {
    // The channel belongs to another chat now.
    await storeMessage(parts, { key: leftBehind(key), address: before, about });
    await storeMessage(parts, { key, address: null, about });
    return settleLeftBehind(parts, message, card);
  }
  await destinations.inChannel(channelKey, async (channel) => {
    const here = before?.channel === channel ? before : null;
    if (here && (await sender.edit(key, here, drawn(false)(false)))) return;
    if (before && !here)
      await storeMessage(parts, { key: leftBehind(key), address: before, about });
    // A card that was deleted or moves is posted again, and mentions nobody a second time.
    const isNew = before === null;
    const forms = drawn(isNew);
    const going = { key, channel, thread: null, doubtSince, attempts, forms, replaces: before };
    const posted = await sender.post(going);
    const to = isNew ? card.notify : [];
    await storeMessage(parts, { key, address: posted, about: { ...about, to } });
    if (posted.isEarlier) await sender.edit(key, posted, drawn(false)(false));
  });
  await settleLeftBehind(parts, message, card);
}

/** The key that has the address of a card's old copy, until the copy says where the card went. */
const leftBehind = (key: string): string => `left:${key}`;

async function settleLeftBehind<Message>(
  parts: MessageChatParts<Message>,
  { key: cardKey, body: { channel, escalation } }: Sending<"card">,
  card: Card,
): Promise<void> {
  const { destinations, draw } = parts;
  const key = leftBehind(cardKey);
  const address = await destinations.addressOf(key);
  if (!address) return;
  const link = { text: words.moved(channel), url: await destinations.linkTo(escalation) };
  await editIfAllowed(parts, { key, address, forms: draw.moved(card, link) });
  await storeMessage(parts, { key, address: null, about: { channel, escalation, to: [] } });
}
