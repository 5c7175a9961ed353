import { expect, test } from "vitest";
import type { Claimed, Outgoing, Pace, Store } from "../../src/app/ports.ts";
import { eachDatabase, type FreshStore, freshStore } from "../support/databases.ts";
import { card, change, failure, line, pace } from "./support.ts";

/**
 * One message a second in a channel, as Slack wants it; longer here, so that no test is overtaken
 * by the time it takes.
 */
const slow = pace({ perLane: 1, laneMs: 60_000, editMs: 60_000 });

/** Messages of the lanes a, b, c, …: so many of each, in the order of their numbers. */
const rows = (lanes: number, each: number, given: Partial<Outgoing> = {}): readonly Outgoing[] =>
  Array.from({ length: lanes * each }, (_, n) => {
    const lane = String.fromCharCode(97 + (n % lanes));
    return line(`${lane}${Math.floor(n / lanes)}`, "x", { lane, ...given });
  });

async function holding(kind: Parameters<typeof freshStore>[0], outbox: readonly Outgoing[]) {
  const fresh = await freshStore(kind);
  await fresh.store.commit(change({ outbox }));
  const claim = async (how: Pace = slow, limit = 50): Promise<readonly Claimed[]> =>
    fresh.store.claimOutbox("console", limit, how);
  return { ...fresh, claim };
}

const keys = (claimed: readonly Claimed[]): readonly string[] =>
  claimed.map(({ message }) => message.key);

/** Every lane may be spoken to again. */
const timePasses = ({ query }: Pick<FreshStore, "query">) =>
  query("update holdpoint.lanes set free_at = now()");

const sendAll = (store: Store, claimed: readonly Claimed[]) =>
  Promise.all(claimed.map(({ id, fence }) => store.sent(id, fence)));

