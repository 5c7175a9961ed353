import { expect, test } from "vitest";
import type { Invocation } from "../../src/app/ports.ts";
import { signalSend } from "../../src/cli/signal-send.ts";
import { answers } from "../../src/core/words/answers.ts";
import { eachDatabase, type Kind, oneKind } from "../support/databases.ts";
import { faultConnection } from "../support/fault-connection.ts";
import {
  alarm,
  alarmAt,
  deploymentAt,
  escalationOn,
  manyDeployments,
} from "../support/many-deployments.ts";
import { type Browser, browserAt } from "../support/process.ts";
import { everythingIsSaid, jailbreak, openWorld, type Wishes } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/**
 * Each statement of a deed, and of everything that follows from it, fails once: every deed on a
 * deployment of its own, all of a sweep in one world.
 */

const none = { statement: 0, when: "before", times: 0 } as const;
const moments = ["before", "after"] as const;
/** What a failure means is no matter of the database: on the second, answers that are lost. */
const momentsOn = (kind: Kind) => (kind === oneKind() ? moments : (["after"] as const));
const signalsOf = "select 1 from holdpoint.signals where escalation = $1";

async function openFaulty(kind: Kind, wishes: Wishes = {}) {
  const faults = faultConnection();
  const world = await openWorld(kind, { ...wishes, wrap: faults.wrap, policy: manyDeployments });
  return { world, faults };
}

type Faulty = Awaited<ReturnType<typeof openFaulty>>;
type Faults = Faulty["faults"];

/**
 * Does something under a fault and everything that follows from it, then heals the connection and
 * lets what waits be taken again.
 */
async function under<T>(
  { world, faults }: Faulty,
  plan: Parameters<Faults["plan"]>[0],
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly statements: number }> {
  const { settle } = world.server();
  faults.plan(plan);
  const result = await work();
  await settle()
    .then(settle)
    .catch(() => undefined);
  const statements = faults.seen();
  faults.plan(none);
  await leasesEnd(world);
  await world.settle();
  return { result, statements };
}

/**
 * As after half a minute: what somebody took and never settled, and what is to be tried again, may
 * be taken.
 */
async function leasesEnd(world: World): Promise<void> {
  const { query } = world.database();
  await query(
    "update holdpoint.deliveries set leased_until = now() - interval '1 second' where leased_until is not null",
  );
  await query(
    "update holdpoint.outbox set leased_until = case when leased_until is not null then now() - interval '1 second' end, retry_at = null",
  );
}

/** What a person may be told of a press. */
function truth(text: string): "recorded" | "not recorded" | "not confirmed" {
  if (text.startsWith(answers.notRecorded)) return "not recorded";
  return text.startsWith(answers.notConfirmed) ? "not confirmed" : "recorded";
}

/** What a page tells of a press, at once or where it leads to. */
async function toldBy(
  browser: Browser,
  { status, html, location }: Awaited<ReturnType<Browser["submit"]>>,
): Promise<ReturnType<typeof truth>> {
  if (location === null) {
    expect(status).toBe(503);
    const [, told = ""] = /<p class="told" role="alert">([^<]*)/.exec(html) ?? [];
    expect(truth(told), html).not.toBe("recorded");
    return truth(told);
  }
  const { ok, text } = await browser.answer(location);
  expect(ok, text).toBe(truth(text) === "recorded");
  return truth(text);
}

/** How many decisions people have made on a deployment since the log had this many entries. */
async function decisions(world: World, at: number, from: number): Promise<number> {
  const recorded = await world.server().store.entriesFrom(from, 10_000);
  return recorded.filter(
    ({ entry }) =>
      entry.kind === "decision.made" &&
      entry.people.length > 0 &&
      entry.deployment === deploymentAt(at),
  ).length;
}

/**
 * Tries each statement: 0 = without a fault, which tells how many there are; then those from 1 on,
 * `prepared` together.
 */
async function sweep(
  tried: (statement: number) => Promise<number>,
  prepare: (ats: readonly number[]) => Promise<void>,
): Promise<number> {
  await prepare([0]);
  const statements = await tried(0);
  const rest = Array.from({ length: statements }, (_, at) => at + 1);
  await prepare(rest);
  for (const statement of rest) await tried(statement);
  return statements;
}

async function pressBy(world: World, key: string): Promise<Invocation["speaker"]> {
  const found = (await world.server().views.people()).find((person) => person.key === key);
  if (!found) throw new Error(`nobody is called ${key}`);
  return { is: "person", person: found.id, link: null };
}

