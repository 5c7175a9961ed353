import { describe, expect, test } from "vitest";
import type { EscalationId } from "../../src/core/ids.ts";
import { oneDatabase } from "../support/databases.ts";
import {
  alarm,
  bobOf,
  chidiOf,
  deploymentAt,
  escalationOn,
  teamsOf,
} from "../support/many-deployments.ts";
import { cardOf } from "../support/teams-people.ts";
import { readCard } from "../support/teams-reading.ts";
import {
  modelRisk,
  type TeamsCall,
  type TeamsFault,
  type TeamsKept,
} from "../support/teams-server.ts";
import { openTeamsWorld, type TeamsWorld } from "../support/teams-world.ts";
import { everythingIsSaid, jailbreak } from "../support/world.ts";

/**
 * Every call to Teams may fail, before or after it took effect. What certainly failed is said once;
 * what may have arrived is said at most once more, marked, since Teams cannot be asked; and a press
 * on either copy of a card leaves one.
 */

const repeat = "Possible repeat";

/**
 * A signal, an acknowledgement and a pause, typed in their own conversations, on a deployment that
 * has people of its own, so that their conversations are opened; answers what Teams was called for.
 */
async function journey(
  world: TeamsWorld,
  at: number,
  { call, how }: { readonly call: number; readonly how: TeamsFault | null },
): Promise<readonly string[]> {
  const { teams } = world;
  const first = teams.calls.length;
  teams.fault = () => (teams.calls.length - first === call ? how : null);
  await alarm(world, [at]);
  await everythingIsSaid(world);
  const id = await escalationOn(world, at);
  for (const line of [`ack ${id}`, `pause ${id} because 8.2 %, samples look real`]) {
    await world.write(bobOf(at), line);
    await everythingIsSaid(world);
  }
  teams.fault = () => null;
  return teams.calls.slice(first).map(whatIsCalled);
}

/** A call without what differs from one journey to the next. */
const whatIsCalled = ({ method, path }: TeamsCall): string =>
  `${method} ${decodeURIComponent(path)}`.replaceAll(/\d{6,}|(?<=bob|chidi)\d\d/g, "…");

const numberOf = (all: readonly string[], call: string): number =>
  all.filter((name) => name === call).length;

const linesOf = (message: TeamsKept): string => readCard(cardOf(message)).lines.join("\n");

const cardsIn = (world: TeamsWorld, id: EscalationId): readonly TeamsKept[] =>
  world.teams.messagesIn(modelRisk).filter(
    (message) =>
      message.root === message.id &&
      linesOf(message)
        .split("\n")
        .some((line) => line.endsWith(` · ${id}`)),
  );

/** What was said to somebody about the escalation, greetings and answers left out. */
const askedDirectly = (world: TeamsWorld, person: string, id: EscalationId): readonly TeamsKept[] =>
  world.teams
    .directs(person)
    .filter(
      (direct) =>
        new RegExp(`\\b${id}\\b`).test(linesOf(direct)) && !linesOf(direct).includes("You said:"),
    );

const unmarked = (messages: readonly TeamsKept[]): readonly TeamsKept[] =>
  messages.filter((message) => !linesOf(message).startsWith(repeat));

