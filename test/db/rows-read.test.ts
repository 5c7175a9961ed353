import { expect, test } from "vitest";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { rowsRead } from "./rows-read.ts";
import { change, entry } from "./support.ts";

eachDatabase((kind) => {
  test("an entry is appended without reading the escalations it has nothing to do with", async () => {
    const database = await freshStore(kind, { isNew: true });
    await database.query(
      `insert into holdpoint.escalations (id, number, status, deployment, trigger, severity, opened_at, doc)
       select 'HP-' || n, n, 'closed', 'assistant-prod', 'rule-' || n, 'high', now(), '{}' from generate_series(1, 5000) n`,
    );
    const entries = [1, 2, 3].map((n) => entry(`e_${n}`, { escalation: `HP-${n * 1000}` }));

    const read = await rowsRead(database, (store) => store.commit(change({ entries })));

    expect(read.get("escalations")).toEqual({ whole: 0, byIndex: 3 });
    await database.store.commit(change({ entries }));
    expect(
      await database.query(
        `select what, index::int from holdpoint.entry_about where what like 'trigger:%' order by 2`,
      ),
    ).toEqual([
      ["trigger:rule-1000", 0],
      ["trigger:rule-2000", 1],
      ["trigger:rule-3000", 2],
    ]);
  });

  test("the newest commit still looks for what nobody has read, last of all, and finds rows by their keys", async () => {
    const { query } = await freshStore(kind, { isNew: true });

    const [[source, settings] = []] = await query(
      "select prosrc, array_to_string(proconfig, ' ') from pg_proc where oid = 'holdpoint.commit(jsonb)'::regprocedure",
    );

    expect(source).toMatch(
      /PERFORM holdpoint\.check_heard\(change\);\s+RETURN jsonb_build_object\('is', 'done'/,
    );
    for (const name of ["enable_seqscan", "enable_hashjoin", "enable_mergejoin"])
      expect(settings).toContain(`${name}=off`);
  });

  test("a function that must not read a table whole is not compiled each time for that", async () => {
    const { query } = await freshStore(kind, { isNew: true });

    const functions = await query(
      `select proname, 'jit=off' = any(proconfig) from pg_proc
       where pronamespace = 'holdpoint'::regnamespace and 'enable_seqscan=off' = any(proconfig) order by 1`,
    );

    expect(functions).toEqual([
      ["commit", true],
      ["forget", true],
    ]);
  });
});
