import { expect, test } from "vitest";
import type { Invocation } from "../../src/app/ports.ts";
import { signalSend } from "../../src/cli/signal-send.ts";
import { answers } from "../../src/core/words.ts";
import { eachDatabase } from "../support/databases.ts";
import { faultConnection } from "../support/fault-connection.ts";
import { type Browser, browserAt } from "../support/process.ts";
import { jailbreak, openWorld, type World } from "../support/world.ts";

const none = { statement: 0, when: "before", times: 0 } as const;
const moments = ["before", "after"] as const;

const openFaulty = async (kind: Parameters<typeof openWorld>[0]) => {
  const faults = faultConnection();
  const world = await openWorld(kind, { wrap: faults.wrap });
  return { world, faults };
};

type Faults = ReturnType<typeof faultConnection>;

/** Does something under a fault and everything that follows from it, then heals the connection and lets what waits be taken again. */
const under = async <T>(
  { world, faults }: { readonly world: World; readonly faults: Faults },
  plan: Parameters<Faults["plan"]>[0],
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly statements: number }> => {
  faults.plan(plan);
  const result = await work();
  await world.settle().catch(() => undefined);
  const statements = faults.seen();
  faults.plan(none);
  await leasesEnd(world);
  await world.settle();
  return { result, statements };
};

/** As after half a minute: what somebody took and never settled, and what is to be tried again, may be taken. */
const leasesEnd = async (world: World): Promise<void> => {
  const { query } = world.database();
  await query(
    "update holdpoint.deliveries set leased_until = now() - interval '1 second' where leased_until is not null",
  );
  await query(
    "update holdpoint.outbox set leased_until = case when leased_until is not null then now() - interval '1 second' end, retry_at = null",
  );
};

/** What a person may be told of a press. */
const truth = (text: string): "recorded" | "not recorded" | "not confirmed" => {
  if (text.startsWith(answers.notRecorded)) return "not recorded";
  return text.startsWith(answers.notConfirmed) ? "not confirmed" : "recorded";
};

/** What a page tells of a press, at once or where it leads to. */
const toldBy = async (
  browser: Browser,
  { status, html, location }: Awaited<ReturnType<Browser["submit"]>>,
): Promise<ReturnType<typeof truth>> => {
  if (location === null) {
    expect(status).toBe(503);
    const [, told = ""] = /<p class="told" role="alert">([^<]*)/.exec(html) ?? [];
    expect(truth(told), html).not.toBe("recorded");
    return truth(told);
  }
  const { ok, text } = await browser.answer(location);
  expect(ok, text).toBe(truth(text) === "recorded");
  return truth(text);
};

const decisions = async (world: World): Promise<readonly string[]> =>
  (await world.house().store.entriesFrom(0, 10_000)).flatMap(({ entry }) =>
    entry.kind === "decision.made" && entry.people.length > 0 ? [entry.decision] : [],
  );

const pressBy = async (world: World, key: string): Promise<Invocation["actor"]> => {
  const found = (await world.house().views.people()).find((one) => one.key === key);
  if (!found) throw new Error(`nobody is called ${key}`);
  return { type: "person", person: found.id };
};

