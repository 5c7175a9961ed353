import type { EscalationId } from "../../src/core/ids.ts";
import type { BothWorld } from "./both-world.ts";
import { userOf } from "./slack-people.ts";
import { walkBlocks } from "./slack-reading.ts";
import { cardInSlack } from "./slack-world.ts";
import { cardOf } from "./teams-people.ts";
import { readCard } from "./teams-reading.ts";
import { modelRisk } from "./teams-server.ts";
import { cardInTeams } from "./teams-world.ts";

/** Messages in Slack and in Teams: each a list of texts, oldest first. */
export interface Everywhere {
  readonly slack: readonly string[];
  readonly teams: readonly string[];
}

/** The same in both. */
export function everywhere(texts: readonly string[]): Everywhere {
  return {
    slack: texts,
    teams: texts,
  };
}

/** The link to the card: a line in Slack, a button in Teams. */
const toCard = "Open the card";

const names = new Map(
  Object.entries({
    ana: "Ana Ruiz",
    bob: "Bob Okafor",
    chidi: "Chidi Lindt",
    dana: "Dana Weiss",
    erin: "Erin Sato",
    frank: "Frank Moreau",
  }).map(([key, name]) => [userOf(key), name]),
);

/** Slack's ids as the names that it shows for them. */
export function named(text: string): string {
  return text.replaceAll(/@(U0[A-Z0-9]+)/g, (all, id: string) => `@${names.get(id) ?? all}`);
}

/** The current direct messages to a person. */
export function directsTo({ slack, teams }: BothWorld, person: string): Everywhere {
  return {
    slack: slack
      .directs(userOf(person))
      .map(({ blocks }) => named(walkBlocks(blocks).lines.join("\n")))
      .map((text) => text.replace(`\n${toCard}`, "")),
    teams: teams.directs(person).map((direct) => readCard(cardOf(direct)).lines.join("\n")),
  };
}

/** Their texts on a locked screen. */
export function lockScreensOf({ slack, teams }: BothWorld, person: string): Everywhere {
  return {
    slack: slack.directs(userOf(person)).map(({ text }) => text),
    teams: teams.directs(person).map(({ activity }) => String(activity["summary"])),
  };
}

/** Whether every direct message to a person has a link to a card. */
export function leadsToCard({ slack, teams }: BothWorld, person: string): boolean {
  return (
    slack
      .directs(userOf(person))
      .every(({ blocks }) => walkBlocks(blocks).lines.includes(toCard)) &&
    teams
      .directs(person)
      .every((direct) => readCard(cardOf(direct)).actions.some(({ title }) => title === toCard))
  );
}

/** The buttons of the newest direct message to a person. */
export function lastOffered({ slack, teams }: BothWorld, person: string): Everywhere {
  const [inSlack, inTeams] = [slack.directs(userOf(person)).at(-1), teams.directs(person).at(-1)];
  return {
    slack: inSlack ? walkBlocks(inSlack.blocks).buttons.map(({ label }) => label) : [],
    teams: inTeams
      ? readCard(cardOf(inTeams))
          .actions.map(({ title }) => title)
          .filter((title) => title !== toCard)
      : [],
  };
}

/** The replies in the thread of an escalation's card. */
export function threadOf({ slack, teams }: BothWorld, id: EscalationId): Everywhere {
  const { ts, channel } = cardInSlack(slack, id).message;
  const root = cardInTeams(teams, id).message.id;
  return {
    slack: slack
      .messagesIn(channel)
      .filter(({ thread_ts }) => thread_ts === ts)
      .map(({ blocks }) => named(walkBlocks(blocks).lines.join("\n"))),
    teams: teams
      .messagesIn(modelRisk)
      .filter((message) => message.root === root && message.id !== root)
      .map((message) => readCard(cardOf(message)).lines.join("\n")),
  };
}

/** The card of an escalation. */
export function cardsOf(world: BothWorld, id: EscalationId): Everywhere {
  const { slack, teams } = world.cards(id);
  return { slack: slack.lines.map(named), teams: teams.lines };
}
