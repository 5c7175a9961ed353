import { expect, onTestFinished, test } from "vitest";
import { changeJson } from "../../db/change-json.ts";
import { knownMigrations, migrate } from "../../db/migrate.ts";
import { openMemory } from "../../db/open-pglite.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { storeOver } from "../../db/store.ts";
import type { EntryFilter } from "../../src/app/ports.ts";
import { personId } from "../../src/core/ids.ts";
import { FoundKeys } from "../../src/core/log/found-keys.ts";
import { eachDatabase, emptyDatabase, freshStore } from "../support/databases.ts";
import { rowsRead } from "./rows-read.ts";
import { change, entry, escalation, noon } from "./support.ts";

const at = (minute: number) => ({ at: new Date(noon + minute * 60_000).toISOString() });
const made = (given: object) => ({
  kind: "decision.made",
  decision: "pause",
  deployment: "assistant-prod",
  escalation: "",
  settles: [],
  people: ["p_ada"],
  deviation: "none",
  breakGlass: false,
  undoes: "",
  ...given,
});
const signal = `c_${"0".repeat(64)}`;

/** Two escalations and what was decided about them, by one of each that can be asked for. */
const told = [
  entry("e_0", {
    kind: "escalation.opened",
    deployment: "assistant-prod",
    trigger: "jailbreak-rate",
    severity: "high",
    model: "aurora-3",
    seen: { model: "aurora-3-eval", signal },
  }),
  entry("e_1", { ...at(1), kind: "escalation.updated", severity: "critical" }),
  entry("e_2", { ...at(2), ...made({ settles: ["HP-1"], deviation: "stricter" }) }),
  entry("e_3", {
    ...at(3),
    ...made({ people: [], actor: { type: "policy" }, escalation: "HP-1" }),
  }),
  entry("e_4", { ...at(4), ...made({ breakGlass: true, people: ["p_bob"], decision: "narrow" }) }),
  entry("e_5", { ...at(5), ...made({ undoes: "e_4", decision: "narrow" }) }),
  entry("e_6", { ...at(6), kind: "decision.denied", deployment: "assistant-prod", escalation: "" }),
  entry("e_7", {
    ...at(7),
    kind: "reassessment.overdue",
    deployment: "other-prod",
    escalation: "",
  }),
  entry("e_8", {
    ...at(8),
    ...made({ people: ["p_ada", "p_bob"], decision: "resume", evidence: [{ model: "aurora-4" }] }),
  }),
];
const escalations = [escalation({ severity: "high", trigger: "jailbreak-rate" })];

const [ada, bob] = [personId("p_ada"), personId("p_bob")];
const decisions = { kinds: ["decision.made"] };
const questions: readonly (readonly [Omit<EntryFilter, "limit">, readonly number[]])[] = [
  [decisions, [8, 5, 4, 3, 2]],
  [{ ...decisions, marks: ["deviation"] }, [2]],
  [{ ...decisions, marks: ["stricter"] }, [2]],
  [{ ...decisions, marks: ["weaker"] }, []],
  [{ ...decisions, marks: ["by-policy"] }, [3]],
  [{ ...decisions, marks: ["breakglass"] }, [4]],
  [{ ...decisions, marks: ["undone"] }, [4]],
  [{ ...decisions, marks: ["breakglass", "undone"] }, [4]],
  [{ ...decisions, decider: bob }, [8, 4]],
  [{ ...decisions, decider: bob, decision: "resume" }, [8]],
  [{ kinds: ["decision.denied"], actor: ada }, [6]],
  [{ kinds: ["reassessment.overdue"] }, [7]],
  [{ ...decisions, severity: "high" }, [3, 2]],
  [{ ...decisions, severity: "critical" }, [3, 2]],
  [{ severity: "high" }, [3, 2, 1, 0]],
  [{ ...decisions, trigger: "jailbreak-rate" }, [3, 2]],
  [{ ...decisions, model: "aurora-3" }, [3, 2]],
  [{ ...decisions, model: "aurora-3-eval" }, [3, 2]],
  [{ ...decisions, model: "aurora-4" }, [8]],
  [{ ...decisions, deployment: "assistant-prod", decision: "narrow" }, [5, 4]],
  [{ ...decisions, deployment: "assistant-prod", since: noon + 240_000 }, [8, 5, 4]],
  [{ ...decisions, severity: "high", until: noon + 180_000 }, [2]],
  [{ deployment: "other-prod" }, [7]],
  [{ actor: bob, below: 8 }, [4]],
  [{ kinds: ["decision.made", "decision.denied"], actor: ada, above: 5 }, [8, 6, 5]],
  [{ kinds: ["escalation.updated"], severity: "critical" }, [1]],
];

