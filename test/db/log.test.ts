import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Store } from "../../src/app/ports.ts";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { change, entry, escalation, noon } from "./support.ts";

/**
 * RFC 6962 §2.1, word for word: MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])). Shares
 * nothing with the product.
 */
function mth(entries: readonly Uint8Array[]): Buffer {
  const sha = (...parts: readonly Uint8Array[]) =>
    createHash("sha256").update(Buffer.concat(parts)).digest();
  const [only] = entries;
  if (only === undefined) return sha();
  if (entries.length === 1) return sha(Buffer.from([0]), only);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha(Buffer.from([1]), mth(entries.slice(0, k)), mth(entries.slice(k)));
}

/** The root that a head's peaks stand for: the smallest two first. */
const rootOf = (peaks: readonly Uint8Array[]): Buffer =>
  Buffer.from(
    peaks.reduceRight((right, left) =>
      createHash("sha256")
        .update(Buffer.concat([Buffer.from([1]), left, right]))
        .digest(),
    ),
  );

const batch = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) =>
    entry(`e_${from + n}`, { at: new Date(noon + from + n).toISOString() }),
  );

const bytesOf = async (store: Store) =>
  (await store.entriesFrom(0, 10_000)).map(({ bytes }) => bytes);

const rewrites = [
  "update holdpoint.entries set bytes = ''",
  "delete from holdpoint.entries",
  "truncate holdpoint.entries",
  "delete from holdpoint.entry_about",
  "update holdpoint.nodes set hash = ''",
  "truncate holdpoint.nodes",
  "update holdpoint.policies set canonical = ''",
  "delete from holdpoint.policies",
  "delete from holdpoint.log_head",
  "update holdpoint.log_head set size = 0",
  "update holdpoint.log_identity set vkey = 'mine'",
];