eachDatabase((kind) => {
  test("a channel is told one message, and the next when its distance is over", async () => {
    const world = await holding(kind, rows(2, 3));

    const first = await world.claim();
    const early = await world.claim();
    await timePasses(world);
    const second = await world.claim();

    expect(keys(first)).toEqual(["a0", "b0"]);
    expect(early).toEqual([]);
    expect(keys(second)).toEqual(["a1", "b1"]);
  });

  test("a chat that keeps no distance is told everything, as many of a channel at once as it takes", async () => {
    const { claim } = await holding(kind, rows(1, 5));

    const first = await claim(pace({ perLane: 3 }));
    const second = await claim(pace({ perLane: 3 }));

    expect([keys(first), keys(second)]).toEqual([
      ["a0", "a1", "a2"],
      ["a3", "a4"],
    ]);
  });

  test("what is most urgent goes first, in its channel and where a batch is too small for all", async () => {
    const world = await holding(kind, [
      line("digest", "", { lane: "a", urgency: 2 }),
      line("sentence", "", { lane: "a", urgency: 1 }),
      line("other", "", { lane: "b", urgency: 1 }),
      card({ lane: "a", urgency: 0 }),
    ]);
    const told: string[] = [];

    for (let n = 0; n < 4; n += 1) {
      told.push(...keys(await world.claim(slow, 1)));
      if (n > 0) await timePasses(world);
    }

    expect(told).toEqual(["card:HP-1", "other", "sentence", "digest"]);
  });

  test("what was urgent and still waits stays urgent; once sent, it is as urgent as it is written", async () => {
    const { store, claim } = await holding(kind, [line("k", "", { urgency: 0 })]);

    await store.commit(change({ outbox: [line("k", "", { urgency: 2, lane: "moved" })] }));
    const waiting = await claim(pace());
    await sendAll(store, waiting);
    await store.commit(change({ outbox: [line("k", "", { urgency: 2 })] }));
    const anew = await claim(pace());

    expect(waiting[0]?.message).toMatchObject({ urgency: 0, lane: "moved" });
    expect(anew[0]?.message).toMatchObject({ urgency: 2, lane: "model-risk" });
  });

  test("of eight claimers at the same time none gets a message that another has", async () => {
    const { claim } = await holding(kind, rows(10, 20));
    const told: string[] = [];

    for (let idle = 0; idle < 3; ) {
      const batches = await Promise.all(Array.from({ length: 8 }, () => claim(pace(), 7)));
      const now = batches.flatMap(keys);
      told.push(...now);
      idle = now.length === 0 ? idle + 1 : 0;
    }

    expect(told).toHaveLength(200);
    expect(new Set(told).size).toBe(200);
  });

  test("of eight claimers at the same time one speaks in a channel, and every channel is spoken to in order", async () => {
    const world = await holding(kind, rows(10, 20));
    const told: string[] = [];

    for (let round = 0; round < 20; round += 1) {
      const batches = await Promise.all(Array.from({ length: 8 }, () => world.claim(slow, 50)));
      const claimed = batches.flat();
      const lanes = claimed.map(({ message }) => message.lane);
      expect(new Set(lanes).size, `round ${round}`).toBe(lanes.length);
      told.push(...keys(claimed));
      await timePasses(world);
    }

    expect(told).toHaveLength(200);
    expect(told.filter((key) => key.startsWith("c"))).toEqual(
      Array.from({ length: 20 }, (_, n) => `c${n}`),
    );
  });

  test("a channel that asked for a pause is left alone, and no other", async () => {
    const { store, claim, query } = await holding(kind, rows(2, 2));
    const how = { ...slow, laneMs: 1 };
    const [a] = await claim(how, 1);

    await store.failed(a?.id ?? 0, a?.fence ?? 0, failure({ holdLane: 60_000 }));
    await query("update holdpoint.lanes set free_at = now() where lane = 'b'");
    const meanwhile = await claim(how);
    await query("update holdpoint.lanes set free_at = now()");
    const afterwards = await claim(how);

    expect(keys(meanwhile)).toEqual(["b0"]);
    expect(keys(afterwards)).toContain("a0");
  });

  test("a pause that was asked for is never shortened by the next one", async () => {
    const { store, claim } = await holding(kind, rows(1, 2));
    const [first] = await claim(pace({ perLane: 1 }));
    await store.failed(first?.id ?? 0, first?.fence ?? 0, failure({ holdLane: 60_000 }));

    await store.failed(first?.id ?? 0, first?.fence ?? 0, failure({ holdLane: 1 }));

    expect(await store.nextOutbox("console", pace())).toBeGreaterThan(30_000);
  });

  test("a card that was edited a moment ago waits, a sentence does not", async () => {
    const { store, claim, query } = await holding(kind, [card(), line("k", "")]);
    const how = { ...slow, laneMs: 0, perLane: 9 };
    await sendAll(store, await claim(how));

    await store.commit(change({ outbox: [card({ urgency: 0 }), line("k", "")] }));
    const early = await claim(how);
    const until = await store.nextOutbox("console", how);
    await query("update holdpoint.outbox set sent_at = now() - interval '61 seconds'");
    const later = await claim(how);

    expect(keys(early)).toEqual(["k"]);
    expect(until).toBeGreaterThan(30_000);
    expect(keys(later)).toEqual(["card:HP-1"]);
  });

  test("how long to wait is known: for nothing, a free channel, a pace, a retry, a lease", async () => {
    const { store, claim, query } = await holding(kind, []);
    const next = () => store.nextOutbox("console", slow);

    const nothing = await next();
    await store.commit(change({ outbox: rows(1, 2) }));
    const free = await next();
    const [first] = await claim();
    const paced = await next();
    await query("update holdpoint.lanes set free_at = now()");
    const another = await next();
    await query("update holdpoint.outbox set state = 'sent' where key <> 'a0'");
    const leased = await next();
    await store.failed(first?.id ?? 0, first?.fence ?? 0, failure({ retryIn: 3_600_000 }));
    const retry = await next();

    expect([nothing, free, another]).toEqual([null, 0, 0]);
    for (const wait of [paced, leased]) {
      expect(wait).toBeGreaterThan(30_000);
      expect(wait).toBeLessThanOrEqual(60_000);
    }
    expect(retry).toBeGreaterThan(3_000_000);
  });
});