const times = 8;

eachDatabase((kind) => {
  test("every filter finds its entries, and reads no others", async () => {
    const database = await freshStore(kind, { isNew: true });
    await database.store.commit(change({ entries: told, escalations }));
    await database.query(
      `insert into holdpoint.entries (index, bytes, leaf, id, at, kind, subject, deployment, decision)
       select n, '{"kind":"decision.made"}', '', 'x_' || n, $1::text::timestamptz, 'decision.made', 'deployment:busy', 'busy', 'pause'
       from generate_series(9, 3000) n`,
      new Date(noon + 3_600_000).toISOString(),
    );
    await database.query(
      `insert into holdpoint.entry_about (what, index) select w, n from generate_series(9, 3000) n,
       unnest(array['decision.made/deployment:busy', 'decision.made/decision:pause', 'decision.made/severity:low']) w`,
    );
    await database.query("analyze");

    for (const [filter, found] of questions) {
      const asked = { below: 9, ...filter, limit: 20 };
      const lines = await database.store.entries(asked);
      expect
        .soft(
          lines.map(({ index }) => index),
          JSON.stringify(filter),
        )
        .toEqual(found);
    }
    const read = await rowsRead(database, async (store) => {
      // PostgreSQL may choose one plan for all values from a statement's sixth use on.
      for (let time = 0; time < times; time += 1)
        for (const [filter] of questions) await store.entries({ ...filter, limit: 20 });
    });
    for (const table of ["entries", "entry_about"]) {
      const { whole = 0, byIndex = 0 } = read.get(table) ?? {};
      expect.soft(whole, table).toBe(0);
      // 3,000 entries for each question that looked for its own among those of others
      expect.soft(byIndex, table).toBeLessThan(1_000 * times);
    }
    expect(await database.store.recordedModels()).toEqual(["aurora-3", "aurora-3-eval"]);
  });

  test("a log of an older version is found by the same once it is brought up to date", async () => {
    const fresh = await freshStore(kind);
    await fresh.store.commit(change({ entries: told, escalations }));
    const connection =
      kind === "pglite" ? await openMemory() : await openPostgres(await emptyDatabase());
    onTestFinished(() => connection.close());
    const step = knownMigrations().findIndex(({ sql }) =>
      sql.join("").includes("escalation_about"),
    );
    await migrate(connection, knownMigrations().slice(0, step));
    const older = JSON.parse(changeJson(change({ entries: told, escalations }), "a"));
    for (const line of older.entries)
      line.about = line.about.filter((key: string) => /^(?:person|escalation|trigger):/.test(key));
    await connection.execute({
      text: "select holdpoint.commit($1::text::jsonb)",
      params: [JSON.stringify(older)],
    });

    await migrate(connection);

    const all = "select what, index::int from holdpoint.entry_about order by 2, 1";
    const found = await connection.execute({ text: all, params: [] });
    // Of the two earliest it cannot be said any more that the severity rose after the first.
    expect(found.filter(([, index]) => index !== 0)).toEqual(
      (await fresh.query(all)).filter(([, index]) => index !== 0),
    );
    // The self-check works the same keys out from the entries alone.
    const keys = new FoundKeys();
    for (const [index, { entry }] of told.entries()) keys.add(index, entry);
    const right = keys.take();
    const rows = (await fresh.query(all)).map(([what, index]) => `${what} ${index}`);
    expect(right.map(({ what, index }) => `${what} ${index}`).sort()).toEqual(rows.sort());
    const brought = storeOver(connection.execute, async () => undefined);
    expect(await brought.missingKey(right)).toBeUndefined();
    expect(await brought.missingKey([])).toBeUndefined();
    const absent = { what: "person:p_nobody", index: 1 };
    expect(await brought.missingKey([...right, absent])).toEqual(absent);
  });
});
