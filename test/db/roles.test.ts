import { readFileSync } from "node:fs";
import { describe, expect, inject, test } from "vitest";
import type { Connection } from "../../db/connection.ts";
import { openStore } from "../../db/open.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { emptyDatabase, testIdentity } from "../support/databases.ts";
import { change, delivery, entry, failure, line, pace } from "./support.ts";

const roles = readFileSync(new URL("../../db/roles.sql", import.meta.url), "utf8");

describe.skipIf(inject("postgresTemplate") === null)("with db/roles.sql on PostgreSQL", () => {
  /** A database set up as docs/database.md says: roles, first start as the owner, roles again. */
  const production = async () => {
    const admin = await emptyDatabase();
    const as = (role: string): string => Object.assign(new URL(admin), { username: role }).href;
    const setRoles = async () => {
      const connection = await openPostgres(admin);
      await connection.alone((script) => script(roles));
      await connection.close();
    };
    await setRoles();
    const { store } = await openStore({ databaseUrl: as("holdpoint_owner") }, testIdentity);
    await store.close();
    await setRoles();
    return as;
  };

  const refused = async (connection: Connection, statements: readonly string[]): Promise<void> => {
    for (const text of statements) {
      await expect(connection.execute({ text, params: [] }), text).rejects.toMatchObject({
        code: "42501",
      });
    }
  };

  test("the app's role does all of the product's work, and cannot touch the log except by commit", async () => {
    const as = await production();
    const { store } = await openStore({ databaseUrl: as("holdpoint_app") }, testIdentity);
    const app = await openPostgres(as("holdpoint_app"));

    await store.storeDeliveries([delivery("d_1", { identity: "i" })]);
    const [taken] = await store.claimDeliveries(1, 1000, "");
    const done = await store.commit(
      change({
        key: "press",
        expect: [{ stream: "org", version: 0 }],
        streams: [{ stream: "org", state: {} as never }],
        entries: [entry("e_1")],
        outbox: [line("a", "hello")],
        deliveries: [taken?.id ?? ""],
        sessions: [{ hash: "h", person: "p_ada" as never, kind: "link", expires: 0 }],
      }),
    );
    const [message] = await store.claimOutbox("console", 1, pace({ perLane: 1, laneMs: 1 }));
    await store.failed(message?.id ?? 0, message?.fence ?? 0, failure({ holdLane: 0 }));
    const [second] = await store.claimOutbox("console", 1, pace({ leaseMs: 1000 }));
    await store.sent(second?.id ?? 0, second?.fence ?? 0);
    await store.saveMessage({
      chat: "console",
      key: "a",
      channel: "#x",
      escalation: "",
      to: [],
      place: "",
      body: 1,
      at: 0,
    });
    await store.saveGone("gateway", 0);
    await store.saveGone("gateway", 1);
    await store.saveCheckpoint(1, "note");
    const spent = await store.commit(change({ spent: ["h"] }));
    const next = await store.nextOutbox("console", pace());
    const first = [await store.firstSight("event"), await store.firstSight("event")];
    const entries = await store.entries({ limit: 5, actor: "p_ada" as never });

    expect(done.is).toBe("done");
    expect([spent.is, next, first]).toEqual(["done", null, [true, false]]);
    expect(entries).toHaveLength(1);
    expect(await store.backlog()).toMatchObject({ deliveries: 0, outbox: 0 });
    await refused(app, [
      "insert into holdpoint.entries select 9, bytes, leaf, 'e_9', at, kind, subject, deployment, decision from holdpoint.entries",
      "update holdpoint.entries set bytes = ''",
      "delete from holdpoint.entries",
      "truncate holdpoint.entries",
      "update holdpoint.log_head set size = 9",
      "insert into holdpoint.nodes values (8, 0, '')",
      "update holdpoint.streams set version = 9",
      "update holdpoint.log_identity set vkey = ''",
      "update holdpoint.receipts set result = 'true'",
      "insert into holdpoint.sessions values ('mine', 'p_ada', 'session', now())",
      "update holdpoint.deliveries set body = ''",
      "delete from holdpoint.deliveries",
      "insert into holdpoint.lanes values ('console', 'mine')",
      "update holdpoint.lanes set lane = 'mine'",
      "update holdpoint.outbox set body = '{}'",
      "insert into holdpoint.outbox (chat, key, body) values ('console', 'mine', '{}')",
      "select holdpoint.append('[]')",
      "select holdpoint.project('{}')",
      "alter table holdpoint.entries disable trigger append_only",
      "create table holdpoint.mine (a int)",
    ]);
    await app.close();
    await store.close();
  });

  test("the auditor's role reads the log and what explains it, and nothing else", async () => {
    const as = await production();
    const auditor = await openPostgres(as("holdpoint_auditor"));

    for (const table of [
      "entries",
      "nodes",
      "log_head",
      "policies",
      "texts",
      "people",
      "escalations",
      "signals",
    ]) {
      expect(
        await auditor.execute({ text: `select count(*)::int from holdpoint.${table}`, params: [] }),
      ).toHaveLength(1);
    }
    await refused(auditor, [
      "select * from holdpoint.sessions",
      "select * from holdpoint.deliveries",
      "select * from holdpoint.receipts",
      "select * from holdpoint.outbox",
      "select * from holdpoint.sightings",
      "select holdpoint.commit('{}')",
      "select holdpoint.give_up('a', 'b')",
      "update holdpoint.entries set bytes = ''",
      "delete from holdpoint.people",
    ]);
    await auditor.close();
  });

  test("before the owner has migrated, the app's role is refused rather than half started", async () => {
    const admin = await emptyDatabase();
    const connection = await openPostgres(admin);
    await connection.alone((script) => script(roles));
    await connection.close();

    const early = openStore(
      { databaseUrl: Object.assign(new URL(admin), { username: "holdpoint_app" }).href },
      testIdentity,
    );

    await expect(early).rejects.toMatchObject({
      name: "StoreFault",
      retry: "never",
      message: expect.stringContaining("permission denied"),
    });
  });
});
