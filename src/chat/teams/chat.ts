import type { Chat, Clock, Pace, Random, Store } from "../../app/ports.ts";
import { createMessageChat } from "../shared/message-chat.ts";
import { createDestinations, type DestinationsParts } from "./outbound/destinations.ts";
import type { Directory } from "./outbound/directory.ts";
import { createTeamsSender, isRepeat } from "./outbound/sender.ts";
import { movedCard, smallCard, teamsCard } from "./render/card.ts";
import { teamsDigest } from "./render/digest.ts";
import { teamsLine } from "./render/line.ts";

/**
 * Teams' rate limits: 7 messages a second in a thread, 30 requests a second in all, edits included.
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

/** Teams as a chat. A message's address is stored as `<conversation>|<activity>`. */
export function createTeamsChat(parts: TeamsChatParts): Chat {
  const { people, channelOf, random, store } = parts;
  const destinations = createDestinations(parts);
  const { conversationAddress } = destinations;
  const chance = (): number => (random.salt()[0] ?? 0) / 256;
  return createMessageChat({
    ...parts,
    name: "teams",
    destinations,
    sender: createTeamsSender({ ...parts, conversationAddress, chance }),
    isRepeat: (key) => isRepeat(store, key),
    // The sender treats every refused edit as final.
    isBarred: () => false,
    draw: {
      card:
        (card, { channel, first, console }) =>
        (repeat) => [
          teamsCard(card, { people: people(), channel, first: first && !repeat, repeat }),
          smallCard(card, channel, console),
        ],
      moved: (card, link) => [movedCard(card, link)],
      line: (said, everybody, link) => (repeat) =>
        sizes((small) => teamsLine(said, { people: everybody, repeat, how: { small, link } })),
      digest: (digest) => (repeat) =>
        sizes((small) => teamsDigest(digest, { channelOf, repeat, small })),
    },
  });
}

const sizes = <Message>(draw: (small: boolean) => Message): readonly Message[] => [
  draw(false),
  draw(true),
];
