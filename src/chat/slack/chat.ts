import type { Chat, Pace, Sending, Store } from "../../app/ports.ts";
import type { Card } from "../../core/card.ts";
import type { EscalationId, Instant, PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people.ts";
import { orToEach } from "../any/each.ts";
import { plainCard, type SlackMessage, slackCard } from "./card.ts";
import { slackDigest } from "./digest.ts";
import type { Directory } from "./directory.ts";
import { slackLine } from "./line.ts";
import { createOutgoings, type Outgoings, type Place } from "./outgoing.ts";
import { createWhere, NowhereFault, type Where, type WhereParts } from "./where.ts";

/** As fast as Slack wants to be spoken to. Spacing counts from claim to claim, hence a little more than its second. */
export const productionPace: Pace = {
  perLane: 1,
  laneMs: 1_050,
  editMs: 5_000,
  leaseMs: 60_000,
  doubtMs: 20_000,
  retryMs: 2_000,
};

export interface SlackChatParts extends WhereParts {
  readonly directory: Directory;
  readonly store: Pick<Store, "messageOf" | "saveMessage">;
  /** The policy's key of the channel a deployment belongs to. */
  readonly channelOf: (deployment: string) => string;
  readonly pace: Pace;
}

interface About {
  /** The policy's key of the channel. */
  readonly channel: string;
  readonly escalation: EscalationId | "";
  readonly to: readonly PersonId[];
}

interface Once {
  readonly key: string;
  readonly channel: string;
  readonly thread: string | null;
  readonly doubtSince: Instant | null;
  readonly message: SlackMessage;
  readonly about: About;
}

/** Slack as a chat. Where Slack has a message is kept as `<channel>:<ts>` under the message's key. */
export const createSlackChat = (parts: SlackChatParts): Chat => {
  const { directory, people, channels, channelOf, pace } = parts;
  const where = createWhere(parts);
  const outgoings = createOutgoings(parts.api, parts.tell);

  const keep = keepIn(parts);

  const tools = { where, outgoings, keep, people };

  /** Says something once: what is kept under the key was said already. */
  const once = async ({ about, ...going }: Once): Promise<void> => {
    if ((await where.placeOf(going.key)) !== null) return;
    const plain = { text: going.message.text, blocks: [] };
    await keep(going.key, await outgoings.post({ ...going, plain }), about);
  };

  const direct = async (what: Omit<Once, "channel" | "thread">, to: PersonId): Promise<void> =>
    once({ ...what, channel: await where.conversationWith(to), thread: null });

  const say = async (
    { key, body, doubtSince, attempts }: Sending<"line">,
    everybody: People,
    channel: string,
  ): Promise<void> => {
    const { escalation, to } = body;
    const thread = await where.threadOf(escalation, attempts);
    const message = slackLine(body, everybody);
    const about = { channel: body.channel, escalation, to };
    const place = thread ? { channel: thread.channel, thread: thread.ts } : { channel, thread };
    await once({ key, ...place, doubtSince, message, about });
  };

  /** To somebody alone, who needs no mention there. */
  const sayTo = async (
    { key, body, doubtSince }: Sending<"line"> | Sending<"direct">,
    person: PersonId,
    everybody: People,
  ): Promise<void> => {
    const message = slackLine({ ...body, to: [] }, everybody);
    const about = { channel: body.channel, escalation: body.escalation, to: [person] };
    await direct({ key, doubtSince, message, about }, person);
  };

  return {
    name: "slack",
    pace,
    direct: true,
    reaches: (person) => directory.reaches(person),
    serves: (channel) => Boolean(channels().get(channel)?.slack),
    showCard: (message, card) =>
      where.inChannel(message.body.channel, (channel) => show(tools, message, card, channel)),
    say: (message, everybody) => {
      const { channel: key, to } = message.body;
      return orToEach(
        () => where.inChannel(key, (channel) => say(message, everybody, channel)),
        to,
        (person) => sayTo({ ...message, key: `${message.key}:${person}` }, person, everybody),
        (fault) => fault instanceof NowhereFault,
      );
    },
    whisper: (message, everybody) => sayTo(message, message.body.person, everybody),
    digest: async ({ key, doubtSince }, digest, { id }) => {
      const message = slackDigest(digest, people(), channelOf);
      const about = { channel: "", escalation: "" as const, to: [id] };
      await direct({ key, doubtSince, message, about }, id);
    },
  };
};

type Keep = (key: string, place: Place, about: About) => Promise<void>;

const keepIn =
  ({ store, clock }: Pick<SlackChatParts, "store" | "clock">): Keep =>
  (key, { channel, ts }, about) =>
    store.saveMessage({
      ...{ chat: "slack", key, place: `${channel}:${ts}`, body: null, ...about },
      at: clock.now(),
    });

interface Tools {
  readonly where: Where;
  readonly outgoings: Outgoings;
  readonly keep: Keep;
  readonly people: () => People;
}

/** Edits the card where it is, and posts it where it is not. */
const show = async (
  { where, outgoings, keep, people }: Tools,
  { key, body, doubtSince }: Sending<"card">,
  card: Card,
  channel: string,
): Promise<void> => {
  const drawn = (first: boolean): SlackMessage =>
    slackCard(card, { people: people(), channel: body.channel, first });
  const plain = plainCard(card);
  const before = await where.placeOf(key);
  if (before && (await outgoings.edit(before, drawn(false), plain))) return;
  // A card that somebody deleted comes back, and calls nobody a second time.
  const isNew = before === null;
  const message = drawn(isNew);
  const going = { key, channel, thread: null, doubtSince, message, plain, instead: before };
  const place = await outgoings.post(going);
  const { channel: channelKey, escalation } = body;
  await keep(key, place, { channel: channelKey, escalation, to: isNew ? card.notify : [] });
  // What was found instead of sent may be an older drawing.
  if (doubtSince !== null) await outgoings.edit(place, drawn(false), plain);
};
