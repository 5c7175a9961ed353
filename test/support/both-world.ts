import { expect, onTestFinished } from "vitest";
import type { EscalationId } from "../../src/core/ids.ts";
import type { Kind } from "./databases.ts";
import { type SlackPeople, signingSecret, slackPeople } from "./slack-people.ts";
import { type SlackServer, startSlackServer } from "./slack-server.ts";
import { cardInSlack, slackToken } from "./slack-world.ts";
import { type TeamsPeople, teamsPeople } from "./teams-people.ts";
import { startTeamsServer, type TeamsServer } from "./teams-server.ts";
import { cardInTeams, hastyTeams, teamsEnv } from "./teams-world.ts";
import { openWorld, type Wishes } from "./world.ts";
import type { World } from "./world-shape.ts";

/** The world with both Slack and Teams: one channel of the policy, in both. */
export interface BothWorld extends World {
  readonly slack: SlackServer;
  readonly teams: TeamsServer;
  readonly inSlack: SlackPeople;
  readonly inTeams: TeamsPeople;
  /** The texts and buttons of both cards of an escalation; there is exactly one in each. */
  cards(id: EscalationId): Readonly<Record<"slack" | "teams", Shown>>;
  /** Settles until nothing waits. */
  said(): Promise<void>;
}

interface Shown {
  readonly lines: readonly string[];
  readonly buttons: readonly string[];
}

export async function openBothWorld(kind: Kind, wishes: Wishes = {}): Promise<BothWorld> {
  const [slack, teams] = [await startSlackServer(slackToken), await startTeamsServer()];
  onTestFinished(() => expect([...slack.problems, ...teams.problems]).toEqual([]));
  const world = await openWorld(kind, {
    ...wishes,
    teamsTimes: { ...hastyTeams, cloud: teams.cloud },
    env: {
      SLACK_BOT_TOKEN: slackToken,
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_API_URL: slack.apiUrl,
      ...teamsEnv,
      ...wishes.env,
    },
  });
  const place = {
    url: () => world.server().url,
    now: () => world.clock.now(),
    settle: world.settle,
  };
  const inTeams = teamsPeople(teams, place);
  await inTeams.install("dana");
  return {
    ...world,
    slack,
    teams,
    inTeams,
    inSlack: slackPeople(slack, place),
    cards: (id) => {
      const [posted, other] = [cardInSlack(slack, id), cardInTeams(teams, id)];
      return {
        slack: { lines: posted.text.split("\n"), buttons: posted.buttons },
        teams: { lines: other.text.split("\n"), buttons: other.buttons },
      };
    },
    said: async () => {
      for (let look = 0; look < 40; look += 1) {
        await world.settle();
        if ((await world.server().store.backlog()).outbox === 0) return;
      }
    },
  };
}