eachDatabase((kind) => {
  // five: the commit and every look for its outcome, also where something else asks in between
  test.each(momentsOn(kind).flatMap((when) => [1, 5].map((times) => [when, times] as const)))(
    "each statement of a press may fail %s it takes effect, %i in a row: the person is told the truth, and pressing again makes one decision",
    async (when, times) => {
      const { world, faults } = await openFaulty(kind);
      const speaker = await pressBy(world, "chidi");
      const heard = new Set<string>();
      const press = (id: string, key: string) =>
        world.server().inbound.run({
          speaker,
          surface: "console",
          line: `pause ${id} because the samples are real`,
          key,
          version: null,
          channel: null,
          escalation: null,
          private: true,
        });
      /** One escalation, one intended decision; answers how many statements the press took. */
      const intended = async (statement: number): Promise<number> => {
        const name = `${when} ${statement}`;
        const id = await escalationOn(world, statement);
        const { size } = await world.server().store.head();
        const made = () => decisions(world, statement, size);
        const plan = { statement, when, times: statement === 0 ? 0 : times };
        const { result, statements } = await under({ world, faults }, plan, () => press(id, name));

        const told = truth(result.text);
        heard.add(told);
        expect(result.ok, `${name}: ${result.text}`).toBe(told === "recorded");
        if (told === "recorded") expect(await made(), name).toBe(1);
        if (told === "not recorded") expect(await made(), name).toBe(0);
        const again = await press(id, name);
        expect(again, name).toMatchObject({ ok: true, text: expect.stringContaining("Paused") });
        expect(await made(), name).toBe(1);
        const anew = await press(id, `${name}, a new press`);
        expect(anew.ok, name).toBe(true);
        await everythingIsSaid(world);
        expect((await world.card(id)).text, name).toContain("Paused");
        return statements;
      };

      const statements = await sweep(intended, (ats) => alarm(world, ats));

      expect(statements).toBeGreaterThanOrEqual(8);
      expect(heard).toContain("recorded");
      if (when === "before")
        expect(heard).toContain(times === 1 ? "not recorded" : "not confirmed");
    },
    120_000,
  );

  test.each(momentsOn(kind))(
    "each statement of a form in the console may fail %s it takes effect: the page tells the truth, and the same form again makes one decision",
    async (when) => {
      const { world, faults } = await openFaulty(kind);
      const chidi = browserAt(world.server().url);
      await chidi.be("chidi");
      const intended = async (statement: number): Promise<number> => {
        const name = `${when} ${statement}`;
        const id = await escalationOn(world, statement);
        const { size } = await world.server().store.head();
        const made = () => decisions(world, statement, size);
        const from = `/escalations/${id}`;
        const nonce = await chidi.nonce(from);
        const form = { from, nonce, line: `pause ${id} because it is real` };
        const plan = { statement, when, times: statement === 0 ? 0 : 1 };
        const { result, statements } = await under({ world, faults }, plan, () =>
          chidi.submit("/say", form),
        );

        const told = await toldBy(chidi, result);
        if (told === "recorded") expect(await made(), name).toBe(1);
        if (told === "not recorded") expect(await made(), name).toBe(0);
        const again = await chidi.submit("/say", form);
        expect(await chidi.answer(again.location ?? from), name).toMatchObject({ ok: true });
        expect(await made(), name).toBe(1);
        await world.settle();
        return statements;
      };

      const statements = await sweep(intended, (ats) => alarm(world, ats));

      expect(statements).toBeGreaterThanOrEqual(8);
    },
    120_000,
  );

  test("a chat that nothing gets through to is tried again later, not without end, and is told everything once it is well", async () => {
    let isDown = false;
    const world = await openWorld(kind, {
      wrap: (execute) => (query) =>
        isDown && query.text.includes('insert into "holdpoint"."messages"')
          ? Promise.reject(Object.assign(new Error("gone"), { code: "ECONNREFUSED" }))
          : execute(query),
    });
    isDown = true;
    await world.send("signals", jailbreak());
    await expect(world.card("HP-1")).rejects.toThrow("told no card");

    isDown = false;
    await leasesEnd(world);
    await world.settle();

    expect((await world.card("HP-1")).text).toContain("1 run, ");
  });

  test.each(momentsOn(kind))(
    "each statement of a webhook, from intake to the card, may fail %s it takes effect: nothing is lost and nothing doubled",
    async (when) => {
      const secret = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
      const env = { SIGNALS_WEBHOOK_SECRET: secret };
      const { world, faults } = await openFaulty(kind, { env });
      const post = (at: number) =>
        signalSend({
          url: world.server().url,
          source: "signals",
          auth: "standardWebhooks",
          secret,
          body: Buffer.from(JSON.stringify(alarmAt(at))),
          contentType: "application/json",
          now: world.clock.now(),
          id: deploymentAt(at),
        });
      const opened = async () =>
        (await world.kinds()).filter((kind) => kind === "escalation.opened").length;
      const journey = async (statement: number): Promise<number> => {
        const name = `${when}-${statement}`;
        const before = await opened();
        const plan = { statement, when, times: statement === 0 ? 0 : 1 };
        const { result, statements } = await under({ world, faults }, plan, () => post(statement));

        if (result.ok) expect(await opened(), name).toBe(before + 1);
        const again = await post(statement); // as a sender does that heard no 2xx, or lost it
        expect(again.ok, name).toBe(true);
        await world.settle();

        expect(await opened(), name).toBe(before + 1);
        const id = await escalationOn(world, statement);
        const told = await world.server().store.messages("console", 500);
        expect(
          told.filter(({ key }) => key === `card:${id}`),
          name,
        ).toHaveLength(1);
        expect((await world.card(id)).text, name).toContain("1 run, ");
        expect(await world.database().query(signalsOf, id), name).toHaveLength(1);
        expect(await world.server().store.backlog(), name).toMatchObject({
          deliveries: 0,
          outbox: 0,
        });
        return statements;
      };

      const statements = await sweep(journey, async () => {});

      expect(statements).toBeGreaterThanOrEqual(12);
    },
    120_000,
  );
});
