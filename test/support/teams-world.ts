import { expect, onTestFinished } from "vitest";
import type { EscalationId } from "../../src/core/ids.ts";
import type { Kind } from "./databases.ts";
import { cardOf, type TeamsPeople, teamsPeople } from "./teams-people.ts";
import { readCard } from "./teams-reading.ts";
import {
  appId,
  modelRisk,
  startTeamsServer,
  type TeamsKept,
  type TeamsServer,
  tenant,
} from "./teams-server.ts";
import { openWorld, type Wishes } from "./world.ts";
import type { World } from "./world-shape.ts";

/** The world with Teams: signed activities in, Connector calls out. */
export interface TeamsWorld extends World, TeamsPeople {
  readonly teams: TeamsServer;
  /** The current card in Teams; there is exactly one. */
  posted(id: EscalationId): Posted;
  /** The replies to a card, as text. */
  thread(id: EscalationId): readonly string[];
}

interface Posted {
  readonly message: TeamsKept;
  readonly summary: string;
  readonly text: string;
  readonly buttons: readonly string[];
}

/** Without pauses. */
export const hastyTeams = {
  pace: { perLane: 8, laneMs: 0, editMs: 0, leaseMs: 30_000, doubtMs: 100, retryMs: 50 },
  timeout: 2_000,
} as const;

export interface TeamsWishes extends Wishes {
  /** The state of Teams before the start. */
  readonly teams?: (teams: TeamsServer) => void;
  /** Whether the app is in the team already; true unless said otherwise. */
  readonly installed?: boolean;
}

export const teamsEnv = {
  MICROSOFT_APP_ID: appId,
  MICROSOFT_APP_PASSWORD: "teams-client-secret-for-tests-0123456789",
  MICROSOFT_APP_TENANT_ID: tenant,
};

/** Opens it; at the end nothing may have been sent that Teams would not draw. */
export async function openTeamsWorld(kind: Kind, wishes: TeamsWishes = {}): Promise<TeamsWorld> {
  const teams = await startTeamsServer();
  wishes.teams?.(teams);
  onTestFinished(() => expect(teams.problems).toEqual([]));
  const world = await openWorld(kind, {
    ...wishes,
    teamsTimes: { ...hastyTeams, cloud: teams.cloud },
    env: { ...teamsEnv, ...wishes.env },
  });
  const people = teamsPeople(teams, {
    url: () => world.server().url,
    settle: world.settle,
  });
  if (wishes.installed !== false) await people.install("dana");
  return {
    ...world,
    ...people,
    teams,
    posted: (id) => cardInTeams(teams, id),
    thread: (id) => {
      const { message } = cardInTeams(teams, id);
      return teams
        .messagesIn(modelRisk)
        .filter((item) => item.root === message.id && item.id !== message.id)
        .map((message) => readCard(cardOf(message)).lines.join("\n"));
    },
  };
}

/** The one card of an escalation as Teams has it now. */
export function cardInTeams(teams: TeamsServer, id: EscalationId): Posted {
  const cards = teams
    .messagesIn(modelRisk)
    .filter(
      (message) =>
        message.root === message.id &&
        readCard(cardOf(message)).lines.some((line) => line.endsWith(` · ${id}`)),
    );
  const [message] = cards;
  if (!message || cards.length > 1)
    throw new Error(`Teams has ${cards.length} cards of ${id}, not one`);
  const { lines, actions } = readCard(cardOf(message));
  return {
    message,
    summary: String(message.activity["summary"]),
    text: lines.join("\n"),
    buttons: actions.map(({ title }) => title),
  };
}
