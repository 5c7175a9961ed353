import { expect, test } from "vitest";
import type { Claimed, MessageRow, SendFailure } from "../../src/app/ports.ts";
import { eachDatabase, type FreshStore, freshStore, type Kind } from "../support/databases.ts";
import { change, failure, line, noon, pace } from "./support.ts";

/** One message, and what becomes of it. */
async function oneMessage(kind: Kind) {
  const fresh = await freshStore(kind);
  const { store, query } = fresh;
  const write = () => store.commit(change({ outbox: [line("k", "x")] }));
  await write();
  const claim = async (): Promise<Claimed> => {
    const [claimed] = await store.claimOutbox("console", 1, pace());
    if (!claimed) throw new Error("nothing to claim");
    return claimed;
  };
  return {
    ...fresh,
    write,
    claim,
    /** A claim that fails so. */
    fail: async (given: Partial<SendFailure>) => {
      const { id, fence } = await claim();
      await store.failed(id, fence, failure(given));
    },
    send: async () => {
      const { id, fence } = await claim();
      await store.sent(id, fence);
    },
    /** A claimer that dies, seen from when its lease has ended. */
    crash: async () => {
      const { attempts } = await claim();
      await query("update holdpoint.outbox set leased_until = now()");
      return attempts;
    },
  };
}

type One = Awaited<ReturnType<typeof oneMessage>>;

const certainly = { doubt: false };
const perhaps = { doubt: true };

/** What was done to a message, and whether the next who claims it must look first. */
const table: readonly (readonly [string, (item: One) => Promise<unknown>, boolean])[] = [
  ["nothing yet", async () => {}, false],
  ["a send that certainly failed", (item) => item.fail(certainly), false],
  ["a send that perhaps arrived", (item) => item.fail(perhaps), true],
  ["a claimer that died", (item) => item.crash(), true],
  [
    "a doubtful send, then one that certainly failed",
    async (item) => {
      await item.fail(perhaps);
      await item.fail(certainly);
    },
    true,
  ],
  [
    "a claimer that died, then a send that certainly failed",
    async (item) => {
      await item.crash();
      await item.fail(certainly);
    },
    true,
  ],
  [
    "certain failures only",
    async (item) => {
      await item.fail(certainly);
      await item.fail(certainly);
    },
    false,
  ],
  [
    "a doubtful send and a newer text",
    async (item) => {
      await item.fail(perhaps);
      await item.write();
    },
    true,
  ],
  [
    "a doubtful send, then one that got through, and a newer text",
    async (item) => {
      await item.fail(perhaps);
      await item.send();
      await item.write();
    },
    false,
  ],
  [
    "a newer text that came while the older one got through",
    async (item) => {
      const { id, fence } = await item.claim();
      await item.write();
      await item.store.sent(id, fence);
    },
    false,
  ],
  [
    "given up in doubt, and a newer text",
    async (item) => {
      await item.fail({ ...perhaps, retryIn: null });
      await item.write();
    },
    true,
  ],
];

const states = ({ query }: FreshStore) => query("select state, last_error from holdpoint.outbox");

eachDatabase((kind) => {
  test.each(table)(
    "after %s it is known whether the message may have arrived",
    async (_, did, doubtful) => {
      const item = await oneMessage(kind);
      await did(item);

      const { doubtSince } = await item.claim();

      expect(doubtSince !== null).toBe(doubtful);
    },
  );

  test("the doubt is as old as the first attempt that may have arrived", async () => {
    const item = await oneMessage(kind);
    await item.fail(certainly);
    await item.crash();
    const [[first] = []] = await item.query(
      "select (extract(epoch from doubt_since) * 1000)::float8 from holdpoint.outbox",
    );
    const attempts = await item.crash();

    const { doubtSince } = await item.claim();

    expect(attempts).toBe(3);
    expect(doubtSince).toBe(Math.floor(Number(first)));
  });

  test("a message given up is counted, until it is written anew", async () => {
    const item = await oneMessage(kind);

    await item.fail({ retryIn: null, error: "channel_not_found" });
    const dead = [await states(item), await item.store.backlog()];
    await item.write();

    expect(dead).toEqual([
      [["dead", "channel_not_found"]],
      { deliveries: 0, outbox: 0, dead: 1, oldestOutboxAge: null, unread: new Map() },
    ]);
    expect(await item.store.nextOutbox("console", pace())).toBe(0);
    expect(await item.store.backlog()).toMatchObject({ outbox: 1, dead: 0 });
  });

  test("giving up an older text does not give up a newer one", async () => {
    const item = await oneMessage(kind);
    const { id, fence } = await item.claim();
    await item.write();

    await item.store.failed(id, fence, failure({ retryIn: null }));

    expect(await states(item)).toEqual([["pending", ""]]);
    expect((await item.claim()).doubtSince).toBeNull();
  });

  test("a message is found by its key and by its place", async () => {
    const { store } = await freshStore(kind);
    const message: MessageRow = {
      chat: "slack",
      key: "card:HP-1",
      channel: "model-risk",
      escalation: "HP-1",
      to: [],
      place: "C0RISK0001:1763892000.000100",
      body: null,
      at: noon,
    };
    await store.saveMessage(message);
    await store.saveMessage({ ...message, chat: "teams" });
    await store.saveMessage({ ...message, key: "line:1", place: "C0RISK0001:1763892000.000200" });

    await store.saveMessage({ ...message, place: "C0RISK0002:1", at: noon + 1 });

    expect(await store.messageOf("slack", "card:HP-1")).toMatchObject({ place: "C0RISK0002:1" });
    expect(await store.messageAt("slack", "C0RISK0002:1")).toMatchObject({ escalation: "HP-1" });
    expect(await store.messageAt("slack", message.place)).toBeUndefined();
    expect(await store.messageOf("slack", "card:HP-2")).toBeUndefined();
  });

  test("of all who show one key at the same time exactly one is the first", async () => {
    const { store } = await freshStore(kind);

    const first = await Promise.all(
      Array.from({ length: 24 }, (_, n) => store.firstSight(`event:${n % 2}`)),
    );

    expect(first.filter(Boolean)).toHaveLength(2);
    expect(await store.firstSight("event:0")).toBe(false);
  });

  test("a key is new again after an hour, and old ones are swept out", async () => {
    const { store, query } = await freshStore(kind);
    await query(
      "insert into holdpoint.sightings select 'old:' || n, now() - interval '61 minutes' from generate_series(1, 150) n",
    );
    await query("insert into holdpoint.sightings values ('young', now() - interval '59 minutes')");

    const again = [await store.firstSight("old:1"), await store.firstSight("young")];

    expect(again).toEqual([true, false]);
    expect(await store.firstSight("old:1")).toBe(false);
    expect(await query("select key from holdpoint.sightings order by key")).toEqual([
      ["old:1"],
      ["young"],
    ]);
  });
});
