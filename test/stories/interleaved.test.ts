import { expect, test } from "vitest";
import type { Invocation } from "../../src/app/ports.ts";
import type { EscalationId, PersonId } from "../../src/core/ids.ts";
import { type BothWorld, openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import { numbersFrom } from "../support/random.ts";
import { cardOf } from "../support/teams-people.ts";
import { readCard } from "../support/teams-reading.ts";
import { modelRisk, type TeamsKept } from "../support/teams-server.ts";
import { jailbreak } from "../support/world.ts";

/**
 * Presses of several people in two chats and the console, each sent once to three times, in any
 * order and at the same time: every press is one decision at most, the narrowest of them is in
 * force, both cards say so, and the log is whole.
 */

// On each database. Raised to 500 it is a thousand, and takes a quarter of an hour.
const rounds = 20;
const looks = 10; // rounds from one look at all cards to the next
const deciders = ["chidi", "bob", "erin", "dana"] as const;
const deeds = ["pause", "narrow"] as const;
const chats = ["slack", "teams", "console"] as const;

/** One intended decision: sending it again is a retry of the same press. */
interface Intended {
  readonly who: (typeof deciders)[number];
  readonly send: (attempt: number) => Promise<unknown>;
}

oneDatabase((kind) => {
  test(`in ${rounds} seeded rounds of presses, duplicates and retries each press decides once, and both cards agree`, async () => {
    const world = await openBothWorld(kind, { connections: 10 });
    const people = await world.server().views.people();
    const idOf = (key: string): PersonId => {
      const found = people.find((person) => person.key === key);
      if (!found) throw new Error(`nobody is called ${key}`);
      return found.id;
    };
    const inConsole = (who: string, line: string, key: string) =>
      world.server().inbound.run(invocation(idOf(who), line, key));

    let ids: EscalationId[] = [];
    let { size } = await world.server().store.head();
    for (let round = 1; round <= rounds; round += 1) {
      const random = numbersFrom(round);
      const name = `${kind}, seed ${round}`;
      await world.send("signals", jailbreak(0.08, { id: `s${round}` }));
      const id = await newest(world);
      const pressed = await teamsCard(world, id);
      const asked = intendedIn(random, { world, id, pressed, inConsole, round });
      const sends = asked.flatMap(({ send }) =>
        Array.from({ length: 1 + Math.floor(random() * 3) }, (_, at) => () => send(at)),
      );

      await Promise.all(shuffled(sends, random).map((send) => later(random, send)));

      const made = await decisionsFrom(world, size);
      const by = made.flatMap(({ people: who }) => who);
      expect(made.length, name).toBeGreaterThanOrEqual(1);
      expect(new Set(by).size, `${name}: somebody decided twice`).toBe(by.length);
      const isPaused = asked.some(({ line }) => line.startsWith("pause"));
      expect(await world.posture(), name).toBe(isPaused ? "paused" : "no-tools");
      await inConsole("chidi", "resume assistant-prod to full because it is over", `a${round}`);
      await inConsole("erin", "resume assistant-prod to full because I looked", `b${round}`);
      expect(await world.posture(), name).toBe("full");
      ids.push(id);
      if (round % looks === 0) {
        await world.said();
        for (const item of ids) sayTheSame(world, item);
        ids = [];
      }
      ({ size } = await world.server().store.head());
    }
  }, 1_200_000);
});

interface RoundContext {
  readonly world: BothWorld;
  readonly id: EscalationId;
  readonly pressed: TeamsKept;
  readonly inConsole: (who: string, line: string, key: string) => Promise<unknown>;
  readonly round: number;
}

/** Two to four people, each with one deed in one chat. */
const intendedIn = (
  random: () => number,
  context: RoundContext,
): readonly (Intended & { readonly line: string })[] =>
  shuffled([...deciders], random)
    .slice(0, 2 + Math.floor(random() * 3))
    .map((who) => {
      const deed = deeds[Math.floor(random() * deeds.length)] ?? "pause";
      const chat = chats[Math.floor(random() * chats.length)] ?? "console";
      const to = deed === "narrow" ? " to no-tools" : "";
      const line = `${deed} ${context.id}${to} because seed ${context.round}`;
      return { who, line, send: sender(chat, who, line, context) };
    });

function sender(
  chat: (typeof chats)[number],
  who: string,
  line: string,
  { world, id, pressed, inConsole, round }: RoundContext,
): Intended["send"] {
  switch (chat) {
    case "console":
      return () => inConsole(who, line, `c${round}${who}`);
    case "teams": {
      const press = { line, version: null, escalation: id, channel: "model-risk", form: null };
      const data = { holdpoint: { kind: "act", ...press }, submitted: true };
      const activity = world.inTeams.activities.task(who, data, pressed);
      return () => world.inTeams.post(activity);
    }
    case "slack": {
      const event = world.inSlack.bodies.event({
        type: "app_mention",
        user: slackUser(who),
        text: `<@U0HOLDPOINT> ${line}`,
        ts: `${1_800_000_000 + round}.000100`,
        team: world.slack.team,
        channel: "C0RISK0001",
      });
      // Slack signs a retry anew, at another second.
      const time = (attempt: number) => String(Math.floor(world.clock.now() / 1000) + attempt);
      return (attempt) => world.inSlack.post({ event }, { time: time(attempt) });
    }
  }
}

const slackUser = (who: string): string => `${`U0${who.toUpperCase()}`.padEnd(9, "0")}1`;

const invocation = (person: PersonId, line: string, key: string): Invocation => ({
  speaker: { is: "person", person, link: null },
  surface: "console",
  line,
  key,
  version: null,
  channel: null,
  escalation: null,
  private: true,
});

const shuffled = <T>(all: readonly T[], random: () => number): readonly T[] =>
  all
    .map((item) => ({ one: item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one: item }) => item);

/** A few turns of the event loop from now. */
async function later(random: () => number, send: () => Promise<unknown>): Promise<unknown> {
  for (let turns = Math.floor(random() * 6); turns > 0; turns -= 1)
    await new Promise((resolve) => setImmediate(resolve));
  return send();
}

/** What people decided since the log had this many entries. */
const decisionsFrom = async (world: BothWorld, size: number) =>
  (await world.server().store.entriesFrom(size, size + 100)).flatMap(({ entry }) =>
    entry.kind === "decision.made" ? [entry] : [],
  );

/** One card in each chat, with the same title, the same record and the same buttons. */
function sayTheSame(world: BothWorld, id: EscalationId): void {
  const { slack, teams } = world.cards(id);
  expect(teams.lines[0], id).toBe(slack.lines[0]);
  expect(teams.lines.at(-1), id).toBe(slack.lines.at(-1));
  expect(teams.buttons, id).toEqual(slack.buttons);
}

const rootsIn = (world: BothWorld): readonly TeamsKept[] =>
  world.teams.messagesIn(modelRisk).filter((message) => message.root === message.id);

async function newest(world: BothWorld): Promise<EscalationId> {
  const [found] = await world.server().store.liveEscalations();
  if (!found) throw new Error("nothing is open");
  return found.id;
}

async function teamsCard(world: BothWorld, id: EscalationId): Promise<TeamsKept> {
  const find = () =>
    rootsIn(world).find((root) =>
      readCard(cardOf(root)).lines.some((line) => line.endsWith(` · ${id}`)),
    );
  if (!find()) await world.said();
  const card = find();
  if (!card) throw new Error(`Teams has no card of ${id}`);
  return card;
}
