import { expect, test } from "vitest";
import type { Delivery } from "../../src/app/ports.ts";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { change, condition, delivery, entry, failure, line, noon, pace } from "./support.ts";

eachDatabase((kind) => {
  test("a delivery is stored once per source and identity, and the answer names the one that is kept", async () => {
    const { store } = await freshStore(kind);
    await store.storeDeliveries([delivery("d_1", { identity: "i" })]);

    const stored = await store.storeDeliveries([
      delivery("d_2", { identity: "i" }),
      delivery("d_3", { identity: "i", source: "evals" }),
      delivery("d_4"),
      delivery("d_5"),
      delivery("d_6", { identity: "j" }),
      delivery("d_7", { identity: "j" }),
    ]);

    expect(stored).toEqual([
      { id: "d_1", duplicate: true },
      { id: "d_3", duplicate: false },
      { id: "d_4", duplicate: false },
      { id: "d_5", duplicate: false },
      { id: "d_6", duplicate: false },
      { id: "d_6", duplicate: true },
    ]);
  });

  test("a delivery comes back with what its headers said, whatever they hold", async () => {
    const { store } = await freshStore(kind);
    const attributes = {
      "ce-id": 'run "7"',
      "ce-source": "/a\\b,{c}",
      "ce-type": "évaluation\n",
      constructor: "own",
    };
    await store.storeDeliveries([delivery("d_1", { attributes }), delivery("d_2")]);

    const [first, second] = await store.claimDeliveries(9, 1000, "");

    expect(first).toEqual(delivery("d_1", { attributes }));
    expect(second?.attributes).toEqual({});
  });

  test("a delivery stored again after its answer was lost is no duplicate of itself", async () => {
    const { store } = await freshStore(kind);
    const both = [delivery("d_1"), delivery("d_2", { identity: "i" })];
    await store.storeDeliveries(both);

    const again = await store.storeDeliveries(both);

    expect(again).toEqual([
      { id: "d_1", duplicate: false },
      { id: "d_2", duplicate: false },
    ]);
    expect(await store.claimDeliveries(9, 1000, "")).toHaveLength(2);
  });

  test("of many senders of one identity at the same time one is stored", async () => {
    const { store } = await freshStore(kind);

    const stored = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        store.storeDeliveries([delivery(`d_${n}`, { identity: "i" })]),
      ),
    );

    expect(stored.flat().filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(stored.flat().map(({ id }) => id)).size).toBe(1);
  });

  test("deliveries are claimed oldest first, byte for byte, and by one taker only until the lease ends", async () => {
    const { store } = await freshStore(kind);
    const all = Array.from({ length: 9 }, (_, n) =>
      delivery(`d_${n}`, {
        identity: n % 2 === 0 ? `i"\\{},${n}` : null,
        contentType: 'text/plain; a="b,c"',
      }),
    );
    await store.storeDeliveries(all.slice(0, 8));

    const taken: Delivery[] = [];
    for (let round = 0; taken.length < 8 && round < 3; round += 1) {
      // of two at the same moment, one may find nothing that the other has not begun to take
      const claim = () => store.claimDeliveries(4, 60_000, "");
      taken.push(...(await Promise.all([claim(), claim()])).flat());
    }
    await store.storeDeliveries(all.slice(8));
    const [last] = await store.claimDeliveries(4, 0, "");
    const [lastAgain] = await store.claimDeliveries(4, 60_000, "");

    expect(taken.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(all.slice(0, 8));
    expect(last).toEqual(all[8]);
    expect(lastAgain).toEqual(all[8]);
  });

  test("messages are claimed in the order they were written, per chat, by one taker only", async () => {
    const { store } = await freshStore(kind);
    const lines = ["c", "a", "b"].map((key) => line(key, key));
    await store.commit(
      change({ outbox: [...lines, { ...line("a", "elsewhere"), chat: "slack" }] }),
    );

    const claimed = await Promise.all([
      store.claimOutbox("console", 2, pace()),
      store.claimOutbox("console", 2, pace()),
    ]);

    expect(
      claimed
        .flat()
        .map(({ message }) => message.key)
        .toSorted(),
    ).toEqual(["a", "b", "c"]);
    expect(claimed.flat().every(({ attempts, fence }) => attempts === 1 && fence === 1)).toBe(true);
    expect(
      (await store.claimOutbox("slack", 9, pace({ leaseMs: 1000 }))).map(
        ({ message }) => message.body,
      ),
    ).toEqual([expect.objectContaining({ line: ["elsewhere"] })]);
  });

  test("a write to a key while its older text is being sent is still told afterwards", async () => {
    const { store } = await freshStore(kind);
    await store.commit(change({ outbox: [line("card", "open")] }));
    const [older] = await store.claimOutbox("console", 1, pace());

    await store.commit(change({ outbox: [line("card", "decided")] }));
    const whileSending = await store.claimOutbox("console", 1, pace());
    await store.sent(older?.id ?? 0, older?.fence ?? 0);
    const [newer] = await store.claimOutbox("console", 1, pace());
    await store.sent(newer?.id ?? 0, newer?.fence ?? 0);

    expect(whileSending).toEqual([]);
    expect(newer?.message.body).toMatchObject({ line: ["decided"] });
    expect(await store.claimOutbox("console", 1, pace())).toEqual([]);
    expect(await store.backlog()).toEqual({
      deliveries: 0,
      unread: new Map(),
      outbox: 0,
      dead: 0,
      oldestOutboxAge: null,
    });
  });

  test("who lost the lease cannot settle what another has claimed", async () => {
    const { store } = await freshStore(kind);
    await store.commit(change({ outbox: [line("a", "hello")] }));
    const [slow] = await store.claimOutbox("console", 1, pace({ leaseMs: 0 }));
    const [next] = await store.claimOutbox("console", 1, pace());

    await store.sent(slow?.id ?? 0, slow?.fence ?? 0);
    await store.failed(slow?.id ?? 0, slow?.fence ?? 0, failure({ retryIn: null }));

    expect(next?.attempts).toBe(2);
    expect(await store.backlog()).toMatchObject({ outbox: 1 });
  });

  test("a failed message waits for its time, one given up is not tried again until it is written anew", async () => {
    const { store, query } = await freshStore(kind);
    await store.commit(change({ outbox: [line("a", "hello")] }));
    const claim = async () => (await store.claimOutbox("console", 1, pace()))[0];
    const first = await claim();

    await store.failed(first?.id ?? 0, first?.fence ?? 0, failure({ retryIn: 3_600_000 }));
    const early = await claim();
    await query("update holdpoint.outbox set retry_at = now()");
    const second = await claim();
    await store.failed(second?.id ?? 0, second?.fence ?? 0, failure({ retryIn: null }));
    const given = await claim();
    await store.commit(change({ outbox: [line("a", "hello again")] }));
    const third = await claim();

    expect([early, second?.attempts, given, third?.attempts]).toEqual([undefined, 2, undefined, 1]);
    expect(third?.message.body).toMatchObject({ line: ["hello again"] });
  });

  test("what a chat was last told is kept by key, newest first", async () => {
    const { store } = await freshStore(kind);
    const message = {
      chat: "console",
      key: "a",
      channel: "#x",
      escalation: "" as const,
      to: [],
      place: "",
      body: { text: "one" },
      at: noon,
    };
    await store.saveMessage(message);
    await store.saveMessage({ ...message, key: "b", at: noon + 1, body: "1" });

    await store.saveMessage({ ...message, at: noon + 2, body: null });

    expect(await store.messages("console", 5)).toEqual([
      { ...message, at: noon + 2, body: null },
      { ...message, key: "b", at: noon + 1, body: "1" },
    ]);
  });

  test("a signal that counts for two escalations is one signal of its deployment", async () => {
    const { store } = await freshStore(kind);
    const signal = { deployment: "a", labels: { "a\u0000": "b" } } as never;
    const row = (position: number, escalation: "HP-1" | "HP-2" | "", at: number) => ({
      delivery: "d_1",
      position,
      at,
      escalation,
      observed: { signal, condition: "c", occurrence: null, caveat: null },
    });
    await store.commit(
      change({
        signals: [row(0, "HP-1", noon), row(0, "HP-2", noon), row(1, "", noon + 1)],
        conditions: [condition()],
      }),
    );

    const since = await store.signalsSince("a", noon, 5);

    expect(since.map(({ position }) => position)).toEqual([1, 0]);
    expect(since.map(({ observed }) => observed.signal.labels)).toEqual([
      { "a\ufffd": "b" },
      { "a\ufffd": "b" },
    ]);
    expect(await store.signalsSince("a", noon + 1, 5)).toHaveLength(1);
  });

  test("every place that something waits for is known, and which endpoint said under which policy that it is gone", async () => {
    const { store } = await freshStore(kind);
    const told = { ...line("n", "x"), chat: "notify:gateway" };
    await store.commit(change({ outbox: [line("a", "x"), told, { ...told, key: "m" }] }));
    const [claimed] = await store.claimOutbox("console", 1, pace());
    await store.sent(claimed?.id ?? 0, claimed?.fence ?? 0);

    const before = await store.goneUnder("gateway");
    await store.saveGone("gateway", noon);
    await store.saveGone("gateway", noon + 1);

    expect(await store.waitingChats()).toEqual(["notify:gateway"]);
    expect([before, await store.goneUnder("gateway")]).toEqual([null, noon + 1]);
    expect(await store.goneUnder("other")).toBeNull();
  });

  test("waiting work is counted and the database answers", async () => {
    const { store } = await freshStore(kind);
    await store.storeDeliveries([delivery("d_1")]);
    await store.commit(change({ outbox: [line("a", "x")], entries: [entry("e_1")] }));

    await store.ping();

    expect(await store.backlog()).toEqual({
      deliveries: 1,
      unread: new Map([["alerts", noon]]),
      outbox: 1,
      dead: 0,
      oldestOutboxAge: expect.any(Number),
    });
  });

  test("a database that is silent for too long is a fault, not a wait", async () => {
    let silent = false;
    const { store } = await freshStore(kind, {
      wrap: (execute) => (query) => (silent ? new Promise(() => undefined) : execute(query)),
    });
    silent = true;

    await expect(store.ping()).rejects.toMatchObject({
      name: "StoreFault",
      outcome: "unknown",
      retry: "later",
    });
  });
});