eachDatabase((kind) => {
  test.each(moments.flatMap((when) => [1, 3].map((times) => [when, times] as const)))(
    "each statement of a press may fail %s it takes effect, %i in a row: the person is told the truth, and pressing again makes one decision",
    async (when, times) => {
      const { world, faults } = await openFaulty(kind);
      const actor = await pressBy(world, "chidi");
      const heard = new Set<string>();
      const press = (id: string, key: string) =>
        world.house().inbound.run({
          actor,
          surface: "console",
          line: `pause ${id} because the samples are real`,
          key,
          version: null,
          channel: null,
          escalation: null,
          account: null,
          private: true,
        });
      /** One escalation, one intended decision; answers how many statements the press took. */
      const intended = async (statement: number): Promise<number> => {
        const name = `${when} ${statement}`;
        await world.send("signals", jailbreak(0.08, { id: name }));
        const id = await newest(world);
        const before = (await decisions(world)).length;
        const made = async () => (await decisions(world)).length - before;
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
        await world.settle();
        expect((await world.card(id)).text, name).toContain("Paused");
        return statements;
      };

      const statements = await intended(0);
      for (let statement = 1; statement <= statements; statement += 1) {
        await closed(world);
        await intended(statement);
      }

      expect(statements).toBeGreaterThanOrEqual(8);
      expect(heard).toContain("recorded");
      if (when === "before")
        expect(heard).toContain(times === 1 ? "not recorded" : "not confirmed");
    },
    120_000,
  );

  test.each(moments)(
    "each statement of a form in the console may fail %s it takes effect: the page tells the truth, and the same form again makes one decision",
    async (when) => {
      const { world, faults } = await openFaulty(kind);
      const chidi = browserAt(world.house().url);
      await chidi.be("chidi");
      const intended = async (statement: number): Promise<number> => {
        const name = `${when} ${statement}`;
        await world.send("signals", jailbreak(0.08, { id: name }));
        const id = await newest(world);
        const before = (await decisions(world)).length;
        const made = async () => (await decisions(world)).length - before;
        const form = { nonce: await chidi.nonce("/"), line: `pause ${id} because it is real` };
        const plan = { statement, when, times: statement === 0 ? 0 : 1 };
        const { result, statements } = await under({ world, faults }, plan, () =>
          chidi.submit("/say", form),
        );

        const told = await toldBy(chidi, result);
        if (told === "recorded") expect(await made(), name).toBe(1);
        if (told === "not recorded") expect(await made(), name).toBe(0);
        const again = await chidi.submit("/say", form);
        expect(await chidi.answer(again.location ?? "/"), name).toMatchObject({ ok: true });
        expect(await made(), name).toBe(1);
        return statements;
      };

      const statements = await intended(0);
      for (let statement = 1; statement <= statements; statement += 1) {
        await closed(world);
        await intended(statement);
      }

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

    expect((await world.card("HP-1")).text).toContain("1 signal since");
  });

  test.each(moments)(
    "each statement of a webhook, from intake to the card, may fail %s it takes effect: nothing is lost and nothing doubled",
    async (when) => {
      const secret = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
      const faults = faultConnection();
      const world = await openWorld(kind, {
        wrap: faults.wrap,
        env: { SIGNALS_WEBHOOK_SECRET: secret },
      });
      const post = (id: string) =>
        signalSend({
          url: world.house().url,
          source: "signals",
          auth: "standardWebhooks",
          secret,
          body: Buffer.from(JSON.stringify(jailbreak(0.08, { id }))),
          contentType: "application/json",
          now: world.clock.now(),
          id,
        });
      const opened = async () =>
        (await world.kinds()).filter((one) => one === "escalation.opened").length;
      const journey = async (statement: number): Promise<number> => {
        const name = `${when}-${statement}`;
        const before = await opened();
        const plan = { statement, when, times: statement === 0 ? 0 : 1 };
        const { result, statements } = await under({ world, faults }, plan, () => post(name));

        if (result.ok) expect(await opened(), name).toBe(before + 1);
        const again = await post(name); // as a sender does that heard no 2xx, or lost it
        expect(again.ok, name).toBe(true);
        await world.settle();

        expect(await opened(), name).toBe(before + 1);
        const id = await newest(world);
        const told = await world.house().store.messages("console", 500);
        expect(
          told.filter(({ key }) => key === `card:${id}`),
          name,
        ).toHaveLength(1);
        expect((await world.card(id)).text, name).toContain("1 signal since");
        expect(await world.house().store.signalsOf(id, 10), name).toHaveLength(1);
        expect(await world.house().store.backlog(), name).toMatchObject({
          deliveries: 0,
          outbox: 0,
        });
        return statements;
      };

      const statements = await journey(0);
      for (let statement = 1; statement <= statements; statement += 1) {
        await closed(world);
        await journey(statement);
      }

      expect(statements).toBeGreaterThanOrEqual(12);
    },
    120_000,
  );
});

const newest = async (world: World): Promise<`HP-${number}`> => {
  const live = await world.house().store.liveEscalations();
  const numbers = live.map(({ id }) => Number(id.slice(3)));
  return `HP-${Math.max(...numbers)}`;
};

/** Open to everyone again and closed, so that the next signal opens the next escalation. */
const closed = async (world: World): Promise<void> => {
  const id = await newest(world);
  await world.say("chidi", `pause ${id} because it is real`);
  await world.say("chidi", `resume ${id} because the eval was broken`);
  const done = await world.say("erin", `resume ${id} because I looked too`);
  if (!done.ok) throw new Error(done.text);
  await world.clock.advance("2h");
};
