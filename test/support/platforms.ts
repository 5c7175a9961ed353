import { expect } from "vitest";
import { lineOfForm } from "../../src/chat/shared/form-line.ts";
import type { Button } from "../../src/core/card/card.ts";
import type { EscalationId } from "../../src/core/ids.ts";
import { oneKind } from "./databases.ts";
import { named } from "./heard.ts";
import { riskChannel, userOf } from "./slack-people.ts";
import { walkBlocks } from "./slack-reading.ts";
import type { SlackMessageKept } from "./slack-types.ts";
import { openSlackWorld, type SlackWorld } from "./slack-world.ts";
import { cardOf } from "./teams-people.ts";
import { readCard } from "./teams-reading.ts";
import { modelRisk, type TeamsKept } from "./teams-server.ts";
import { openTeamsWorld, type TeamsWorld } from "./teams-world.ts";
import { openWorld } from "./world.ts";
import type { World } from "./world-shape.ts";

/** How a person uses a platform. Each function returns the answer. */
export interface Driver {
  readonly world: World;
  /** The current card on the platform. */
  card(on: EscalationId): Promise<CardSeen>;
  say(person: string, line: string): Promise<string>;
  /**
   * Presses a button of a card, and submits the form it opens with this reason; "" = as it is
   * filled in.
   */
  press(person: string, button: ButtonPress): Promise<string>;
  /**
   * Gives a command without arguments and fills in the form that it opens, by the fields' names.
   */
  fill(person: string, command: string, values: Values): Promise<string>;
}

interface ButtonPress {
  readonly label: string;
  readonly on: EscalationId;
  readonly reason: string;
}

export interface CardSeen {
  readonly text: string;
  readonly buttons: readonly string[];
}

export type Values = Readonly<Record<string, string>>;

/** An answer in a chat, as the person sees it. */
interface Seen {
  readonly status: number;
  /** Everything readable, line by line. */
  readonly text: string;
  readonly buttons: readonly string[];
  /** Whether it is a form or another view over the chat. */
  readonly isOpen: boolean;
}

/**
 * How a person uses a chat, and what the console lacks. Slack's accounts are read as the names that
 * it shows for them.
 */
export interface Chat extends Driver {
  /**
   * Gives a command in the usual way: a slash command, the shortest there is, or a mention of the
   * app.
   */
  type(person: string, line: string): Promise<Seen>;
  /** Mentions the app under a card. */
  reply(person: string, line: string, under: EscalationId): Promise<Seen>;
  /** Writes to the app directly. */
  write(person: string, line: string): Promise<Seen>;
  /** Presses a button of a card, or of what they saw last. */
  tap(person: string, label: string, on?: EscalationId): Promise<Seen>;
  /** Submits the form that is open for them, as it is filled in or with another reason. */
  submit(person: string, reason?: string): Promise<Seen>;
  /** Their home. */
  home(person: string): Promise<Seen>;
  /** The app's messages in the channel, replies included. */
  channel(): readonly string[];
  /** The replies to a card. */
  thread(on: EscalationId): readonly string[];
  /** The direct messages to a person. */
  directs(person: string): readonly string[];
  /** The text of a card on a locked screen. */
  lockScreen(on: EscalationId): string;
  /** How often a card was edited. */
  edits(on: EscalationId): number;
}

async function inSlack(): Promise<Chat> {
  const world = await openSlackWorld(oneKind());
  const read = ({ blocks }: SlackMessageKept) => named(walkBlocks(blocks).lines.join("\n"));
  const seen = async (answer: ReturnType<SlackWorld["type"]>): Promise<Seen> => {
    const { inView, text, ...rest } = await answer;
    return { ...rest, text: named(text), isOpen: inView };
  };
  return {
    world,
    type: (person, line) =>
      seen(
        world.type(person, /^(?:pause|resume)\b/.test(line) ? `/${line}` : `/holdpoint ${line}`),
      ),
    reply: (person, line, under) => seen(world.mention(person, line, world.posted(under).message)),
    write: (person, line) => seen(world.write(person, line)),
    tap: (person, label, on) => seen(world.press(person, label, on && world.posted(on).message)),
    submit: (person, reason) => seen(world.submit(person, reason === undefined ? {} : { reason })),
    home: (person) => seen(world.home(person)),
    channel: () => world.slack.messagesIn(riskChannel).map(read),
    thread: (on) => world.thread(on).map(named),
    directs: (person) => world.slack.directs(userOf(person)).map(read),
    lockScreen: (on) => world.posted(on).message.text,
    edits: (on) => world.posted(on).message.edits,
    card: async (on) => {
      const { text, buttons } = world.posted(on);
      return { text: named(text), buttons };
    },
    say: async (person, line) => (await world.type(person, `/holdpoint ${line}`)).text,
    press: async (person, { label, on, reason }) => {
      const { message, buttons } = world.posted(on);
      const pressed = await world.press(person, fullLabel(buttons, label), message);
      if (!pressed.inView) return pressed.text;
      return (await world.submit(person, reason === "" ? {} : { reason })).text;
    },
    fill: async (person, command, values) => {
      const opened = await world.type(person, `/holdpoint ${command}`);
      if (!opened.inView) throw new Error(`no form for ${command}: ${opened.text}`);
      return (await world.submit(person, values)).text;
    },
  };
}

