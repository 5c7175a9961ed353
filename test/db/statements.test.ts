import { randomBytes } from "node:crypto";
import { openAsBlob } from "node:fs";
import { expect, inject, test } from "vitest";
import { openMemory } from "../../db/open-pglite.ts";
import { eachDatabase, freshStore } from "../support/databases.ts";

/** What a driver makes of parameters and columns, and of statements that fail. */

eachDatabase((kind) => {
  test("a value comes back as it went, whatever its type", async () => {
    const { query } = await freshStore(kind);
    const bytes = new Uint8Array(randomBytes(3_000));
    const text = "“ä”\n\\x41 $1 {1,2} '";

    const rows = await query(
      `select $1::int, $2::bigint, $3::float8, $4::boolean, $5::text, $6::text, $7::text::jsonb,
         decode($8, 'hex'), $9::text::timestamptz at time zone 'utc' = '2026-11-23 10:00:00'`,
      ...[7, 3_000_000_000, 0.1, true, text, null, '{"a": [1, null]}'],
      ...[Buffer.from(bytes).toString("hex"), "2026-11-23T10:00:00Z"],
    );

    const [row = []] = rows;
    expect(row.toSpliced(1, 1).toSpliced(6, 1)).toEqual([
      7,
      0.1,
      true,
      text,
      null,
      '{"a": [1, null]}',
      true,
    ]);
    expect(Number(row[1])).toBe(3_000_000_000);
    expect(new Uint8Array(row[7] as Uint8Array)).toEqual(bytes);
  });

  test("a statement that fails says why by its code, and the next ones work, the same one too", async () => {
    const { query } = await freshStore(kind);
    const half = (by: unknown) => query("select 10 / $1::int", by);

    await expect(half(0)).rejects.toMatchObject({ code: "22012" });
    await expect(half("no number")).rejects.toMatchObject({ code: "22P02" });
    await expect(query("select from nowhere")).rejects.toMatchObject({ code: "42P01" });
    await expect(query("selekt 1")).rejects.toMatchObject({ code: "42601" });

    expect(await half(5)).toEqual([[2]]);
  });

  test("a thousand different statements are one after the other as good as one", async () => {
    const { query } = await freshStore(kind);
    const ask = (n: number) => query(`select ${n} + $1::int`, 1);

    for (let n = 0; n < 1_000; n += 1) expect(await ask(n)).toEqual([[n + 1]]);

    expect(await ask(0)).toEqual([[1]]);
  });
});

test("what was asked before a change of the schema can be asked after it", async () => {
  const connection = await openMemory(await openAsBlob(inject("pgliteDump")));
  const all = { text: "select * from t", params: [] };
  await connection.alone(async (run) => run("create table t (a int); insert into t values (1)"));
  const before = await connection.execute(all);

  await connection.alone(async (run) => run("alter table t add b text default 'x'"));

  expect(before).toEqual([[1]]);
  expect(await connection.execute(all)).toEqual([[1, "x"]]);
  await connection.close();
});
