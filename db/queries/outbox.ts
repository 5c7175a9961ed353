import { and, desc, eq, sql } from "drizzle-orm";
import type { Claimed, MessageRow, Outgoing, Store } from "../../src/app/ports.ts";
import type { EscalationId, PersonId } from "../../src/core/ids.ts";
import { within } from "../deadline.ts";
import type { Database, Executor } from "../executor.ts";
import { faultOf } from "../fault.ts";
import { messages, outbox } from "../schema.ts";

/** A database that takes longer for nothing is not ready, and past hope after a few of these: then the process should end. */
const pingMs = 3_000;

type Outbox = Pick<
  Store,
  "claimOutbox" | "sent" | "failed" | "saveMessage" | "messages" | "ping" | "backlog"
>;

/** What is to be told, and what was. */
export const outboxQueries = (db: Database, execute: Executor): Outbox => ({
  claimOutbox: async (chat, limit, leaseMs) => {
    const rows = await execute({ text: claimText, params: [chat, limit, leaseMs] });
    return rows.map((row) => claimedFrom(row, chat));
  },

  sent: async (id, fence) => {
    await settle(db, id, fence, {
      state: sql`case when ${outbox.revision} = ${outbox.claimed} then 'sent' else 'pending' end`,
      attempts: 0,
      sentAt: sql`now()`,
      lastError: null,
      retryAt: null,
    });
  },

  failed: async (id, fence, retryAt, error) => {
    const given = sql`case when ${outbox.revision} = ${outbox.claimed} then 'dead' else 'pending' end`;
    await settle(db, id, fence, {
      state: retryAt === null ? given : "pending",
      retryAt,
      lastError: error.slice(0, 1000),
    });
  },

  saveMessage: async (row) => {
    const { channel, escalation, to, body, at } = row;
    await db
      .insert(messages)
      .values({ ...row, to: [...row.to] })
      .onConflictDoUpdate({
        target: [messages.chat, messages.key],
        set: { channel, escalation, to, body, at },
      });
  },
  messages: async (chat, limit) => {
    const rows = await db
      .select()
      .from(messages)
      .where(eq(messages.chat, chat))
      .orderBy(desc(messages.at), desc(messages.key))
      .limit(limit);
    return rows.map(
      (row): MessageRow => ({
        ...row,
        escalation: row.escalation as EscalationId | "",
        to: row.to as PersonId[],
      }),
    );
  },

  ping: async () => {
    await within(pingMs, execute({ text: "select 1", params: [] })).catch((error: unknown) => {
      throw faultOf(error);
    });
  },
  backlog: async () => {
    const [[deliveries, waiting, age] = []] = await execute({ text: backlogText, params: [] });
    return {
      deliveries: Number(deliveries),
      outbox: Number(waiting),
      oldestOutboxAge: age === null ? null : Number(age),
    };
  },
});

/** Only whoever claimed the row last may settle it, and only once. */
const settle = (
  db: Database,
  id: number,
  fence: number,
  set: Parameters<ReturnType<Database["update"]>["set"]>[0],
) =>
  db
    .update(outbox)
    .set({ ...set, leasedUntil: null })
    .where(and(eq(outbox.id, id), eq(outbox.fence, fence), sql`${outbox.leasedUntil} is not null`));

/** `attempted_at` and `attempts` are on disk before anything is said: after a crash the row shows that it may have been said. */
const claimText = `with claimed as (
    update holdpoint.outbox set fence = fence + 1, claimed = revision, attempts = attempts + 1, attempted_at = now(),
      leased_until = now() + $3::float8 * interval '1 millisecond'
    where id in (select id from holdpoint.outbox
      where chat = $1::text and state = 'pending' and (leased_until is null or leased_until < now())
        and (retry_at is null or retry_at <= now())
      order by waiting_since, id limit $2::int for update skip locked)
    returning id, fence, attempts, key, body, waiting_since)
  select id, fence, attempts, key, body from claimed order by waiting_since, id`;

const claimedFrom = (
  [id, fence, attempts, key, body]: readonly unknown[],
  chat: string,
): Claimed => {
  const message: Outgoing = { key: String(key), chat, body: JSON.parse(String(body)) };
  return { id: Number(id), fence: Number(fence), attempts: Number(attempts), message };
};

const backlogText = `select
  (select count(*)::int from holdpoint.deliveries where evaluated_at is null),
  (select count(*)::int from holdpoint.outbox where state = 'pending'),
  (select (extract(epoch from now() - min(waiting_since)) * 1000)::float8 from holdpoint.outbox where state = 'pending')`;
