import { expect } from "vitest";
import { lineOfForm } from "../../src/chat/any/form-line.ts";
import type { Button } from "../../src/core/card.ts";
import type { EscalationId } from "../../src/core/ids.ts";
import { oneKind } from "./databases.ts";
import { openSlackWorld } from "./slack-world.ts";
import { openTeamsWorld } from "./teams-world.ts";
import { openWorld, type World } from "./world.ts";

/** How somebody uses a platform. Each answers what they were told. */
export interface Driver {
  readonly world: World;
  /** The card as the platform has it now. */
  card(on: EscalationId): Promise<CardSeen>;
  say(person: string, line: string): Promise<string>;
  /** Presses a button of a card, and submits the form it opens with this reason; "" = as it is filled in. */
  press(person: string, label: string, on: EscalationId, reason: string): Promise<string>;
  /** Says a command without words and fills in the form that it opens, by the fields' names. */
  fill(person: string, command: string, values: Values): Promise<string>;
}

export interface CardSeen {
  readonly text: string;
  readonly buttons: readonly string[];
}

export type Values = Readonly<Record<string, string>>;

const inSlack = async (): Promise<Driver> => {
  const world = await openSlackWorld(oneKind());
  return {
    world,
    card: async (on) => world.posted(on),
    say: async (person, line) => (await world.type(person, `/holdpoint ${line}`)).text,
    press: async (person, label, on, reason) => {
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
};

const inTeams = async (): Promise<Driver> => {
  const world = await openTeamsWorld(oneKind());
  return {
    world,
    card: async (on) => world.posted(on),
    say: async (person, line) => (await world.write(person, line)).text,
    press: async (person, label, on, reason) => {
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
};

const inConsole = async (): Promise<Driver> => {
  const world = await openWorld(oneKind());
  return {
    world,
    card: (on) => world.card(on),
    say: async (person, line) =>
      (await world.sayOnPage(person === "mallory" ? "stranger" : person, line)).text,
    press: async (person, label, on, reason) => {
      const { card } = await world.card(on);
      const all: readonly Button[] = card.buttons.flat();
      const wanted = fullLabel(
        all.map((one) => one.label),
        label,
      );
      const button = all.find((one) => one.label === wanted);
      if (!button) throw new Error(`no button ${label}`);
      const because = reason || (button.form?.reason ?? "");
      const line = because === "" ? button.command : `${button.command} because ${because}`;
      return (await world.sayOnPage(person, line)).text;
    },
    fill: async (person, command, values) => {
      // The page's own fields, sent as the browser sends them, are the line they stand for.
      const { html } = await world.sayOnPage(person, command);
      const names = [...html.matchAll(/name="field\.([a-z]+)"|name="([a-z]+)"/g)].map(
        ([, one, other]) => one ?? other ?? "",
      );
      expect(names, command).toEqual(expect.arrayContaining(Object.keys(values)));
      const filled = Object.entries(values).map(([name, value]) => ({ name, value }));
      return (await world.sayOnPage(person, lineOfForm(command, filled))).text;
    },
  };
};

/** "Undo" stands for "Undo (until 10:10)". */
const fullLabel = (labels: readonly string[], label: string): string =>
  labels.find((one) => one === label || one.startsWith(`${label} (`)) ?? label;

/** Slack and Teams over signed HTTP, and the console's pages. */
export const platforms = { slack: inSlack, teams: inTeams, console: inConsole } as const;
