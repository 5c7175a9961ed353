import type { Chat, Clock, Pace, Random, Sending, Store } from "../../app/ports.ts";
import type { Card } from "../../core/card.ts";
import type { EscalationId, PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people.ts";
import { orToEach } from "../any/each.ts";
import { teamsCard } from "./card.ts";
import { teamsDigest } from "./digest.ts";
import type { Directory } from "./directory.ts";
import { teamsLine } from "./line.ts";
import { createOutgoings, type Going, type Outgoings } from "./outgoing.ts";
import { createWhere, NowhereFault, type Where, type WhereParts } from "./where.ts";

/**
 * As fast as Teams wants to be spoken to: 7 messages a second in a thread, 30 requests a second in all, of which edits are some.
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

export interface TeamsChatParts extends WhereParts {
  readonly directory: Directory;
  readonly store: WhereParts["store"] & Pick<Store, "saveMessage">;
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
}

interface Once extends Going {
  readonly about: About;
}

/** Teams as a chat. Where Teams has a message is kept as `<conversation>|<activity>` under the message's key. */
export const createTeamsChat = (parts: TeamsChatParts): Chat => {
  const { directory, people, channels, channelOf, pace, random } = parts;
  const where = createWhere(parts);
  const chance = (): number => (random.salt()[0] ?? 0) / 256;
  const outgoings = createOutgoings({ ...parts, where, chance });

  const keep = keepIn(parts);

  /** Says something once: what is kept under the key was said already. */
  const once = async ({ about, ...going }: Once): Promise<void> => {
    if ((await where.placeOf(going.key)) !== null) return;
    await keep(going.key, await outgoings.post(going), about);
  };

  const direct = async (what: Omit<Once, "conversation" | "thread">, to: PersonId): Promise<void> =>
    once({ ...what, conversation: await where.conversationWith(to), thread: "" });

  const say = async (
    { key, body, doubtSince, attempts }: Sending<"line">,
    everybody: People,
    channel: string,
  ): Promise<void> => {
    const { escalation, to } = body;
    const card = await where.threadOf(escalation, attempts);
    const drawn = (repeat: boolean) => teamsLine(body, everybody, repeat);
    const about = { channel: body.channel, escalation, to };
    const place = card
      ? { conversation: card.conversation, thread: card.id }
      : { conversation: channel, thread: "" };
    await once({ key, doubtSince, attempts, ...place, drawn, about });
  };

  /** To somebody alone, who needs no mention there. */
  const sayTo = async (
    { key, body, doubtSince, attempts }: Sending<"line"> | Sending<"direct">,
    person: PersonId,
    everybody: People,
  ): Promise<void> => {
    const drawn = (repeat: boolean) => teamsLine({ ...body, to: [] }, everybody, repeat);
    const about = { channel: body.channel, escalation: body.escalation, to: [person] };
    await direct({ key, doubtSince, attempts, drawn, about }, person);
  };

  return {
    name: "teams",
    pace,
    direct: true,
    reaches: (person) => directory.reaches(person),
    serves: (channel) => Boolean(channels().get(channel)?.teams),
    showCard: (message, card) =>
      where.inChannel(message.body.channel, (conversation) =>
        show({ where, outgoings, keep, people }, message, card, conversation),
      ),
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
    digest: async ({ key, doubtSince, attempts }, digest, { id }) => {
      const drawn = (repeat: boolean) => teamsDigest(digest, channelOf, repeat);
      const about = { channel: "", escalation: "" as const, to: [id] };
      await direct({ key, doubtSince, attempts, drawn, about }, id);
    },
  };
};

type Keep = (
  key: string,
  place: { readonly conversation: string; readonly id: string },
  about: About,
) => Promise<void>;

const keepIn =
  ({ store, clock }: Pick<TeamsChatParts, "store" | "clock">): Keep =>
  (key, { conversation, id }, about) =>
    store.saveMessage({
      ...{ chat: "teams", key, place: `${conversation}|${id}`, body: null, ...about },
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
  { key, body, doubtSince, attempts }: Sending<"card">,
  card: Card,
  conversation: string,
): Promise<void> => {
  const drawn = (first: boolean, repeat: boolean) =>
    teamsCard(card, { people: people(), channel: body.channel, first, repeat });
  const before = await where.placeOf(key);
  if (before && (await outgoings.edit(before, drawn(false, false)))) return;
  // A card that somebody deleted comes back, and calls nobody a second time.
  const isNew = before === null;
  const place = await outgoings.post({
    ...{ key, doubtSince, attempts, conversation, thread: "" },
    drawn: (repeat) => drawn(isNew && !repeat, repeat),
  });
  const { channel, escalation } = body;
  await keep(key, place, { channel, escalation, to: isNew ? card.notify : [] });
};
