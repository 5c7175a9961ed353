import { expect, onTestFinished } from "vitest";
import type { EscalationId } from "../../src/core/ids.ts";
import type { Kind } from "./databases.ts";
import { riskChannel, type SlackPeople, signingSecret, slackPeople } from "./slack-people.ts";
import { walkBlocks } from "./slack-reading.ts";
import { type SlackServer, startSlackServer } from "./slack-server.ts";
import type { SlackMessageKept } from "./slack-types.ts";
import { openWorld, type Wishes } from "./world.ts";
import type { World } from "./world-shape.ts";

/** The world with Slack: signed requests in, Web API calls out. */
export interface SlackWorld extends World, SlackPeople {
  readonly slack: SlackServer;
  /** The current card in Slack; there is exactly one. */
  posted(id: EscalationId): Posted;
  /** The replies to a card, as text. */
  thread(id: EscalationId): readonly string[];
}

interface Posted {
  readonly message: SlackMessageKept;
  readonly text: string;
  readonly buttons: readonly string[];
}

export const slackToken = "xoxb-for-tests";

interface SlackWishes extends Wishes {
  /** The state of Slack before the start. */
  readonly slack?: (slack: SlackServer) => void;
}

/** Opens it; at the end nothing may have been sent that Slack would refuse. */
export async function openSlackWorld(kind: Kind, wishes: SlackWishes = {}): Promise<SlackWorld> {
  const slack = await startSlackServer(slackToken);
  wishes.slack?.(slack);
  onTestFinished(() => expect(slack.problems).toEqual([]));
  const world = await openWorld(kind, {
    ...wishes,
    env: {
      SLACK_BOT_TOKEN: slackToken,
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_API_URL: slack.apiUrl,
      ...wishes.env,
    },
  });
  const people = slackPeople(slack, {
    url: () => world.server().url,
    now: () => world.clock.now(),
    settle: world.settle,
  });
  return {
    ...world,
    ...people,
    slack,
    posted: (id) => cardInSlack(slack, id),
    thread: (id) => {
      const root = cardInSlack(slack, id).message.ts;
      const replies = slack.messagesIn(riskChannel).filter(({ thread_ts }) => thread_ts === root);
      return replies.map(({ blocks }) => walkBlocks(blocks).lines.join("\n"));
    },
  };
}

/** The one card of an escalation as Slack has it now. */
export function cardInSlack(slack: SlackServer, id: EscalationId): Posted {
  const cards = slack
    .messagesIn(riskChannel)
    .filter(({ metadata }) => metadata?.event_payload["key"] === `card:${id}`);
  const [message] = cards;
  if (!message || cards.length > 1)
    throw new Error(`Slack has ${cards.length} cards of ${id}, not one`);
  const read = walkBlocks(message.blocks);
  const buttons = read.buttons.map(({ label }) => label);
  return { message, text: read.lines.join("\n"), buttons };
}
