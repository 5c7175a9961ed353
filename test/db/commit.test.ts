import { describe, expect, inject, test } from "vitest";
import { changeJson } from "../../db/change-json.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { eachDatabase, freshStore } from "../support/databases.ts";
import {
  change,
  condition,
  delivery,
  entry,
  escalation,
  line,
  noon,
  pace,
  state,
} from "./support.ts";

eachDatabase((kind) => {
  test("a change is applied whole, and its entries begin at the index it answers", async () => {
    const { store, query } = await freshStore(kind);

    const first = await store.commit(change({ entries: [entry("e_1"), entry("e_2")] }));
    const second = await store.commit(
      change({
        entries: [entry("e_3")],
        streams: [{ stream: "org", state: state({ a: 1 }) }],
        result: "yes",
      }),
    );

    expect(first).toEqual({ is: "done", index: 0, result: null });
    expect(second).toEqual({ is: "done", index: 2, result: "yes" });
    expect(await query("select index::int, id from holdpoint.entries order by index")).toEqual([
      [0, "e_1"],
      [1, "e_2"],
      [2, "e_3"],
    ]);
    expect(await store.read(["org", "numbers"])).toEqual({
      headAt: noon,
      headSize: 3,
      streams: new Map([
        ["org", { version: 1, state: { a: 1 } }],
        ["numbers", { version: 0, state: null }],
      ]),
    });
  });

  test("a change whose last part the database refuses leaves nothing of its first parts", async () => {
    const { store, query } = await freshStore(kind);
    await store.commit(change({ entries: [entry("e_1")] }));

    const refused = store.commit(
      change({
        key: "press",
        entries: [entry("e_2"), entry("e_1")],
        streams: [{ stream: "org", state: state({}) }],
        outbox: [line("a", "hello")],
      }),
    );

    await expect(refused).rejects.toMatchObject({
      name: "StoreFault",
      outcome: "not-done",
      retry: "never",
    });
    expect(await query("select size::int from holdpoint.log_head")).toEqual([[1]]);
    expect(
      await query(
        "select (select count(*)::int from holdpoint.streams), (select count(*)::int from holdpoint.outbox)",
      ),
    ).toEqual([[0, 0]]);
    expect(await store.receipt("press")).toBeUndefined();
  });

  test("a repeated key is answered with the first result and changes nothing", async () => {
    const { store } = await freshStore(kind);
    const result = { said: "Paused.\u0000", list: [1, 0.1, null] };
    await store.commit(change({ key: "press", entries: [entry("e_1")], result }));

    const again = await store.commit(
      change({ key: "press", entries: [entry("e_2")], result: "other" }),
    );

    expect(again).toEqual({ is: "repeat", result });
    expect(await store.receipt("press")).toEqual({ result });
    expect(await store.receipt("another")).toBeUndefined();
    expect((await store.head()).size).toBe(1);
  });

  test("of twenty commits of one key at the same time exactly one takes effect", async () => {
    const { store } = await freshStore(kind);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        store.commit(change({ key: "press", entries: [entry(`e_${n}`)], result: n })),
      ),
    );

    const done = answers.filter(({ is }) => is === "done");
    const results = new Set(answers.map((answer) => answer.is !== "conflict" && answer.result));
    expect(done).toHaveLength(1);
    expect(results).toHaveLength(1);
    expect((await store.head()).size).toBe(1);
  });

  test("a stream that has moved since it was read is a conflict, and nothing is left of the change", async () => {
    const { store, query } = await freshStore(kind);
    await store.commit(change({ streams: [{ stream: "org", state: state({ n: 1 }) }] }));

    const stale = await store.commit(
      change({
        key: "press",
        expect: [
          { stream: "deployment:a", version: 0 },
          { stream: "org", version: 0 },
        ],
        entries: [entry("e_1")],
        streams: [{ stream: "org", state: state({ n: 2 }) }],
      }),
    );

    expect(stale).toMatchObject({ is: "conflict", because: expect.stringContaining("org") });
    expect(await store.receipt("press")).toBeUndefined();
    expect(await query("select name, version from holdpoint.streams")).toEqual([["org", 1]]);
    expect((await store.head()).size).toBe(0);
  });

  test.each([true, false])(
    "of ten commits on one version exactly one wins (with entries: %s)",
    async (withEntries) => {
      const { store } = await freshStore(kind);
      const stream = "deployment:new" as const;

      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          store.commit(
            change({
              expect: [
                { stream: "org", version: 0 },
                { stream, version: 0 },
              ],
              streams: [{ stream, state: state({ n }) }],
              entries: withEntries ? [entry(`e_${n}`)] : [],
            }),
          ),
        ),
      );

      expect(answers.filter(({ is }) => is === "done")).toHaveLength(1);
      expect(answers.filter(({ is }) => is === "conflict")).toHaveLength(9);
      expect((await store.read([stream])).streams.get(stream)?.version).toBe(1);
    },
  );

  test("two commits that each rest on what the other changes do not both happen", async () => {
    const { store } = await freshStore(kind);
    const expected = [
      { stream: "deployment:a" as const, version: 0 },
      { stream: "deployment:b" as const, version: 0 },
    ];

    const answers = await Promise.all(
      expected.map(({ stream }) =>
        store.commit(change({ expect: expected, streams: [{ stream, state: state({}) }] })),
      ),
    );

    expect(answers.filter(({ is }) => is === "done")).toHaveLength(1);
  });

  test("an entry dated before the head is a conflict", async () => {
    const { store } = await freshStore(kind);
    await store.commit(change({ entries: [entry("e_1")] }));

    const early = entry("e_2", { at: new Date(noon - 1).toISOString() });

    expect(await store.commit(change({ entries: [early] }))).toMatchObject({ is: "conflict" });
    expect(await store.commit(change({ entries: [entry("e_3"), early] }))).toMatchObject({
      is: "conflict",
    });
    expect((await store.head()).size).toBe(1);
  });

  test("a delivery is evaluated once", async () => {
    const { store } = await freshStore(kind);
    await store.storeDeliveries([delivery("d_1")]);

    const first = await store.commit(change({ deliveries: ["d_1"], entries: [entry("e_1")] }));
    const second = await store.commit(change({ deliveries: ["d_1"], entries: [entry("e_2")] }));

    expect(first.is).toBe("done");
    expect(second.is).toBe("conflict");
    expect(await store.claimDeliveries(10, 1000, "")).toEqual([]);
  });

  test("due rows of a changed stream are replaced, those of others stay", async () => {
    const { store } = await freshStore(kind);
    const stream = "deployment:a" as const;
    const due = (name: typeof stream | "org", at: number) => ({
      stream: name,
      kind: "reassess",
      at,
    });
    const moves = [{ stream, state: state({}) }];
    await store.commit(change({ streams: moves, dues: [due(stream, noon), due("org", noon + 2)] }));

    await store.commit(
      change({ streams: moves, dues: [due(stream, noon + 1), due(stream, noon + 1)] }),
    );

    expect(await store.dueBy(noon + 10, 10)).toEqual([due(stream, noon + 1), due("org", noon + 2)]);
    expect(await store.dueBy(noon + 1, 10)).toHaveLength(1);
  });

  test("a condition's counts are added and its range widened, within a change and between changes", async () => {
    const { store } = await freshStore(kind);
    const seen = (lowest: number | null, at: number) =>
      condition({ lowest, highest: lowest, firstAt: at, lastAt: at });
    await store.commit(change({ conditions: [seen(0.3, noon), seen(null, noon + 1)] }));
    await store.commit(
      change({
        conditions: [
          { ...seen(0.1, noon + 2), verdict: "fired" },
          condition({ condition: "other", firing: false, signals: 5 }),
        ],
      }),
    );
    await store.commit(change({ conditions: [{ ...seen(0.5, noon + 3), firing: false }] }));

    const [row] = await store.conditionsOf({
      occurrences: [{ deployment: "assistant-prod", condition: "fp", occurrence: "" }],
      firing: [],
    });
    const evidence = await store.evidenceOf(["HP-1"]);

    expect(row).toEqual({
      ...condition(),
      firing: false,
      lowest: 0.1,
      highest: 0.5,
      verdict: "fired",
      firstAt: noon,
      lastAt: noon + 3,
      signals: 4,
    });
    expect(evidence.get("HP-1")).toEqual({
      signals: 9,
      firstAt: noon,
      lastAt: noon + 3,
      firing: false,
      firingConditions: 0,
      lowest: 0.1,
      highest: 0.5,
      fired: true,
      names: 1,
      shown: null,
    });
  });

  test("what is kept beside the log comes back as it was given", async () => {
    const { store } = await freshStore(kind);
    const salt = new Uint8Array(32).fill(7);
    const text = { commitment: "c_1", salt, text: 'because\u0000 "ä" \\' };
    const policy = {
      digest: "ab",
      canonical: new Uint8Array([1, 0, 255]),
      yaml: "v: 1\n",
      adoptedAt: noon,
    };
    const person = {
      id: entry("e").entry.actor,
      key: "ada",
      name: "Ada",
      title: "Head of Safety",
      slack: null,
      teams: "t",
      pagerduty: "P1",
      oidc: "sub-1",
    };
    const ada = { ...person, id: "p_ada" as never };
    const session = { hash: "h", person: ada.id, kind: "link" as const, expires: noon };
    const open = escalation({});

    await store.commit(
      change({
        texts: [text],
        policies: [policy],
        people: [ada],
        sessions: [session],
        escalations: [open],
      }),
    );

    expect(await store.texts(["c_1", "c_2"])).toEqual(new Map([["c_1", text]]));
    expect(await store.textsLike([text.text, "unknown"])).toEqual(new Map([[text.text, text]]));
    expect(await store.policy("ab")).toEqual(policy);
    expect(await store.policies()).toEqual([policy]);
    expect(await store.people()).toEqual([{ ...ada, linked: { slack: null, teams: null } }]);
    expect(await store.session("h")).toMatchObject(session);
    expect(await store.liveEscalations()).toEqual([open]);
    expect(await store.escalation("HP-1")).toEqual(open);
    expect(await store.escalations({ deployment: "assistant-prod", limit: 5 })).toEqual([open]);
    expect(await store.escalations({ status: "closed", limit: 5 })).toEqual([]);
  });

  test("a login link works exactly once", async () => {
    const { store } = await freshStore(kind);
    await store.commit(
      change({ sessions: [{ hash: "h", person: "p_ada" as never, kind: "link", expires: noon }] }),
    );

    const spent = await Promise.all([
      store.commit(change({ spent: ["h"] })),
      store.commit(change({ spent: ["h"] })),
      store.commit(change({ spent: ["x"] })),
    ]);

    expect(spent.map(({ is }) => is).sort()).toEqual(["conflict", "conflict", "done"]);
    expect(await store.session("h")).toBeUndefined();
  });

  test("what PostgreSQL's text cannot hold becomes U+FFFD in tables and stays whole in the log", async () => {
    const { store } = await freshStore(kind);
    const odd = entry("e_1", { escalation: "HP-1\u0000" });

    await store.commit(
      change({ entries: [odd], outbox: [line("k\u0000", "a\u0000b\ud800c \\u0000 😀")] }),
    );

    const [told] = await store.claimOutbox("console", 1, pace({ leaseMs: 1000 }));
    expect(told?.message.body).toMatchObject({ line: ["a\ufffdb\ufffdc \\u0000 😀"] });
    expect((await store.entriesFrom(0, 1))[0]).toEqual({ index: 0, ...odd });
  });

  test("a restart finds everything that was committed", async () => {
    const before = await freshStore(kind);
    await before.store.commit(change({ key: "press", entries: [entry("e_1")], result: 1 }));

    const after = await before.reopen();

    expect((await after.store.entriesFrom(0, 9)).map(({ entry: { id } }) => id)).toEqual(["e_1"]);
    expect(await after.store.receipt("press")).toEqual({ result: 1 });
    await after.close();
  });
});

describe.skipIf(inject("postgresTemplate") === null)("on postgres", () => {
  test("a commit waits for another that is changing what it rests on, and then is a conflict", async () => {
    const { store, query, url } = await freshStore("postgres");
    const streams = ["deployment:a", "deployment:b"] as const;
    const [a, b] = streams;
    await store.commit(
      change({ streams: streams.map((stream) => ({ stream, state: state({}) })) }),
    );
    const expected = streams.map((stream) => ({ stream, version: 1 }));
    const first = changeJson(
      change({ expect: expected, streams: [{ stream: a, state: state({}) }] }),
      "1",
    );
    const other = await openPostgres(url ?? "");
    const waiting =
      "select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

    const second = await other.alone(async (script) => {
      await script(`begin; select holdpoint.commit($json$${first}$json$::jsonb)`);
      let ended = false;
      const answer = store
        .commit(change({ expect: expected, streams: [{ stream: b, state: state({}) }] }))
        .finally(() => {
          ended = true;
        });
      while (!ended && (await query(waiting))[0]?.[0] === 0) await query("select 1");
      await script("commit");
      return answer;
    });
    await other.close();

    expect(second).toMatchObject({ is: "conflict", because: expect.stringContaining(a) });
  });
});
