import type { Chat, Pace, Store } from "../../app/ports.ts";
import { createMessageChat } from "../shared/message-chat.ts";
import type { Forms } from "../shared/message-chat-parts.ts";
import { createDestinations, type DestinationsParts, isBarred } from "./outbound/destinations.ts";
import type { Directory } from "./outbound/directory.ts";
import { createSlackSender } from "./outbound/sender.ts";
import { movedCard, plainCard, type SlackMessage, slackCard, smallCard } from "./render/card.ts";
import { slackDigest } from "./render/digest.ts";
import { slackLine } from "./render/line.ts";

/**
 * Slack's rate limit is one message a second and channel. The gap is counted from claim to claim,
 * so it is a little longer.
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

/** Slack as a chat. A message's address is stored as `<channel>:<ts>`. */
export function createSlackChat(parts: SlackChatParts): Chat {
  const { api, people, channelOf, tell } = parts;
  return createMessageChat({
    ...parts,
    name: "slack",
    destinations: createDestinations(parts),
    sender: createSlackSender(api, tell),
    // Slack is asked whether it has a message, so none is marked as a possible repeat.
    isRepeat: async () => false,
    isBarred,
    draw: {
      card: (card, { channel, first, console }) => {
        const message = slackCard(card, { people: people(), channel, first });
        const small = smallCard(card, channel, console);
        return () => [message, small, plainCard(card), textOnly(message)];
      },
      moved: (card, link) => orTextOnly(movedCard(card, link))(false),
      line: (said, everybody, link) => orTextOnly(slackLine(said, everybody, link)),
      digest: (digest) => orTextOnly(slackDigest(digest, people(), channelOf)),
    },
  });
}

const textOnly = ({ text }: SlackMessage): SlackMessage => ({ text, blocks: [] });

const orTextOnly =
  (message: SlackMessage): Forms<SlackMessage> =>
  () => [message, textOnly(message)];
