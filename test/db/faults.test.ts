import { inspect } from "node:util";
import { expect, test } from "vitest";
import {
  type Claimed,
  type Committed,
  type Delivery,
  Fault,
  type Store,
} from "../../src/app/ports.ts";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { faultConnection } from "../support/fault-connection.ts";
import { change, delivery, entry, line, noon, pace } from "./support.ts";

/**
 * Does a step as its caller in the product does: again after a fault that says "later", with the
 * same keys.
 */
async function again<T>(step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Fault) || error.retry === "never" || tries === 5) throw error;
    }
  }
}

/** Claims until something is there: after a lost answer it comes back when its lease has ended. */
async function claimed<T>(claim: () => Promise<readonly T[]>): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const [first] = await again(claim);
    if (first !== undefined) return first;
  }
  throw new Error("nothing came");
}

/**
 * The whole way of one webhook: stored, claimed, committed with its entry and message, told, noted.
 */
async function journey(
  store: Store,
  name: string,
): Promise<{ committed: Committed; told: readonly Claimed[] }> {
  const given = delivery(`d_${name}`, { identity: name });
  await again(() => store.storeDeliveries([given]));
  const taken: Delivery = await claimed(() => store.claimDeliveries(1, 1, ""));
  const committed = await again(async () => {
    const { version } = (await store.read(["org"])).streams.get("org") ?? { version: 0 };
    return store.commit(
      change({
        key: `key-${name}`,
        expect: [{ stream: "org", version }],
        streams: [{ stream: "org", state: { name } as never }],
        entries: [entry(`e_${name}`)],
        outbox: [line(`line-${name}`, name)],
        deliveries: [taken.id],
        result: name,
      }),
    );
  });
  const message = await claimed(() => store.claimOutbox("console", 1, pace({ leaseMs: 1 })));
  const told = [message];
  await again(() => store.sent(message.id, message.fence));
  const { size } = await again(() => store.head());
  await again(() =>
    store.saveMessage({
      ...message.message,
      channel: "#x",
      escalation: "",
      to: [],
      place: "",
      at: noon,
      body: name,
    }),
  );
  await again(() => store.saveCheckpoint(size, name));
  return { committed, told };
}

/** How often each thing of a journey is there. */
const traces = `select
  (select count(*)::int from holdpoint.deliveries where identity = $1::text and evaluated_at is not null),
  (select count(*)::int from holdpoint.entries where id = 'e_' || $1::text),
  (select count(*)::int from holdpoint.receipts where key = 'key-' || $1::text and result is not null),
  (select count(*)::int from holdpoint.outbox where key = 'line-' || $1::text and state = 'sent'),
  (select count(*)::int from holdpoint.messages where body = to_jsonb($1::text)),
  (select count(*)::int from holdpoint.checkpoint where note = $1::text)`;

eachDatabase((kind) => {
  test.each(["before", "after"] as const)(
    "each statement on the way of a webhook may fail %s it takes effect: nothing is lost, nothing doubled",
    async (when) => {
      const faults = faultConnection();
      const { store, query } = await freshStore(kind, { wrap: faults.wrap });
      faults.plan({ statement: 0, when, times: 0 });
      await journey(store, "clean");
      const statements = faults.seen();

      for (let statement = 1; statement <= statements; statement += 1) {
        const name = `${when}-${statement}`;
        faults.plan({ statement, when, times: 1 });
        const { committed } = await journey(store, name);
        expect(committed, name).toMatchObject({ result: name });
        expect(await query(traces, name), name).toEqual([[1, 1, 1, 1, 1, 1]]);
      }

      expect(statements).toBeGreaterThanOrEqual(9);
      expect((await store.head()).size).toBe(statements + 1);
      expect((await store.read(["org"])).streams.get("org")?.version).toBe(statements + 1);
    },
  );

  test("a commit whose answer was lost is found by its key and answered as a repeat", async () => {
    const faults = faultConnection();
    const { store } = await freshStore(kind, { wrap: faults.wrap });
    faults.plan({ statement: 1, when: "after", times: 1 });

    const answer = await store.commit(
      change({ key: "press", entries: [entry("e_1")], result: "Paused." }),
    );

    expect(answer).toEqual({ is: "repeat", result: "Paused." });
  });

  test("a commit that never arrived is said not to be stored, and pressing again stores it", async () => {
    const faults = faultConnection();
    const { store } = await freshStore(kind, { wrap: faults.wrap });
    const press = change({ key: "press", entries: [entry("e_1")], result: "Paused." });
    faults.plan({ statement: 1, when: "before", times: 1 });

    await expect(store.commit(press)).rejects.toMatchObject({
      outcome: "not-done",
      retry: "later",
    });

    expect(await store.receipt("press")).toBeUndefined();
    expect(await store.commit(press)).toMatchObject({ is: "done", index: 0 });
  });

  test.each(["before", "after"] as const)(
    "while the database stays silent (broken %s) the outcome is unknown, and the receipt settles it later",
    async (when) => {
      const faults = faultConnection();
      const { store } = await freshStore(kind, { wrap: faults.wrap });
      faults.plan({ statement: 1, when, times: 2 });

      await expect(
        store.commit(change({ key: "press", entries: [entry("e_1")], result: 1 })),
      ).rejects.toMatchObject({
        outcome: "unknown",
        retry: "later",
      });

      expect(await store.receipt("press")).toEqual(when === "after" ? { result: 1 } : undefined);
    },
  );

  test("a statement that was given up can no longer take effect when it arrives late", async () => {
    let late: (() => Promise<unknown>) | undefined;
    const { store } = await freshStore(kind, {
      wrap: (execute) => (query) => {
        if (late !== undefined || !query.text.includes("holdpoint.commit")) return execute(query);
        late = () => execute(query); // held up in the network
        return Promise.reject(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
      },
    });
    const press = change({ key: "press", entries: [entry("e_1")] });
    await expect(store.commit(press)).rejects.toMatchObject({ outcome: "not-done" });

    await expect(late?.()).rejects.toMatchObject({ code: "HP003" });

    expect((await store.head()).size).toBe(0);
    expect(await store.commit(press)).toMatchObject({ is: "done" });
  });

  test("a failure carries no parameters in its words", async () => {
    const { store, query } = await freshStore(kind);
    await query("drop table holdpoint.messages");

    const faults = await Promise.all([
      store.messages("secret-chat", 1).catch((fault: unknown) => fault),
      store
        .commit(change({ entries: [entry("secret-chat", { at: "never" })] }))
        .catch((fault: unknown) => fault),
    ]);

    for (const fault of faults) {
      expect(fault).toMatchObject({ name: "StoreFault", outcome: "not-done" });
      expect(inspect(fault, { showHidden: true, depth: 9 })).not.toContain("secret-chat");
    }
  });
});