async function inTeams(): Promise<Chat> {
  const world = await openTeamsWorld(oneKind());
  const read = (message: TeamsKept) => readCard(cardOf(message)).lines.join("\n");
  const seen = async (answer: ReturnType<TeamsWorld["write"]>): Promise<Seen> => {
    const { inDialog, ...rest } = await answer;
    return { ...rest, isOpen: inDialog };
  };
  return {
    world,
    type: (person, line) => seen(world.mention(person, line)),
    reply: (person, line, under) => seen(world.mention(person, line, world.posted(under).message)),
    write: (person, line) => seen(world.write(person, line)),
    tap: (person, label, on) => seen(world.press(person, label, on && world.posted(on).message)),
    submit: (person, reason) =>
      seen(world.submit(person, reason === undefined ? {} : { because: reason })),
    home: (person) => seen(world.write(person, "home")),
    channel: () => world.teams.messagesIn(modelRisk).map(read),
    thread: (on) => world.thread(on),
    directs: (person) => world.teams.directs(person).map(read),
    lockScreen: (on) => world.posted(on).summary,
    edits: (on) => world.posted(on).message.edits,
    card: async (on) => world.posted(on),
    say: async (person, line) => (await world.write(person, line)).text,
    press: async (person, { label, on, reason }) => {
      const { message, buttons } = world.posted(on);
      const pressed = await world.press(person, fullLabel(buttons, label), message);
      if (!pressed.inDialog) return pressed.text;
      return (await world.submit(person, reason === "" ? {} : { because: reason })).text;
    },
    fill: async (person, command, values) => {
      await world.write(person, command);
      await world.press(person, "Fill in…");
      return (await world.submit(person, values)).text;
    },
  };
}

async function inConsole(): Promise<Driver> {
  const world = await openWorld(oneKind());
  return {
    world,
    card: (on) => world.card(on),
    say: async (person, line) => (await world.sayOnPage(visitor(person), line)).text,
    press: async (person, { label, on, reason }) => {
      const { card } = await world.card(on);
      const all: readonly Button[] = card.buttons.flat();
      const wanted = fullLabel(
        all.map((button) => button.label),
        label,
      );
      const button = all.find((button) => button.label === wanted);
      if (!button) throw new Error(`no button ${label}`);
      const because = reason || (button.form?.reason ?? "");
      const line = because === "" ? button.command : `${button.command} because ${because}`;
      return (await world.sayOnPage(visitor(person), line)).text;
    },
    fill: async (person, command, values) => {
      // The page's own fields, sent as a browser does, make the command line.
      const { html } = await world.sayOnPage(person, command);
      const names = [...html.matchAll(/name="field\.([a-z]+)"|name="([a-z]+)"/g)].map(
        ([, item, other]) => item ?? other ?? "",
      );
      expect(names, command).toEqual(expect.arrayContaining(Object.keys(values)));
      const filled = Object.entries(values).map(([name, value]) => ({ name, value }));
      return (await world.sayOnPage(person, lineOfForm(command, filled))).text;
    },
  };
}

/** Mallory has an account in each chat; to the console she is a stranger. */
const visitor = (person: string): string => (person === "mallory" ? "stranger" : person);

/** "Undo" stands for "Undo (until 10:10 GMT)". */
const fullLabel = (labels: readonly string[], label: string): string =>
  labels.find((name) => name === label || name.startsWith(`${label} (`)) ?? label;

/** Slack and Teams over signed HTTP, and the console's pages. */
export const platforms = { slack: inSlack, teams: inTeams, console: inConsole } as const;

/** Those that are chats. */
export const chats = { slack: inSlack, teams: inTeams } as const;
