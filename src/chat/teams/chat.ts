import type { Chat, Clock, Pace, Random, Sending, Store } from "../../app/ports.ts";
import type { Button, Card, Line } from "../../core/card/card.ts";
import type { EscalationId, Instant, PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people/person.ts";
import { orToEach } from "../shared/fallback-to-dm.ts";
import { consoleLink, type Link } from "../shared/links.ts";
import { fingerprint } from "../shared/request-helpers.ts";
import * as common from "../shared/words.ts";
import {
  ChannelUnavailable,
  createDestinations,
  type Destinations,
  type DestinationsParts,
  type MessageAddress,
} from "./outbound/destinations.ts";
import type { Directory } from "./outbound/directory.ts";
import {
  createMessageSender,
  type Drawn,
  type MessageSender,
  type OutgoingMessage,
} from "./outbound/sender.ts";
import { movedCard, smallCard, teamsCard } from "./render/card.ts";
import { teamsDigest } from "./render/digest.ts";
import { teamsLine } from "./render/line.ts";

/**
 * As fast as Teams wants to be spoken to: 7 messages a second in a thread, 30 requests a second in
 * all, of which edits are some.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
 */
export const productionPace: Pace = {
  perLane: 1,
  laneMs: 300,
  editMs: 2_000,
  leaseMs: 60_000,
  doubtMs: 20_000,
  retryMs: 2_000,
};

export interface TeamsChatParts extends DestinationsParts {
  readonly directory: Directory;
  readonly store: DestinationsParts["store"] & Pick<Store, "saveMessage" | "directsOf">;
  readonly clock: Clock;
  readonly random: Pick<Random, "salt">;
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

interface Once extends OutgoingMessage {
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
 * Teams as a chat. Where Teams has a message is kept as `<conversation>|<activity>` under the
 * message's key.
 */
export function createTeamsChat(parts: TeamsChatParts): Chat {
  const { directory, people, channels, channelOf, pace, random, store, publicUrl } = parts;
  const where = createDestinations(parts);
  const chance = (): number => (random.salt()[0] ?? 0) / 256;
  const outgoings = createMessageSender({ ...parts, where, chance });

  const tools = { where, outgoings, keep: keepIn(parts), people, publicUrl };

  const direct = (
    what: Omit<Once, "conversation" | "thread">,
    to: PersonId,
    everybody?: People,
  ): Promise<void> =>
    where.withPerson(
      to,
      (conversation) => once(tools, { ...what, conversation, thread: "" }),
      everybody,
    );

  const sayTo = async (
    { key, body, doubtSince, attempts }: Sending<"line"> | Sending<"direct">,
    person: PersonId,
    everybody: People,
  ): Promise<void> => {
    const drawn = await alone(where, body, everybody);
    const about = { channel: body.channel, escalation: body.escalation, to: [person] };
    await direct({ key, doubtSince, attempts, drawn, about }, person, everybody);
  };

  return {
    name: "teams",
    pace,
    direct: true,
    reaches: (person) => directory.reaches(person),
    serves: (channel) => Boolean(channels().get(channel)?.teams),
    onUnreached: directory.onLost,
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
      if (escalation !== "" && where.channelNow(channel) !== null) await where.cardSoon(escalation);
      await sayTo(message, person, everybody);
    },
    amend: amendIn(tools, store),
    digest: async ({ key, doubtSince, attempts }, digest, { id }) => {
      const drawn: Drawn = (repeat, small) => teamsDigest(digest, { channelOf, repeat, small });
      const about = { channel: "", escalation: "" as const, to: [id] };
      await direct({ key, doubtSince, attempts, drawn, about }, id);
    },
  };
}

/** Says something once: what is kept under the key was said already. */
async function once({ where, outgoings, keep }: Tools, { about, ...going }: Once): Promise<void> {
  if ((await where.placeOf(going.key)) !== null) return;
  const said = fingerprint(going.drawn(false, false));
  await keep(going.key, await outgoings.post(going), about, said);
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
  const card = await tools.where.threadOf(escalation, attempts);
  const drawn: Drawn = (repeat, small) =>
    teamsLine(body, { people: everybody, repeat, how: { small } });
  const about = { channel: body.channel, escalation, to };
  const place = card
    ? { conversation: card.conversation, thread: card.id }
    : { conversation: channel, thread: "" };
  await once(tools, { key, doubtSince, attempts, ...place, drawn, about });
}

/** As somebody alone reads it, who needs no mention there: with the way to the card. */
async function alone(where: Destinations, told: DirectSentence, everybody: People): Promise<Drawn> {
  const { escalation } = told;
  const url = escalation === "" ? null : await where.linkTo(escalation);
  const link: Link | null = url === null ? null : { text: common.openCard, url };
  return (repeat, small) =>
    teamsLine({ ...told, to: [] }, { people: everybody, repeat, how: { small, link } });
}

/** Edits what was said to people by themselves, as far as it reads otherwise now. */
const amendIn =
  ({ where, outgoings, keep }: Tools, store: Pick<Store, "directsOf">): Chat["amend"] =>
  async ({ body }, now, everybody) => {
    const { escalation, channel } = body;
    const asked = new Set<PersonId>();
    for (const { key, to, body: said, at } of await store.directsOf("teams", escalation)) {
      const [person] = to;
      const place = await where.placeOf(key);
      if (person === undefined || place === null) continue;
      const view = now(person);
      // What is pressed stands in the newest of several messages to one person.
      const buttons = asked.has(person) ? [] : view.buttons;
      asked.add(person);
      const drawn = await alone(where, { ...view, channel, escalation, buttons }, everybody);
      const says = fingerprint(drawn(false, false));
      if (said === says) continue;
      const repeat = await outgoings.isRepeat(key);
      await outgoings.edit(key, place, (_, small) => drawn(repeat, small));
      await keep(key, place, { channel, escalation, to, at }, says);
    }
  };

type Keep = (
  key: string,
  place: MessageAddress,
  about: About,
  said?: string | null,
) => Promise<void>;

const keepIn =
  ({ store, clock }: Pick<TeamsChatParts, "store" | "clock">): Keep =>
  (key, { conversation, id }, about, said = null) =>
    store.saveMessage({
      chat: "teams",
      key,
      place: `${conversation}|${id}`,
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

const nowhere: MessageAddress = { conversation: "", id: "" };

/**
 * Edits the card where it is, and posts it where it is not: also where its channel is another now,
 * and the old copy says which.
 */
async function show(tools: Tools, message: Sending<"card">, card: Card): Promise<void> {
  const { where, outgoings, keep, people, publicUrl } = tools;
  const { key, body, doubtSince, attempts } = message;
  const { channel, escalation } = body;
  const about = { channel, escalation, to: [] };
  const link = { text: common.openConsole, url: consoleLink(publicUrl, escalation) };
  const drawnFor =
    (first: boolean): Drawn =>
    (repeat, small) =>
      small
        ? smallCard(card, channel, link)
        : teamsCard(card, { people: people(), channel, first: first && !repeat, repeat });
  const before = await where.placeOf(key);
  if (before && where.channelNow(channel) === null) {
    // Another chat has the channel.
    await keep(leftBehind(key), before, about);
    await keep(key, nowhere, about);
    return settleLeft(tools, message, card);
  }
  await where.inChannel(channel, async (conversation) => {
    const here = before?.conversation === conversation ? before : null;
    if (here && (await outgoings.edit(key, here, drawnFor(false)))) return;
    if (before && !here) await keep(leftBehind(key), before, about);
    // A card that somebody deleted comes back, and calls nobody a second time; nor does one that
    // moves.
    const isNew = before === null;
    const drawn = drawnFor(isNew);
    const going = { key, doubtSince, attempts, conversation, thread: "", drawn };
    await keep(key, await outgoings.post(going), { ...about, to: isNew ? card.notify : [] });
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
  await outgoings.edit(leftBehind(key), left, () => movedCard(card, link));
  await keep(leftBehind(key), nowhere, { channel, escalation, to: [] });
}
