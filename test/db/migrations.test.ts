import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { knownMigrations, migrate } from "../../db/migrate.ts";
import { type DatabaseLocation, openStore } from "../../db/open.ts";
import { openMemory } from "../../db/open-pglite.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { storeOver } from "../../db/store.ts";
import { personId } from "../../src/core/ids.ts";
import { eachDatabase, emptyDatabase, freshStore, testIdentity } from "../support/databases.ts";
import { card, line, pace } from "./support.ts";

eachDatabase((kind) => {
  test("a program refuses a database that a newer one has migrated, and says so", async () => {
    const { query, reopen } = await freshStore(kind);
    await query(
      "insert into holdpoint.migrations (hash, created_at) values ('from the future', 9000000000000)",
    );

    await expect(reopen()).rejects.toMatchObject({
      name: "Fault",
      retry: "never",
      message: expect.stringContaining("newer Holdpoint"),
    });
  });

  test("a started program brings a database that lacks the last step up to it", async () => {
    const { query } = await freshStore(kind);
    const done: string[] = [];
    const connection = {
      execute: async ({ text, params }: { text: string; params: readonly unknown[] }) =>
        query(text, ...params),
      alone: async <T>(
        work: (script: (text: string) => Promise<void>, execute: never) => Promise<T>,
      ): Promise<T> => work(async (text) => void done.push(text), connection.execute as never),
      durability: async () => "",
      close: async () => undefined,
    };
    const known = knownMigrations();
    const next = { sql: ["select 'next'"], hash: "h", folderMillis: Date.now() * 2, bps: true };

    await migrate(connection, known);
    await migrate(connection, [...known, next]);

    expect(done).toHaveLength(1);
    expect(done[0]).toContain("select 'next'");
    expect(done[0]).not.toContain("CREATE TABLE");
  });

  test("a sentence that waited while the program was brought up to date is told afterwards", async () => {
    const connection =
      kind === "pglite" ? await openMemory() : await openPostgres(await emptyDatabase());
    onTestFinished(() => connection.close());
    await migrate(connection, knownMigrations().slice(0, 2));
    await connection.execute({
      text: `insert into holdpoint.outbox (chat, key, body) values
        ('console', 'line:1', '{"kind":"line","channel":"model-risk","escalation":"","to":["p_ada"],"text":"Decide \\"again\\"."}'),
        ('console', 'card:HP-1', '{"kind":"card","channel":"model-risk","escalation":"HP-1"}')`,
      params: [],
    });

    await migrate(connection);

    const store = storeOver(connection.execute, connection.close);
    const claimed = await store.claimOutbox("console", 9, pace({ laneMs: 1 }));
    expect(claimed.map(({ message }) => message)).toEqual([
      line("line:1", "", {
        body: {
          kind: "line",
          channel: "model-risk",
          escalation: "",
          to: [personId("p_ada")],
          line: ['Decide "again".'],
          version: null,
          buttons: [],
        },
      }),
      card({ urgency: 1 }),
    ]);
  });

  test("what was counted before sources were told apart is named after its source", async () => {
    const connection =
      kind === "pglite" ? await openMemory() : await openPostgres(await emptyDatabase());
    onTestFinished(() => connection.close());
    const step = knownMigrations().findIndex(({ sql }) => sql.join("").includes("whose.source"));
    await migrate(connection, knownMigrations().slice(0, step));
    const run = (text: string) => connection.execute({ text, params: [] });
    await run(`insert into holdpoint.escalations (id, number, status, deployment, trigger, severity, opened_at, doc) values
      ('HP-1', 1, 'open', 'd', 't', 'high', now(), '{"seen":{"source":"alertmanager"}}'),
      ('HP-2', 2, 'open', 'd', 't', 'high', now(), '{"seen":{"source":"holdpoint"}}'),
      ('HP-3', 3, 'open', 'd', 'unmatched', 'high', now(), '{"seen":null}')`);
    await run(`insert into holdpoint.conditions (deployment, trigger, condition, occurrence, escalation, firing, verdict, first_at,
      last_at, signals) values ('d', 't', 'fp', 'o', 'HP-1', true, 'fired', now(), now(), 1),
      ('d', 't', 'silence:a', 'o', 'HP-2', true, 'fired', now(), now(), 1),
      ('d', 'unmatched/grafana/A', 'fp', 'o', 'HP-3', true, 'fired', now(), now(), 1),
      ('d', 'unmatched//', 'fp', 'o', 'HP-3', true, 'fired', now(), now(), 1)`);

    await migrate(connection);

    const found = await run(
      "select condition from holdpoint.conditions order by escalation, trigger desc",
    );
    expect(found.flat()).toEqual(["alertmanager/fp", "silence:a", "grafana/fp", "fp"]);
  });

  test.each([
    [{ ...testIdentity, origin: "holdpoint.example/other" }, "HOLDPOINT_ORIGIN"],
    [{ ...testIdentity, vkey: "holdpoint.test/log+11111111+AQ==" }, "HOLDPOINT_LOG_KEY"],
  ])("a log is not continued under another name or key (%#)", async (identity, setting) => {
    const { url, reopen } = await freshStore(kind);
    const started = url === null ? reopen({ identity }) : openStore({ databaseUrl: url }, identity);

    await expect(started).rejects.toMatchObject({
      retry: "never",
      message: expect.stringContaining(setting),
    });
  });
});

