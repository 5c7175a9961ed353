import { expect, test } from "vitest";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { change, delivery, entry } from "./support.ts";

/** New deliveries that are stored in the commit that evaluates them. */
eachDatabase((kind) => {
  test("new deliveries are stored byte for byte, in their order, and nothing of them waits", async () => {
    const { store, query } = await freshStore(kind);
    const attributes = { "x-run": "7" };
    const whole = delivery("d_1", { identity: "i", attributes });
    const odd = delivery("d_2", { contentType: 'text/"odd"\\', body: new Uint8Array(0) });

    const done = await store.commit(change({ stored: [odd, whole], entries: [entry("e_1")] }));

    expect(done).toMatchObject({ is: "done", index: 0 });
    expect(
      await query(
        `select id, source, identity, content_type, encode(body, 'hex'), attributes::text,
           evaluated_at is not null from holdpoint.deliveries order by number`,
      ),
    ).toEqual([
      ["d_2", "alerts", null, 'text/"odd"\\', "", "{}", true],
      ["d_1", "alerts", "i", "application/json", "7b00ff7d", '{"x-run": "7"}', true],
    ]);
    expect(await store.claimDeliveries(10, 1_000, "")).toEqual([]);
  });

  test("where one is known already, by its id or its sender's name for it, nothing is stored", async () => {
    const { store, query } = await freshStore(kind);
    await store.storeDeliveries([delivery("d_1", { identity: "i" })]);
    await store.commit(change({ deliveries: ["d_1"] }));

    const byId = change({ stored: [delivery("d_2"), delivery("d_1")], entries: [entry("e_1")] });
    const byName = change({
      stored: [delivery("d_3", { identity: "i" })],
      entries: [entry("e_2")],
    });
    const twice = ["d_4", "d_5"].map((id) => delivery(id, { identity: "same" }));

    expect(await store.commit(byId)).toMatchObject({ is: "conflict" });
    expect(await store.commit(byName)).toMatchObject({ is: "conflict" });
    expect(await store.commit(change({ stored: twice }))).toMatchObject({ is: "conflict" });
    expect(await query("select id from holdpoint.deliveries")).toEqual([["d_1"]]);
    expect((await store.head()).size).toBe(0);
  });

  test("what was sent first is evaluated first: not while an earlier one of the same source waits", async () => {
    const { store } = await freshStore(kind);
    await store.storeDeliveries([delivery("d_1", { source: "noise" })]);

    const same = change({ stored: [delivery("d_2", { source: "noise" })] });
    const other = change({ stored: [delivery("d_3", { source: "critical" })] });

    expect(await store.commit(same)).toMatchObject({
      is: "conflict",
      because: "an earlier delivery of this source waits to be evaluated",
    });
    expect(await store.commit(other)).toMatchObject({ is: "done" });
    await store.commit(change({ deliveries: ["d_1"] }));
    expect(await store.commit(same)).toMatchObject({ is: "done" });
  });

  test("storing it again after an answer that was lost finds it, and is no repeat of another", async () => {
    const { store } = await freshStore(kind);
    await store.commit(change({ stored: [delivery("d_1", { identity: "i" })] }));

    expect(await store.storeDeliveries([delivery("d_1", { identity: "i" })])).toEqual([
      { id: "d_1", duplicate: false },
    ]);
    expect(await store.claimDeliveries(10, 1_000, "")).toEqual([]);
  });
});
