import { type Chat, type Pace, SendFault, type Sending, type Store } from "../../app/ports.ts";
import type { Button, Card, Line } from "../../core/card/card.ts";
import type { EscalationId, Instant, PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people/person.ts";
import { orToEach } from "../shared/fallback-to-dm.ts";
import { consoleLink, type Link } from "../shared/links.ts";
import { fingerprint } from "../shared/request-helpers.ts";
import * as common from "../shared/words.ts";
import { refusalOf } from "./outbound/api.ts";
import {
  ChannelUnavailable,
  createDestinations,
  type Destinations,
  type DestinationsParts,
  isBarred,
} from "./outbound/destinations.ts";
import type { Directory } from "./outbound/directory.ts";
import type { MessageAddress } from "./outbound/message.ts";
import { createMessageSender, type MessageSender } from "./outbound/sender.ts";
import { movedCard, plainCard, type SlackMessage, slackCard, smallCard } from "./render/card.ts";
import { slackDigest } from "./render/digest.ts";
import { slackLine } from "./render/line.ts";

/**
 * As fast as Slack wants to be spoken to. Spacing counts from claim to claim, hence a little more
 * than its second.
 */
export const productionPace: Pace = {
  perLane: 1,
  laneMs: 1_050,
  editMs: 5_000,
  leaseMs: 60_000,
  doubtMs: 20_000,
  retryMs: 2_000,
};

export interface SlackChatParts extends DestinationsParts {
  readonly directory: Directory;
  readonly store: Pick<Store, "messageOf" | "saveMessage" | "directsOf" | "conversation">;
  /** The policy's key of the channel a deployment belongs to. */
  readonly channelOf: (deployment: string) => string;
  readonly pace: Pace;
}

interface About {
  /** The policy's key of the channel. */
  readonly channel: string;
  readonly escalation: EscalationId | "";
  readonly to: readonly PersonId[];
  /** When it was said first, of what is edited; else now. */
  readonly at?: Instant;
}

interface Once {
  readonly key: string;
  readonly channel: string;
  readonly thread: string | null;
  readonly doubtSince: Instant | null;
  readonly message: SlackMessage;
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

/**
 * Slack as a chat. Where Slack has a message is kept as `<channel>:<ts>` under the message's key.
 */
export function createSlackChat(parts: SlackChatParts): Chat {
  const { directory, people, channels, channelOf, pace, store, publicUrl } = parts;
  const where = createDestinations(parts);
  const outgoings = createMessageSender(parts.api, parts.tell);

  const tools = { where, outgoings, keep: keepIn(parts), people, publicUrl };

  const direct = (
    what: Omit<Once, "channel" | "thread">,
    to: PersonId,
    everybody?: People,
  ): Promise<void> =>
    where.withPerson(to, (channel) => once(tools, { ...what, channel, thread: null }), everybody);

  const sayTo = async (
    { key, body, doubtSince }: Sending<"line"> | Sending<"direct">,
    person: PersonId,
    everybody: People,
  ): Promise<void> => {
    const message = await alone(where, body, everybody);
    const about = { channel: body.channel, escalation: body.escalation, to: [person] };
    await direct({ key, doubtSince, message, about }, person, everybody);
  };

  return {
    name: "slack",
    pace,
    direct: true,
    reaches: (person) => directory.reaches(person),
    onUnreached: directory.onLost,
    serves: (channel) => Boolean(channels().get(channel)?.slack),
    showCard: (message, card) => show(tools, message, card),
    say: (message, everybody) => {
      const { channel: key, to } = message.body;
      return orToEach(
        () =>
          where.inChannel(key, (channel) => sayIn(tools, { sending: message, everybody, channel })),
        {
          to,
          alone: (person) =>
            sayTo({ ...message, key: `${message.key}:${person}` }, person, everybody),
          isClosed: (fault) => fault instanceof ChannelUnavailable,
        },
      );
    },
    directMessage: async (message, everybody) => {
      const { escalation, channel, person } = message.body;
      if (escalation !== "" && channels().get(channel)?.slack) await where.cardSoon(escalation);
      await sayTo(message, person, everybody);
    },
    amend: amendIn(tools, store),
    digest: async ({ key, doubtSince }, digest, { id }) => {
      const message = slackDigest(digest, people(), channelOf);
      const about = { channel: "", escalation: "" as const, to: [id] };
      await direct({ key, doubtSince, message, about }, id);
    },
  };
}

/** Says something once: what is kept under the key was said already. */
async function once({ where, outgoings, keep }: Tools, { about, ...going }: Once): Promise<void> {
  if ((await where.placeOf(going.key)) !== null) return;
  const simpler = [wordsAlone(going.message)];
  const place = await outgoings.post({ ...going, simpler });
  await keep(going.key, place, about, fingerprint(going.message));
}

/** Says a line in a channel: beside its card, where there is one. */
async function sayIn(
  tools: Tools,
  {
    sending: { key, body, doubtSince, attempts },
    everybody,
    channel,
  }: { readonly sending: Sending<"line">; readonly everybody: People; readonly channel: string },
): Promise<void> {
  const { escalation, to } = body;
  const thread = await tools.where.threadOf(escalation, attempts);
  const message = slackLine(body, everybody);
  const about = { channel: body.channel, escalation, to };
  const place = thread ? { channel: thread.channel, thread: thread.ts } : { channel, thread };
  await once(tools, { key, ...place, doubtSince, message, about });
}

/** As somebody alone reads it, who needs no mention there: with the way to the card. */
async function alone(
  where: Destinations,
  told: DirectSentence,
  everybody: People,
): Promise<SlackMessage> {
  const { escalation } = told;
  const url = escalation === "" ? null : await where.linkTo(escalation);
  const link: Link | null = url === null ? null : { text: common.openCard, url };
  return slackLine({ ...told, to: [] }, everybody, link);
}

/** Edits what was said to people by themselves, as far as it reads otherwise now. */
const amendIn =
  ({ where, outgoings, keep }: Tools, store: Pick<Store, "directsOf">): Chat["amend"] =>
  async ({ body }, now, everybody) => {
    const { escalation, channel } = body;
    const asked = new Set<PersonId>();
    for (const { key, to, body: said, at } of await store.directsOf("slack", escalation)) {
      const [person] = to;
      const place = await where.placeOf(key);
      if (person === undefined || place === null) continue;
      const view = now(person);
      // What is pressed stands in the newest of several messages to one person.
      const buttons = asked.has(person) ? [] : view.buttons;
      asked.add(person);
      const message = await alone(where, { ...view, channel, escalation, buttons }, everybody);
      if (said === fingerprint(message)) continue;
      await whileThere(() => outgoings.edit(place, message, [wordsAlone(message)]));
      await keep(key, place, { channel, escalation, to, at }, fingerprint(message));
    }
  };

const wordsAlone = ({ text }: SlackMessage): SlackMessage => ({ text, blocks: [] });

/** Whatever is left of a message is left as it is where Slack lets nobody edit it any more. */
async function whileThere(edit: () => Promise<boolean>): Promise<void> {
  try {
    await edit();
  } catch (fault) {
    const refusal = fault instanceof SendFault ? refusalOf(fault.cause) : null;
    if (refusal === null || !isBarred(refusal)) throw fault;
  }
}

type Keep = (
  key: string,
  place: MessageAddress,
  about: About,
  said?: string | null,
) => Promise<void>;

const keepIn =
  ({ store, clock }: Pick<SlackChatParts, "store" | "clock">): Keep =>
  (key, { channel, ts }, about, said = null) =>
    store.saveMessage({
      chat: "slack",
      key,
      place: `${channel}:${ts}`,
      body: said,
      at: clock.now(),
      ...about,
    });

interface Tools {
  readonly where: Destinations;
  readonly outgoings: MessageSender;
  readonly keep: Keep;
  readonly people: () => People;
  readonly publicUrl: string;
}

const nowhere: MessageAddress = { channel: "", ts: "" };

/**
 * Edits the card where it is, and posts it where it is not: also where its channel is another now,
 * and the old copy says which.
 */
async function show(tools: Tools, message: Sending<"card">, card: Card): Promise<void> {
  const { where, outgoings, keep, people, publicUrl } = tools;
  const { key, body, doubtSince } = message;
  const { channel: channelKey, escalation } = body;
  const about = { channel: channelKey, escalation, to: [] };
  const drawn = (first: boolean): SlackMessage =>
    slackCard(card, { people: people(), channel: channelKey, first });
  const link = { text: common.openConsole, url: consoleLink(publicUrl, escalation) };
  const simpler = [smallCard(card, channelKey, link), plainCard(card), wordsAlone(drawn(false))];
  const before = await where.placeOf(key);
  if (before && (await where.channelNow(channelKey)) === null) {
    // Another chat has the channel.
    await keep(leftBehind(key), before, about);
    await keep(key, nowhere, about);
    return settleLeft(tools, message, card);
  }
  await where.inChannel(channelKey, async (channel) => {
    const here = before?.channel === channel ? before : null;
    if (here && (await outgoings.edit(here, drawn(false), simpler))) return;
    if (before && !here) await keep(leftBehind(key), before, about);
    // A card that somebody deleted comes back, and calls nobody a second time; nor does one that
    // moves.
    const isNew = before === null;
    const going = { key, channel, thread: null, doubtSince, simpler, instead: before };
    const place = await outgoings.post({ ...going, message: drawn(isNew) });
    await keep(key, place, { ...about, to: isNew ? card.notify : [] });
    // What was found instead of sent may be an older drawing.
    if (doubtSince !== null) await outgoings.edit(place, drawn(false), simpler);
  });
  await settleLeft(tools, message, card);
}

/** Under this key stands where a card was, until the copy there says where it went. */
const leftBehind = (key: string): string => `left:${key}`;

async function settleLeft(
  { where, outgoings, keep }: Tools,
  { key, body: { channel, escalation } }: Sending<"card">,
  card: Card,
): Promise<void> {
  const left = await where.placeOf(leftBehind(key));
  if (!left) return;
  const link = { text: common.moved(channel), url: await where.linkTo(escalation) };
  const message = movedCard(card, link);
  await whileThere(() => outgoings.edit(left, message, [wordsAlone(message)]));
  await keep(leftBehind(key), nowhere, { channel, escalation, to: [] });
}