describe.skipIf(inject("postgresTemplate") === null)("on postgres", () => {
  test("four programs that start on an empty database at the same time all start", async () => {
    const databaseUrl = await emptyDatabase();

    const opened = await Promise.all(
      Array.from({ length: 4 }, () => openStore({ databaseUrl }, testIdentity)),
    );

    const connection = await openPostgres(databaseUrl);
    const applied = await connection.execute({
      text: "select count(*)::int from holdpoint.migrations",
      params: [],
    });
    await Promise.all(
      [connection, ...opened.map(({ store }) => store)].map((store) => store.close()),
    );
    expect(applied).toEqual([[knownMigrations().length]]);
    expect(opened.map(({ kind }) => kind)).toEqual([
      "postgres",
      "postgres",
      "postgres",
      "postgres",
    ]);
  });

  test("a server that does not flush is named as such at start", async () => {
    const databaseUrl = await emptyDatabase();

    const { store, durability } = await openStore({ databaseUrl }, testIdentity);

    await store.close();
    expect(durability).toMatch(/^PostgreSQL \d+/);
    expect(durability).toContain("NOT DURABLE: fsync off"); // as the tests' server runs
  });

  test("an address where no database answers is a fault that may pass", async () => {
    const nowhere: DatabaseLocation = { databaseUrl: "postgres://nobody@127.0.0.1:1/none" };

    await expect(openStore(nowhere, testIdentity)).rejects.toMatchObject({
      name: "StoreFault",
      retry: "later",
      outcome: "not-done",
    });
  });
});

test("two embedded databases that start at the same time in one directory do not both start", {
  timeout: 90_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), "holdpoint-test-"));
  const place = { dataDir: join(home, "data") };

  const started = await Promise.allSettled([
    openStore(place, testIdentity),
    openStore(place, testIdentity),
  ]);

  for (const item of started) if (item.status === "fulfilled") await item.value.store.close();
  rmSync(home, { recursive: true });
  expect(started.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(started[1]).toMatchObject({
    reason: { message: expect.stringContaining(`in use by process ${process.pid}`) },
  });
});

test("the tables as the code knows them are those that the migrations make", () => {
  const copy = mkdtempSync(join(tmpdir(), "holdpoint-schema-"));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  for (const part of ["db", "src", "drizzle.config.ts", "package.json", "tsconfig.json"])
    cpSync(part, join(copy, part), { recursive: true });
  symlinkSync(resolve("node_modules"), join(copy, "node_modules"));

  const made = spawnSync(
    process.execPath,
    [resolve("node_modules/drizzle-kit/bin.cjs"), "generate"],
    { cwd: copy, encoding: "utf8" },
  );

  expect(made.stdout).toContain("No schema changes");
});
