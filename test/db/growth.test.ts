import { expect, test } from "vitest";
import { parseDelivery } from "../../src/sources/index.ts";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { rowsRead } from "./rows-read.ts";
import { noon as at, change, condition, delivery, entry, escalation } from "./support.ts";

const day = 86_400_000;

/** An evaluation as a sender sends it: its body is kept beside all this. */
const body = {
  kind: "eval",
  status: "ok",
  deployment: "assistant-prod",
  model: "aurora-3",
  suite: "suite-3",
  scorer: "attack_success",
  metric: "mean",
  value: 0.02,
  threshold: 0.05,
  worse: "higher",
  stderr: 0.011,
  samples: { completed: 600, total: 600 },
  summary: "Jailbreaks in a run of 600 attempts; the limit is 5 %",
  url: "https://evals.example.org/runs/jailbreak-nightly/2026-11-23",
};

const untilAll = (until: number) => ({
  deliveries: until,
  messages: until,
  receipts: until,
  sessions: until,
});

const open = { escalation: "HP-9", condition: "fp" } as const;

/**
 * One rule that has met one condition for years: 5,000 times in closed escalations, 5,000 in one
 * that is open.
 */
const manyOccurrences = `insert into holdpoint.conditions (deployment, trigger, condition, occurrence, escalation, firing, verdict, first_at, last_at, signals)
  select 'assistant-prod', 'jailbreak-rate', 'fp', 'run-' || n, case when n > 5000 then 'HP-9' else 'HP-' || n % 5 end, n % 100 = 0,
    'fired', '2026-11-01', '2026-11-01', 1 from generate_series(1, 10000) n`;

