import { expect, test } from "vitest";
import type { Invocation } from "../../src/app/ports.ts";
import { answers } from "../../src/core/words.ts";
import { eachDatabase } from "../support/databases.ts";
import { faultConnection } from "../support/fault-connection.ts";
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
  test.each(moments)(
    "each statement of a press may fail %s it takes effect: the person is told the truth, and pressing again makes one decision",
    async (when) => {
      const { world, faults } = await openFaulty(kind);
      const actor = await pressBy(world, "chidi");
      const press = (id: string, key: string) =>
        world.house().inbound.run({
          actor,
          surface: "console",
          line: `pause ${id} because the samples are real`,
          key,
          version: null,
          channel: null,
          escalation: null,
        });
      /** One escalation, one intended decision: returns how many statements pressing took. */
      const intended = async (statement: number): Promise<number> => {
        const name = `${when} ${statement}`;
        await world.send("signals", jailbreak(0.08, { id: name }));
        const id = await newest(world);
        const before = (await decisions(world)).length;
        const made = async () => (await decisions(world)).length - before;
        const { result, statements } = await under(
          { world, faults },
          { statement, when, times: statement === 0 ? 0 : 1 },
          () => press(id, name),
        );

        const told = truth(result.text);
        expect(result.ok, `${name}: ${result.text}`).toBe(told === "recorded");
        if (told === "recorded") expect(await made(), name).toBe(1);
        if (told === "not recorded") expect(await made(), name).toBe(0);
        const again = await press(id, name);
        expect(again, name).toMatchObject({ ok: true, text: expect.stringContaining("Paused") });
        expect(await made(), name).toBe(1);
        await press(id, `${name}, a new press`);
        await world.settle();
        expect((await world.card(id)).text, name).toContain("Paused");
        return statements;
      };

      const statements = await intended(0);
      for (let statement = 1; statement <= statements; statement += 1) {
        await reopened(world);
        await intended(statement);
      }

      expect(statements).toBeGreaterThanOrEqual(8);
      expect(await world.posture()).toBe("paused");
    },
    120_000,
  );
});

const newest = async (world: World): Promise<`HP-${number}`> => {
  const live = await world.house().store.liveEscalations();
  const numbers = live.map(({ id }) => Number(id.slice(3)));
  return `HP-${Math.max(...numbers)}`;
};

/** Resumed by two people and closed, so that the next signal opens the next escalation. */
const reopened = async (world: World): Promise<void> => {
  const id = await newest(world);
  await world.say("chidi", `resume ${id} because the eval was broken`);
  const done = await world.say("erin", `resume ${id} because I looked too`);
  if (!done.ok) throw new Error(done.text);
  await world.clock.advance("2h");
};