eachDatabase((kind) => {
  test("the root is RFC 6962's for every size up to 70, whether appended singly or in batches", async () => {
    const { store } = await freshStore(kind);
    const sizes = [...Array.from({ length: 20 }, (_, n) => n + 1), 23, 32, 33, 63, 64, 70];
    const roots: string[] = [];
    const expected: string[] = [];
    let from = 0;
    for (const size of sizes) {
      await store.commit(change({ entries: batch(from, size) }));
      from = size;
      roots.push(rootOf((await store.head()).peaks).toString("hex"));
      expected.push(mth((await bytesOf(store)).slice(0, size)).toString("hex"));
    }

    expect(roots).toEqual(expected);
  });

  test("after 1,000 appends root, leaves and every stored subtree are what the bytes say", async () => {
    const { store, query } = await freshStore(kind);
    for (let from = 0; from < 1000; from += 50)
      await store.commit(change({ entries: batch(from, from + 50) }));
    const bytes = await bytesOf(store);

    const head = await store.head();
    const nodes = await query(
      "select level, index::int from holdpoint.nodes order by level, index",
    );

    expect(head.size).toBe(1000);
    expect(rootOf(head.peaks)).toEqual(mth(bytes));
    expect((await store.leafHashes(998, 1001)).map((leaf) => Buffer.from(leaf))).toEqual(
      [998, 999].map((n) => mth([bytes[n] ?? new Uint8Array()])),
    );
    expect(nodes).toEqual([
      [8, 0],
      [8, 1],
      [8, 2],
    ]);
    for (const [level, index] of [
      [0, 3],
      [3, 124],
      [7, 2],
      [8, 2],
      [9, 0],
    ] as const) {
      const width = 2 ** level;
      const subtree = await store.subtree(level, index);
      expect(Buffer.from(subtree)).toEqual(mth(bytes.slice(index * width, (index + 1) * width)));
    }
    await expect(store.subtree(9, 1)).rejects.toThrow("no complete subtree");
  }, 60_000);

  test("nobody rewrites the log by SQL, not even the owner of its tables", async () => {
    const { store, query } = await freshStore(kind);
    await store.commit(change({ entries: [entry("e_1")] }));

    for (const statement of rewrites) {
      await expect(query(statement), statement).rejects.toMatchObject({ code: "HP002" });
    }

    expect((await store.entriesFrom(0, 2)).map((item) => item.bytes)).toEqual([entry("e_1").bytes]);
  });

  test("a policy's file can be erased, its canonical form not", async () => {
    const { store, query } = await freshStore(kind);
    const policy = { digest: "ab", canonical: new Uint8Array([1]), yaml: "names", adoptedAt: noon };
    await store.commit(change({ policies: [policy] }));

    await query("update holdpoint.policies set yaml = ''");
    await store.commit(change({ policies: [{ ...policy, canonical: new Uint8Array([2]) }] }));

    expect(await store.policy("ab")).toEqual(policy);
  });

  test("history finds entries by everything an auditor asks for, newest first, page by page", async () => {
    const { store } = await freshStore(kind);
    const at = (minute: number) => new Date(noon + minute * 60_000).toISOString();
    const decision = {
      kind: "decision.made",
      decision: "resume",
      deployment: "b",
      escalation: "",
      settles: ["HP-1", "HP-2"],
      people: ["p_bob", "p_ada"],
    };
    await store.commit(
      change({
        escalations: [
          escalation({ id: "HP-1", trigger: "rate" }),
          escalation({ id: "HP-2", trigger: "drift", deployment: "b" }),
        ],
        entries: [
          entry("e_0", {
            at: at(0),
            kind: "escalation.opened",
            trigger: "rate",
            deployment: "a",
            escalation: "HP-1",
            actor: { type: "policy" },
          }),
          entry("e_1", { at: at(1), subject: "deployment:a" }),
          entry("e_2", {
            at: at(2),
            subject: "deployment:b",
            ...decision,
            actor: { type: "person", person: "p_bob" },
          }),
          entry("e_3", {
            at: at(2),
            kind: "person.away",
            subject: "org",
            escalation: "",
            person: "p_cy",
            until: at(9),
          }),
        ],
      }),
    );
    const found = async (filter: object) =>
      (await store.entries({ limit: 10, ...filter })).map(({ entry: { id } }) => id);

    expect(await found({})).toEqual(["e_3", "e_2", "e_1", "e_0"]);
    expect(await found({ limit: 2, below: 3 })).toEqual(["e_2", "e_1"]);
    expect(await found({ kinds: ["decision.made", "person.away"] })).toEqual(["e_3", "e_2"]);
    expect(await found({ deployment: "a" })).toEqual(["e_1", "e_0"]);
    expect(await found({ decision: "resume" })).toEqual(["e_2"]);
    expect(await found({ actor: "p_ada" })).toEqual(["e_3", "e_2", "e_1"]);
    expect(await found({ actor: "p_cy" })).toEqual(["e_3"]);
    expect(await found({ escalation: "HP-1" })).toEqual(["e_2", "e_1", "e_0"]);
    expect(await found({ trigger: "drift" })).toEqual(["e_2"]);
    expect(await found({ trigger: "rate", actor: "p_bob" })).toEqual(["e_2"]);
    expect(await found({ since: noon + 60_000 })).toEqual(["e_3", "e_2", "e_1"]);
    expect(await found({ until: noon + 120_000 })).toEqual(["e_1", "e_0"]);
    expect(await found({ since: noon + 1, until: noon + 60_001 })).toEqual(["e_1"]);
    expect(await found({ since: noon + 999_999_999 })).toEqual([]);
    expect((await store.entryById(["e_2", "e_0"])).map(({ index }) => index)).toEqual([0, 2]);
  });

  test("a slower replica does not take the checkpoint back", async () => {
    const { store } = await freshStore(kind);
    await store.saveCheckpoint(5, "five");

    await store.saveCheckpoint(4, "four");
    const kept = await store.checkpoint();
    await store.saveCheckpoint(5, "five again");

    expect(kept).toEqual({ size: 5, note: "five" });
    expect(await store.checkpoint()).toEqual({ size: 5, note: "five again" });
  });
});