eachDatabase((kind) => {
  test("what an alert and a press need is found by its key, however much is stored", async () => {
    const database = await freshStore(kind, { isNew: true });
    await database.query(manyOccurrences);
    await database.query(
      `insert into holdpoint.escalations (id, number, status, deployment, trigger, severity, opened_at, doc)
       select 'HP-' || n, n, case when n = 9 then 'open' else 'closed' end, 'assistant-prod', 'jailbreak-rate', 'high', now(), '{}'
       from generate_series(1, 5000) n`,
    );
    await database.query("analyze holdpoint.conditions");
    await database.query("analyze holdpoint.escalations");
    const wanted = {
      occurrences: [{ deployment: "assistant-prod", condition: "fp", occurrence: "run-7" }],
      firing: [{ ...open, every: false }],
    };
    const told = change({
      conditions: [condition({ escalation: "HP-9", occurrence: "new", verdict: "fired" })],
      entries: [entry("e_1", { escalation: "HP-9" })],
    });

    const alert = await rowsRead(database, (store) => store.conditionsOf(wanted));
    const stored = await rowsRead(database, (store) => store.commit(told));
    const card = await rowsRead(database, (store) => store.evidenceOf(["HP-9"]));
    const live = await rowsRead(database, (store) => store.liveEscalations());

    expect(alert.get("conditions")).toEqual({ whole: 0, byIndex: 1 });
    expect(stored.get("conditions")?.whole).toBe(0);
    expect(stored.get("conditions")?.byIndex).toBeLessThan(10);
    expect(stored.get("escalations")).toEqual({ whole: 0, byIndex: 1 });
    expect(card.get("conditions")).toEqual({ whole: 0, byIndex: 0 });
    expect(live.get("escalations")).toEqual({ whole: 0, byIndex: 1 });
  });

  test("of the conditions of an open escalation, those are found that a word of calm can end", async () => {
    const { store, query } = await freshStore(kind, { isNew: true });
    await query(manyOccurrences);

    const wanted = { occurrences: [], firing: [{ ...open, every: true }] };
    const firing = await store.conditionsOf(wanted);

    expect(firing).toHaveLength(50);
    expect(firing.every((row) => row.firing && row.escalation === "HP-9")).toBe(true);
  });

  test("what conditions add up to is kept as they change, each condition counted once while any occurrence of it fires", async () => {
    const { store } = await freshStore(kind, { isNew: true });
    const say = (...conditions: readonly ReturnType<typeof condition>[]) =>
      store.commit(change({ conditions }));
    const item = (given: Parameters<typeof condition>[0]) => condition({ signals: 1, ...given });

    await say(
      item({ occurrence: "a", lowest: 3, highest: 3 }),
      item({ occurrence: "b", verdict: "fired" }),
    );
    await say(item({ condition: "other", occurrence: "a", lowest: 9, highest: 9, lastAt: at + 5 }));
    await say(item({ occurrence: "a", firing: false, signals: 0 }));
    const two = await store.evidenceOf(["HP-1"]);
    await say(item({ occurrence: "b", firing: false, signals: 0 }));
    await say(item({ condition: "other", occurrence: "a", firing: false, signals: 0 }));
    const none = await store.evidenceOf(["HP-1"]);

    const sums = {
      names: 1,
      signals: 3,
      lowest: 3,
      highest: 9,
      firstAt: at,
      lastAt: at + 5,
      fired: true,
      shown: null,
    };
    expect(two.get("HP-1")).toEqual({ ...sums, firing: true, firingConditions: 2 });
    expect(none.get("HP-1")).toEqual({ ...sums, firing: false, firingConditions: 0 });
  });

  test("bodies of old deliveries are removed, never one that is not evaluated or that something open rests on", async () => {
    const { store, query } = await freshStore(kind, { isNew: true });
    const old = { receivedAt: at - 40 * day, attributes: { "ce-id": "1" } };
    const ids = ["d_closed", "d_settled", "d_open", "d_quiet", "d_waiting", "d_new"];
    const received = (id: string) => (id === "d_new" ? { receivedAt: at } : {});
    await store.storeDeliveries(
      ids.map((id) => delivery(id, { ...old, identity: id, ...received(id) })),
    );
    await store.commit(
      change({
        deliveries: ids.filter((id) => id !== "d_waiting"),
        escalations: [
          escalation({ id: "HP-1", status: "open" }),
          escalation({ id: "HP-2", status: "settled" }),
          escalation({ id: "HP-3", status: "closed" }),
        ],
      }),
    );
    await query(
      `insert into holdpoint.signals (delivery, position, escalation, deployment, at, observed) values
        ('d_open', 0, 'HP-3', 'a', now(), '{}'), ('d_open', 0, 'HP-1', 'a', now(), '{}'),
        ('d_settled', 0, 'HP-2', 'a', now(), '{}'), ('d_closed', 0, 'HP-3', 'a', now(), '{}'), ('d_quiet', 0, '', 'a', now(), '{}')`,
    );
    const until = at - 30 * day;

    let past: number | null = 0;
    const steps: (number | null)[] = [];
    while (past !== null) {
      past = await store.forget(untilAll(until), past, 2);
      steps.push(past);
    }

    expect(steps.length).toBeGreaterThan(1);
    expect(
      await query(
        "select id from holdpoint.deliveries where removed_at is not null and body = '' and removed_size = 4 and length(removed_digest) = 32 order by id",
      ),
    ).toEqual([["d_closed"], ["d_quiet"]]);
    const again = await store.storeDeliveries([delivery("d_again", { identity: "d_closed" })]);
    expect(again).toEqual([{ id: "d_closed", duplicate: true }]);
  });

  test("each class goes by its own time; who was told when stays, and what something open shows", async () => {
    const { store, query } = await freshStore(kind, { isNew: true });
    await store.commit(
      change({
        escalations: [
          escalation({ id: "HP-1", status: "settled" }),
          escalation({ id: "HP-2", status: "closed" }),
        ],
      }),
    );
    const said = { channel: "model-risk", to: [], place: "" } as const;
    for (const [key, escalation, days, chat] of [
      ["line:open", "HP-1", 100, "console"],
      ["line:closed", "HP-2", 100, "console"],
      ["card:HP-2", "HP-2", 100, "console"],
      ["line:new", "HP-2", 80, "console"],
      ["line:slack", "HP-2", 100, "slack"],
    ] as const)
      await store.saveMessage({
        ...said,
        chat,
        key,
        escalation,
        body: "words",
        at: at - days * day,
      });
    const ago = (days: number) => new Date(at - days * day).toISOString();
    await query(
      `insert into holdpoint.outbox (chat, key, body, state, sent_at, attempted_at) values
        ('slack', 'sent-old', '{}', 'sent', $1::timestamptz, $1::timestamptz), ('slack', 'sent-new', '{}', 'sent', $2::timestamptz, $2::timestamptz),
        ('slack', 'dead-old', '{}', 'dead', null, $1::timestamptz), ('slack', 'dead-new', '{}', 'dead', null, $2::timestamptz),
        ('slack', 'waits', '{}', 'pending', null, $1::timestamptz)`,
      ago(100),
      ago(80),
    );
    await query(
      "insert into holdpoint.receipts (key, result, at) values ('old', '{}', $1::timestamptz), ('new', '{}', $2::timestamptz)",
      ago(40),
      ago(20),
    );
    await query(
      "insert into holdpoint.sessions (hash, person, kind, expires) values ('old', 'p_a', 'code', $1::timestamptz), ('new', 'p_a', 'link', $2::timestamptz)",
      ago(10),
      ago(5),
    );

    await store.forget(
      {
        deliveries: at - 30 * day,
        messages: at - 90 * day,
        receipts: at - 30 * day,
        sessions: at - 7 * day,
      },
      0,
      50,
    );

    const column = async (text: string) => (await query(text)).flat();
    expect(
      await column("select key from holdpoint.messages where body is null order by key"),
    ).toEqual(["card:HP-2", "line:closed"]);
    expect(await column("select count(*)::int from holdpoint.messages")).toEqual([5]);
    expect((await store.linesSaid("console", 9)).map(({ key }) => key)).toEqual([
      "line:new",
      "line:open",
    ]);
    expect(await column("select key from holdpoint.outbox order by key")).toEqual([
      "dead-new",
      "sent-new",
      "waits",
    ]);
    expect(await column("select key from holdpoint.receipts")).toEqual(["new"]);
    expect(await column("select hash from holdpoint.sessions")).toEqual(["new"]);
  });

  test.each([
    ["everything", "", []],
    ["person", "p_a", []],
    ["deployment", "assistant-prod", ["d_other", "line:other", "sent-other", "s_a", "s_b"]],
    ["escalation", "HP-1", ["d_other", "line:other", "sent-other", "s_a", "s_b"]],
    ["deployment", "search", ["d_own", "line:own", "sent-own", "s_a", "s_b"]],
  ] as const)(
    "what a legal hold covers stays, however old, until it is lifted: %s %s",
    async (what, target, gone) => {
      const { store, query } = await freshStore(kind, { isNew: true });
      const old = { receivedAt: at - 400 * day };
      const ids = ["d_own", "d_other", "d_none"];
      await store.storeDeliveries(ids.map((id) => delivery(id, { ...old, identity: id })));
      await store.commit(
        change({
          deliveries: ids,
          escalations: [
            escalation({ id: "HP-1", status: "closed" }),
            escalation({ id: "HP-2", status: "closed", deployment: "search" }),
          ],
        }),
      );
      await query(
        `insert into holdpoint.signals (delivery, position, escalation, deployment, at, observed) values
        ('d_own', 0, 'HP-1', 'assistant-prod', now(), '{}'), ('d_other', 0, '', 'search', now(), '{}')`,
      );
      const said = { chat: "console", channel: "c", to: [], place: "", body: "words" } as const;
      for (const [key, escalation] of [
        ["line:own", "HP-1"],
        ["line:other", "HP-2"],
        ["line:none", ""],
      ] as const)
        await store.saveMessage({ ...said, key, escalation, at: at - 400 * day });
      await query(
        `insert into holdpoint.outbox (chat, key, body, state, sent_at) values
        ('slack', 'sent-own', '{"escalation":"HP-1"}', 'sent', '2020-01-01'), ('slack', 'sent-other', '{"escalation":"HP-2"}', 'sent', '2020-01-01'),
        ('slack', 'sent-none', '{}', 'sent', '2020-01-01')`,
      );
      await query(
        "insert into holdpoint.receipts (key, result, at) values ('r', '{}', '2020-01-01')",
      );
      await query(
        "insert into holdpoint.sessions (hash, person, kind, expires) values ('s_a', 'p_a', 'code', '2020-01-01'), ('s_b', 'p_b', 'code', '2020-01-01')",
      );
      const holds = (standing: object) =>
        query(
          "insert into holdpoint.streams (name, version, state) values ('org', 1, $1::text::jsonb) on conflict (name) do update set state = excluded.state",
          JSON.stringify({ holds: standing }),
        );
      const left = async () =>
        (
          await query(
            `select id from holdpoint.deliveries where removed_at is null union select key from holdpoint.messages where body is not null
           union select key from holdpoint.outbox union select key from holdpoint.receipts union select hash from holdpoint.sessions`,
          )
        ).flat();
      const before = await left();

      await holds({ e_1: { by: "p_a", what, target } });
      await store.forget(untilAll(at - 30 * day), 0, 50);

      const others = what === "person" ? ["s_b"] : gone;
      expect(before.filter((id) => !(others as readonly unknown[]).includes(id)).sort()).toEqual(
        (await left()).sort(),
      );
      await holds({});
      await store.forget(untilAll(at - 30 * day), 0, 50);
      expect(await left()).toEqual([]);
    },
  );

  test("beside its body a webhook takes few bytes: nothing is stored twice in its rows", async () => {
    const { store, query } = await freshStore(kind, { isNew: true });
    const sent = delivery(`d_${"a".repeat(20)}`, {
      body: Buffer.from(JSON.stringify(body)),
      identity: `msg_${"1".repeat(24)}`,
    });
    const context = { source: "signals", receivedAt: at, contentType: "", deployment: "" };
    const none = { map: new Map(), labels: new Map(), mapping: null, attributes: {} };
    const parsed = parseDelivery("signal", sent.body, { ...context, ...none });
    const [observed] = "mapped" in parsed ? parsed.mapped : [];
    if (!observed) throw new Error("the body says nothing");
    const kept = { delivery: sent.id, position: 0, at, escalation: "", observed } as const;
    await store.storeDeliveries([sent]);

    await store.commit(change({ deliveries: [sent.id], signals: [kept] }));

    const rows = await query(
      `select pg_column_size(d.*) - octet_length(d.body), pg_column_size(s.*) from holdpoint.deliveries d
       join holdpoint.signals s on s.delivery = d.id`,
    );
    const [beside = 0, signal = 0] = rows[0]?.map(Number) ?? [];
    const indexes = await query(
      "select indexname from pg_indexes where schemaname = 'holdpoint' and tablename = 'signals' order by 1",
    );
    expect(beside).toBeLessThan(190);
    expect(signal).toBeLessThan(480);
    expect((await store.signalsSince("assistant-prod", at, 5))[0]).toEqual(kept);
    expect(indexes.flat()).toEqual([
      "signals_delivery_position_escalation_pk",
      "signals_deployment",
      "signals_runs",
    ]);
  });
});

