import type { Chat, Sending } from "../../app/ports.ts";
import type { Button, Line } from "../../core/card/card.ts";
import type { EscalationId, PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people/person.ts";
import { ChannelUnavailable } from "./destinations.ts";
import { orToEach } from "./fallback-to-dm.ts";
import type { Link } from "./links.ts";
import { showCard } from "./live-card.ts";
import {
  type About,
  editIfAllowed,
  type Forms,
  type MessageChatParts,
  storeMessage,
} from "./message-chat-parts.ts";
import type { OutgoingMessage } from "./message-sender.ts";
import { fingerprint } from "./request-helpers.ts";
import * as words from "./words.ts";

/** A chat whose messages are posted, edited and stored by their address: Slack, Teams. */

interface OnceMessage<Message> extends OutgoingMessage<Message> {
  readonly about: About;
}

/** One sentence to one person. */
interface DirectSentence {
  readonly channel: string;
  readonly escalation: EscalationId | "";
  readonly line: Line;
  readonly version: number | null;
  readonly buttons: readonly Button[];
}

export function createMessageChat<Message>(parts: MessageChatParts<Message>): Chat {
  const { name, pace, directory, channels, destinations, draw } = parts;
  const serves = (channel: string): boolean => Boolean(channels().get(channel)?.[name]);

  const direct = (
    what: Omit<OnceMessage<Message>, "channel" | "thread">,
    to: PersonId,
    everybody?: People,
  ): Promise<void> =>
    destinations.withPerson(
      to,
      (channel) => sayOnce(parts, { ...what, channel, thread: null }),
      everybody,
    );

  const sayTo = async (
    { key, body, doubtSince, attempts }: Sending<"line"> | Sending<"direct">,
    person: PersonId,
    everybody: People,
  ): Promise<void> => {
    const forms = await drawDirect(parts, body, everybody);
    const about = { channel: body.channel, escalation: body.escalation, to: [person] };
    await direct({ key, doubtSince, attempts, forms, about }, person, everybody);
  };

  return {
    name,
    pace,
    direct: true,
    reaches: (person) => directory.reaches(person),
    onUnreached: directory.onLost,
    serves,
    showCard: (message, card) => showCard(parts, message, card),
    say: (message, everybody) =>
      orToEach(() => sayInChannel(parts, message, everybody), {
        to: message.body.to,
        alone: (person) =>
          sayTo({ ...message, key: `${message.key}:${person}` }, person, everybody),
        isClosed: (fault) => fault instanceof ChannelUnavailable,
      }),
    directMessage: async (message, everybody) => {
      const { escalation, channel, person } = message.body;
      if (escalation !== "" && serves(channel)) await destinations.cardSoon(escalation);
      await sayTo(message, person, everybody);
    },
    amend: amendIn(parts),
    digest: async ({ key, doubtSince, attempts }, digest, { id }) => {
      const about = { channel: "", escalation: "" as const, to: [id] };
      await direct({ key, doubtSince, attempts, forms: draw.digest(digest), about }, id);
    },
  };
}

/** Sends a message unless the key is stored, which means that it was sent already. */
async function sayOnce<Message>(
  parts: MessageChatParts<Message>,
  { about, ...message }: OnceMessage<Message>,
): Promise<void> {
  if ((await parts.destinations.addressOf(message.key)) !== null) return;
  const said = fingerprint(message.forms(false)[0]);
  const address = await parts.sender.post(message);
  await storeMessage(parts, { key: message.key, address, about, said });
}

/** Posts a line in a channel, in the thread of its card if there is one. */
function sayInChannel<Message>(
  parts: MessageChatParts<Message>,
  { key, body, doubtSince, attempts }: Sending<"line">,
  everybody: People,
): Promise<void> {
  const { channel: channelKey, escalation, to } = body;
  const { destinations, draw } = parts;
  return destinations.inChannel(channelKey, async (channel) => {
    const card = await destinations.threadOf(escalation, attempts);
    const place = card ? { channel: card.channel, thread: card.id } : { channel, thread: null };
    const forms = draw.line(body, everybody, null);
    const about = { channel: channelKey, escalation, to };
    await sayOnce(parts, { key, doubtSince, attempts, ...place, forms, about });
  });
}

/** A sentence as one person reads it: without a mention, with the link to the card. */
async function drawDirect<Message>(
  { destinations, draw }: MessageChatParts<Message>,
  said: DirectSentence,
  everybody: People,
): Promise<Forms<Message>> {
  const { escalation } = said;
  const url = escalation === "" ? null : await destinations.linkTo(escalation);
  const link: Link | null = url === null ? null : { text: words.openCard, url };
  return draw.line({ ...said, to: [] }, everybody, link);
}

/** Edits the direct messages of an escalation whose text has changed. */
const amendIn =
  <Message>(parts: MessageChatParts<Message>): Chat["amend"] =>
  async ({ body }, now, everybody) => {
    const { name, store, destinations } = parts;
    const { escalation, channel } = body;
    const asked = new Set<PersonId>();
    for (const { key, to, body: before, at } of await store.directsOf(name, escalation)) {
      const [person] = to;
      const address = await destinations.addressOf(key);
      if (person === undefined || address === null) continue;
      const view = now(person);
      // Of several messages to one person only the newest has buttons.
      const buttons = asked.has(person) ? [] : view.buttons;
      asked.add(person);
      const forms = await drawDirect(parts, { ...view, channel, escalation, buttons }, everybody);
      const said = fingerprint(forms(false)[0]);
      if (before === said) continue;
      await editIfAllowed(parts, { key, address, forms: forms(await parts.isRepeat(key)) });
      await storeMessage(parts, { key, address, about: { channel, escalation, to, at }, said });
    }
  };
