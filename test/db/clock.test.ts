import { expect, test } from "vitest";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { card, change, delivery, failure, line, pace } from "./support.ts";

/**
 * Leases and distances are kept by the database's clock. It was ahead, and goes back: nothing waits
 * until it is there again.
 */

const steps = ["6 seconds", "1 hour", "1 day"];
const slow = pace({ perLane: 1, laneMs: 1_000, editMs: 1_000 });

eachDatabase((kind) => {
  test.each(steps)(
    "what was claimed, failed or sent before it went back by %s is sent soon",
    async (step) => {
      const { store, query } = await freshStore(kind);
      await store.commit(
        change({
          outbox: [
            line("a", "x", { lane: "a" }),
            line("b", "x", { lane: "b" }),
            card({ lane: "c" }),
          ],
        }),
      );
      const [item, other, shown] = await store.claimOutbox("console", 9, slow);
      if (!item || !other || !shown) throw new Error("nothing was claimed");
      await store.failed(item.id, item.fence, failure({ retryIn: 60_000, holdLane: 3_600_000 }));
      await store.sent(shown.id, shown.fence);
      await store.commit(change({ outbox: [card({ lane: "c" })] }));
      for (const [table, columns] of [
        ["outbox", ["attempted_at", "leased_until", "retry_at", "sent_at", "waiting_since"]],
        ["lanes", ["free_at"]],
      ] as const)
        for (const column of columns)
          await query(`update holdpoint.${table} set ${column} = ${column} + interval '${step}'`);
      if (step === "6 seconds") {
        expect(await store.claimOutbox("console", 9, slow)).toEqual([]);
        return;
      }

      const claimed = await store.claimOutbox("console", 9, slow);

      expect(claimed.map(({ message }) => message.key).sort()).toEqual(
        [item, other, shown].map(({ message }) => message.key).sort(),
      );
      expect(await store.claimOutbox("console", 9, slow)).toEqual([]);
    },
  );

  test("a delivery that was claimed before it went back by a day is looked into, and one that is being looked into is not", async () => {
    const { store, query } = await freshStore(kind);
    await store.storeDeliveries([delivery("d_1"), delivery("d_2")]);
    await store.claimDeliveries(1, 30_000, "");
    await query("update holdpoint.deliveries set leased_until = leased_until + interval '1 day'");

    const claimed = await store.claimDeliveries(9, 30_000, "");

    expect(claimed.map(({ id }) => id)).toEqual(["d_1", "d_2"]);
    expect(await store.claimDeliveries(9, 30_000, "")).toEqual([]);
  });

  test("its clock can be asked", async () => {
    const { store, query } = await freshStore(kind);
    const at = async () =>
      Number(
        (await query("select (extract(epoch from clock_timestamp()) * 1000)::float8"))[0]?.[0],
      );
    const before = Math.floor(await at());

    const now = await store.now();

    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Math.ceil(await at()));
  });
});