test("the embedded database has the room of changed rows back by itself", async () => {
  const { store, query } = await freshStore("pglite", { isNew: true });
  await query(
    "insert into holdpoint.streams (name, state) select 's' || n, '{}' from generate_series(1, 100) n",
  );
  const pages = () => query("select pg_relation_size('holdpoint.streams')::int");
  const changeAll = async () => {
    for (let n = 0; n < 20; n += 1) {
      await query("update holdpoint.streams set state = jsonb_build_object('n', $1::int)", n);
      await query("select pg_stat_force_next_flush()"); // else counted once a second
      await store.tidy();
    }
  };
  await changeAll();
  const first = await pages();

  await changeAll();

  expect(await pages()).toEqual(first);
});

test("the embedded database lets go of its write-ahead log by itself", async () => {
  const { store, query } = await freshStore("pglite", { isNew: true });
  const sinceCheckpoint = async () => {
    const text = "select (pg_current_wal_lsn() - redo_lsn)::int from pg_control_checkpoint()";
    return Number((await query(text))[0]?.[0]);
  };
  const write = (megabytes: number) =>
    query(`select pg_logical_emit_message(false, 'test', repeat('x', ${megabytes} * 1024 * 1024))`);

  await query("checkpoint");
  await write(40);
  await store.tidy();
  const some = await sinceCheckpoint();
  await write(40);
  await store.tidy();

  expect(some).toBeGreaterThan(30 * 1024 * 1024);
  expect(await sinceCheckpoint()).toBeLessThan(1024 * 1024);
});