oneDatabase((kind) => {
  const worst = [["cut after it took effect", { cut: true, done: true }, 2]] as const;
  const others = [
    ["cut before it takes effect", { cut: true }, 1],
    ["answered 502 after it took effect", { status: 502, done: true }, 2],
    ["answered 412, done by nobody", { status: 412, code: "PreconditionFailed" }, 1],
    ["answered 429, done by nobody", { status: 429, code: "Throttled", retryAfter: 0.01 }, 1],
  ] as const;
  // What a failure means is no matter of the database: the worst of them is shown on both.
  const all = kind === "postgres" ? [...worst, ...others] : worst;
  describe.each(all)("each call to Teams may be %s", (_when, how, most) => {
    test("the card says what is in force, and what may stand twice says so and stands no more than twice", async () => {
      const world = await openTeamsWorld(kind, { policy: teamsOf(40) });
      let at = -1;
      const next = (call: number, fault: TeamsFault | null): Promise<readonly string[]> => {
        at += 1;
        return journey(world, at, { call, how: fault });
      };
      const shown = async (name: string): Promise<void> => {
        const id = await escalationOn(world, at);
        const bob = `Bob Okafor ${bobOf(at).slice(-2)}`;
        const cards = cardsIn(world, id);
        expect(
          cards.some((card) => linesOf(card).includes(`Paused 10:00 by ${bob}`)),
          name,
        ).toBe(true);
        expect(cards.length, name).toBeLessThanOrEqual(most);
        for (const person of [bobOf(at), chidiOf(at)]) {
          const asked = askedDirectly(world, person, id);
          expect(asked.length, `${name} ${person}`).toBeGreaterThanOrEqual(1);
          expect(asked.length, `${name} ${person}`).toBeLessThanOrEqual(most);
          expect(unmarked(asked).length, `${name} ${person}`).toBeLessThanOrEqual(1);
        }
        expect(await world.posture(deploymentAt(at)), name).toBe("paused");
        expect(await world.server().store.backlog(), name).toMatchObject({ outbox: 0, dead: 0 });
      };
      const afterStart = async (call: number, fault: TeamsFault | null) => {
        await world.restart();
        await everythingIsSaid(world);
        return next(call, fault);
      };

      const first = await afterStart(0, null);
      const later = await next(0, null);
      expect(first.length).toBeGreaterThan(11);

      for (const [index, called] of later.entries()) {
        await next(index + 1, how);
        await shown(`call ${index + 1}, ${called}`);
      }
      // What Teams is called for only once after a start fails after another one.
      for (const [index, called] of first.entries()) {
        if (numberOf(first, called) === numberOf(later, called)) continue;
        await afterStart(index + 1, how);
        await shown(`call ${index + 1} after a start, ${called}`);
      }
    }, 240_000);
  });

  test("a card that stands twice is one after a press on either of them", async () => {
    for (const pressed of [0, 1]) {
      const world = await openTeamsWorld(kind);
      let cut = 0;
      world.teams.fault = ({ method, path }) => {
        const isCard = method === "POST" && decodeURIComponent(path).includes(`${modelRisk}/`);
        if (!isCard || cut > 0) return null;
        cut += 1;
        return { cut: true, done: true };
      };
      await world.send("signals", jailbreak());
      await everythingIsSaid(world);
      const two = cardsIn(world, "HP-1");
      expect(two).toHaveLength(2);
      expect(two.filter((message) => linesOf(message).startsWith(repeat))).toHaveLength(1);

      const message = two[pressed];
      if (!message) throw new Error("no such card");
      await world.press("bob", "Acknowledge", message);
      await everythingIsSaid(world);

      const left = cardsIn(world, "HP-1").filter((card) =>
        linesOf(card).includes("Acknowledged by"),
      );
      expect(left).toHaveLength(1);
      expect(pressed === 0 ? cardsIn(world, "HP-1") : left).toHaveLength(1);
    }
  });

  test("while the bot gets no token nothing is in doubt: then it is said once, unmarked", async () => {
    const world = await openTeamsWorld(kind);
    world.teams.loginDown = true;
    await world.send("signals", jailbreak());
    for (let again = 0; again < 3; again += 1) {
      await world.database().query("update holdpoint.outbox set retry_at = null");
      await world.settle();
    }
    expect(cardsIn(world, "HP-1")).toEqual([]);

    world.teams.loginDown = false;
    await world.database().query("update holdpoint.outbox set retry_at = null");
    await everythingIsSaid(world);

    expect(unmarked(cardsIn(world, "HP-1"))).toHaveLength(1);
    expect(cardsIn(world, "HP-1")).toHaveLength(1);
    expect(askedDirectly(world, "chidi", "HP-1")).toHaveLength(1);
    expect(await world.server().store.backlog()).toMatchObject({ outbox: 0, dead: 0 });
  });

  test("what may have arrived twice is not sent a third time, until there is something new to say", async () => {
    const world = await openTeamsWorld(kind);
    let lost = 0;
    world.teams.fault = ({ method, path }) => {
      const isCard = method === "POST" && decodeURIComponent(path).includes(`${modelRisk}/`);
      if (!isCard || lost >= 2) return null;
      lost += 1;
      return { cut: true, done: true };
    };

    await world.send("signals", jailbreak());
    await everythingIsSaid(world);
    expect(cardsIn(world, "HP-1")).toHaveLength(2);
    expect(await world.server().store.backlog()).toMatchObject({ outbox: 0, dead: 1 });
    await world.write("bob", "pause HP-1 because 8.2 %");
    await everythingIsSaid(world);

    const [newest] = cardsIn(world, "HP-1").filter((card) =>
      linesOf(card).includes("Paused 10:00"),
    );
    expect(newest).toBeDefined();
    expect(await world.server().store.backlog()).toMatchObject({ dead: 0 });
  });
});
