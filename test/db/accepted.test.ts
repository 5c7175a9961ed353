import postgres from "postgres";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { change, delivery, entry } from "./support.ts";

/**
 * Each source has a lane of its own, and a widening knows everything that was accepted before it.
 */

const big = new Uint8Array(300 * 1024);

eachDatabase((kind) => {
  test("behind three hundred of a noisy source, another one's first is claimed with the first", async () => {
    const { store } = await freshStore(kind);
    const noise = Array.from({ length: 300 }, (_, n) => delivery(`n_${n}`, { source: "noisy" }));
    await store.storeDeliveries([...noise, delivery("c_1", { source: "critical" })]);

    const first = await store.claimDeliveries(10, 60_000, "");

    expect(first.map(({ id }) => id)).toEqual([
      ...noise.slice(0, 9).map(({ id }) => id),
      "c_1", // in the order in which they came
    ]);
  });

  test("large bodies are taken one at a time, and the sources behind are served first the next time", async () => {
    const { store } = await freshStore(kind);
    await store.storeDeliveries([
      delivery("a_1", { source: "a", body: big }),
      delivery("a_2", { source: "a", body: big }),
      delivery("b_1", { source: "b", body: big }),
      delivery("c_1", { source: "c" }),
    ]);

    const rounds = [];
    for (const after of ["", "a", "b"]) rounds.push(await store.claimDeliveries(10, 60_000, after));

    expect(rounds.map((round) => round.map(({ id }) => id))).toEqual([
      ["a_1"],
      ["b_1"],
      ["a_2", "c_1"],
    ]);
  });

  test("what nobody has read is shown oldest first, and whether somebody has taken it; what is named is taken once", async () => {
    const { store } = await freshStore(kind);
    const all = ["d_1", "d_2", "d_3", "d_4"].map((id) => delivery(id));
    await store.storeDeliveries(all);
    await store.commit(change({ deliveries: ["d_4"] }));
    await store.claimNamed(["d_2"], 60_000);

    const unread = await store.unread(["d_3"]);

    expect(unread).toEqual([
      { delivery: all[0], taken: false },
      { delivery: all[1], taken: true },
    ]);
    expect(await store.claimNamed(["d_1", "d_2", "d_4"], 60_000)).toEqual([all[0]]);
  });

  test("a widening is a conflict while anything waits that it has not heard, and leaves nothing", async () => {
    const { store } = await freshStore(kind);
    await store.storeDeliveries([delivery("d_1"), delivery("d_2")]);
    const resume = change({ entries: [entry("e_1")], heard: ["d_1"] });

    const before = await store.commit(resume);
    const { size } = await store.head();
    const unmoved = await store.commit(change({ entries: [entry("e_2")] }));
    await store.commit(change({ deliveries: ["d_2"] }));

    expect(before).toMatchObject({ is: "conflict" });
    expect(size).toBe(0);
    expect(unmoved).toMatchObject({ is: "done" }); // what widens nothing waits for nothing
    expect(await store.commit(resume)).toMatchObject({ is: "done" });
  });
});

describe.skipIf(inject("postgresTemplate") === null)("on postgres", () => {
  test("a widening waits for a delivery that is being stored, and does not pass it", async () => {
    const { store, url, query } = await freshStore("postgres");
    const sender = postgres(url ?? "", { max: 1, onnotice: () => {} });
    onTestFinished(() => sender.end());
    await sender.unsafe("begin");
    await sender.unsafe(
      "insert into holdpoint.deliveries (id, source, received_at, content_type, body) values ('d_1', 's', now(), '', '')",
    );

    const committing = store.commit(change({ entries: [entry("e_1")], heard: [] }));
    const waiting = "select from pg_locks where locktype = 'advisory' and not granted";
    while ((await query(waiting)).length === 0);
    await sender.unsafe("commit");

    expect(await committing).toMatchObject({ is: "conflict" });
    expect(await store.head()).toMatchObject({ size: 0 });
  });
});
