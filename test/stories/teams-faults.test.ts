import { describe, expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { cardOf } from "../support/teams-people.ts";
import { readCard } from "../support/teams-reading.ts";
import { modelRisk, type TeamsFault, type TeamsKept } from "../support/teams-server.ts";
import { openTeamsWorld, type TeamsWorld } from "../support/teams-world.ts";
import { jailbreak } from "../support/world.ts";

/**
 * Every call to Teams may fail, before or after it took effect. What certainly failed is said once; what may have arrived is said at most
 * once more, marked, since Teams cannot be asked; and a press on either copy of a card leaves one.
 */

const repeat = "Possible repeat";

/** A signal, an acknowledgement and a pause, typed in their own conversations; answers how many calls Teams got. */
const journey = async (world: TeamsWorld, call: number, how: TeamsFault): Promise<number> => {
  const { teams } = world;
  const first = teams.calls.length;
  teams.fault = () => (teams.calls.length - first === call ? how : null);
  await world.send("signals", jailbreak());
  await everythingIsSaid(world);
  await world.write("bob", "ack HP-1");
  await everythingIsSaid(world);
  await world.write("bob", "pause HP-1 because 8.2 %, samples look real");
  await everythingIsSaid(world);
  teams.fault = () => null;
  return teams.calls.length - first;
};

/** What failed is tried again after a moment. */
const everythingIsSaid = async (world: TeamsWorld): Promise<void> => {
  for (let look = 0; look < 20; look += 1) {
    await world.settle();
    if ((await world.house().store.backlog()).outbox === 0) return;
  }
};

const linesOf = (message: TeamsKept): string => readCard(cardOf(message)).lines.join("\n");

const cardsIn = (world: TeamsWorld): readonly TeamsKept[] =>
  world.teams
    .messagesIn(modelRisk)
    .filter((one) => one.root === one.id && linesOf(one).includes("Assistant (production) · HP-1"));

/** What was said to somebody about the escalation, greetings and answers left out. */
const askedDirectly = (world: TeamsWorld, person: string): readonly TeamsKept[] =>
  world.teams
    .directs(person)
    .filter((one) => linesOf(one).includes("HP-1") && !linesOf(one).includes("You said:"));

const unmarked = (messages: readonly TeamsKept[]): readonly TeamsKept[] =>
  messages.filter((one) => !linesOf(one).startsWith(repeat));

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
      const calls = await journey(await openTeamsWorld(kind), 0, how);
      expect(calls).toBeGreaterThanOrEqual(7);
      for (let call = 1; call <= calls; call += 1) {
        const world = await openTeamsWorld(kind);
        await journey(world, call, how);
        const name = `call ${call}: ${world.teams.calls.map(({ method }) => method)}`;
        const cards = cardsIn(world);
        expect(
          cards.some((one) => linesOf(one).includes("Paused 10:00 by Bob Okafor")),
          name,
        ).toBe(true);
        expect(cards.length, name).toBeLessThanOrEqual(most);
        for (const person of ["bob", "chidi"]) {
          const asked = askedDirectly(world, person);
          expect(asked.length, `${name} ${person}`).toBeGreaterThanOrEqual(1);
          expect(asked.length, `${name} ${person}`).toBeLessThanOrEqual(most);
          expect(unmarked(asked).length, `${name} ${person}`).toBeLessThanOrEqual(1);
        }
        expect(await world.posture(), name).toBe("paused");
        expect(await world.house().store.backlog(), name).toMatchObject({ outbox: 0, dead: 0 });
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
      const two = cardsIn(world);
      expect(two).toHaveLength(2);
      expect(two.filter((one) => linesOf(one).startsWith(repeat))).toHaveLength(1);

      const message = two[pressed];
      if (!message) throw new Error("no such card");
      await world.press("bob", "Acknowledge", message);
      await everythingIsSaid(world);

      const left = cardsIn(world).filter((one) => linesOf(one).includes("Seen by"));
      expect(left).toHaveLength(1);
      expect(pressed === 0 ? cardsIn(world) : left).toHaveLength(1);
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
    expect(cardsIn(world)).toEqual([]);

    world.teams.loginDown = false;
    await world.database().query("update holdpoint.outbox set retry_at = null");
    await everythingIsSaid(world);

    expect(unmarked(cardsIn(world))).toHaveLength(1);
    expect(cardsIn(world)).toHaveLength(1);
    expect(askedDirectly(world, "chidi")).toHaveLength(1);
    expect(await world.house().store.backlog()).toMatchObject({ outbox: 0, dead: 0 });
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
    expect(cardsIn(world)).toHaveLength(2);
    expect(await world.house().store.backlog()).toMatchObject({ outbox: 0, dead: 1 });
    await world.write("bob", "pause HP-1 because 8.2 %");
    await everythingIsSaid(world);

    const [newest] = cardsIn(world).filter((one) => linesOf(one).includes("Paused 10:00"));
    expect(newest).toBeDefined();
    expect(await world.house().store.backlog()).toMatchObject({ dead: 0 });
  });
});
