import { and, eq, sql } from "drizzle-orm";
import type { Claimed, Outgoing, Store } from "../../src/app/ports.ts";
import { within } from "../deadline.ts";
import type { Database, Executor } from "../executor.ts";
import { faultOf } from "../fault.ts";
import { outbox } from "../schema.ts";

/**
 * A database that takes longer for nothing is not ready, and past hope after a few of these: then
 * the process should end.
 */
const pingMs = 3_000;

type Outbox = Pick<
  Store,
  "claimOutbox" | "nextOutbox" | "sent" | "failed" | "ping" | "now" | "backlog"
>;

/**
 * The outbox: what is to be told, and when it may be. This file owns every move of a row except the
 * first, which is part of `holdpoint.commit` (db/migrations), and the deletion of old rows
 * (db/queries/upkeep.ts). Every time is the database's, so that all replicas together keep one
 * pace.
 *
 * States (column `state`, and the lease):
 *
 * 1. waiting: `pending`, no lease. It may be claimed when `retry_at`, the card's edit interval and
 *    its lane allow it.
 * 2. claimed: `pending`, `leased_until` in the future. One sender has it; `fence` says which claim.
 * 3. sent: said for the newest revision.
 * 4. dead: given up; it was logged, and /metrics counts it (holdpoint_outbox_dead).
 *
 * Moves:
 *
 * - commit: none → 1. The same key again replaces the body and adds to `revision`: 3, 4 → 1; a row
 *   in 1 or 2 stays where it is.
 * - claimOutbox: 1 → 2, and 2 → 2 with a new `fence` once the lease has run out.
 * - sent: 2 → 3; 2 → 1 if the body was replaced meanwhile.
 * - failed: 2 → 1 with `retry_at`; 2 → 4 if it is never to be tried again.
 *
 * `sent` and `failed` change a row only under the fence of the last claim, so a sender that comes
 * back late settles nothing.
 *
 * After a crash:
 *
 * - before the commit: no row, and nothing to tell.
 * - in 1: the row waits; any process claims it.
 * - in 2, before or after the chat took the message: the lease runs out and another process claims
 *   the row. `doubt_since` was stored with the claim, so that process knows that the message may
 *   have arrived: it looks for it (Slack), says that it may be a repeat (Teams), or sends the same
 *   id (webhooks).
 * - in 3 and 4: nothing is left to do.
 */
export function outboxQueries(db: Database, execute: Executor): Outbox {
  return {
    claimOutbox: async (chat, limit, { perLane, laneMs, editMs, leaseMs }) => {
      const params = [chat, limit, perLane, editMs, leaseMs];
      const rows = await execute(
        laneMs > 0
          ? { text: pacedClaimText, params: [...params, laneMs] }
          : { text: claimText, params },
      );
      return rows.map((row) => claimedFrom(row, chat));
    },

    nextOutbox: async (chat, { editMs }) => {
      const [[ms] = []] = await execute({ text: nextText, params: [chat, editMs] });
      return ms === null || ms === undefined ? null : Math.max(0, Math.ceil(Number(ms)));
    },

    // Only whoever claimed the row last may settle it, and only once.
    sent: async (id, fence) => {
      await db
        .update(outbox)
        .set({
          state: sql`case when ${outbox.revision} = ${outbox.claimed} then 'sent' else 'pending' end`,
          attempts: 0,
          sentAt: sql`now()`,
          leasedUntil: null,
          retryAt: null,
          doubtSince: null,
          lastError: null,
        })
        .where(
          and(eq(outbox.id, id), eq(outbox.fence, fence), sql`${outbox.leasedUntil} is not null`),
        );
    },

    failed: async (id, fence, { retryIn, doubt, holdLane, error }) => {
      const params = [id, fence, retryIn, doubt, error.slice(0, 1000), holdLane];
      await execute({ text: failedText, params });
    },

    ping: async () => {
      await within(pingMs, execute({ text: "select 1", params: [] })).catch((error: unknown) => {
        throw faultOf(error);
      });
    },
    now: async () => {
      const [[ms] = []] = await execute({ text: nowText, params: [] });
      return Math.round(Number(ms));
    },
    backlog: async () => {
      const [[deliveries, waiting, dead, age, unread] = []] = await execute({
        text: backlogText,
        params: [],
      });
      const oldest: Record<string, string> = JSON.parse(String(unread));
      return {
        deliveries: Number(deliveries),
        unread: new Map(Object.entries(oldest).map(([source, at]) => [source, Date.parse(at)])),
        outbox: Number(waiting),
        dead: Number(dead),
        oldestOutboxAge: age === null ? null : Number(age),
      };
    },
  };
}

/** `number` milliseconds as an interval. */
const ms = (parameter: number): string => `${"$"}${parameter}::float8 * interval '1 millisecond'`;

/**
 * Why a row may not be claimed yet: somebody has it, it failed a moment ago, or the card was edited
 * a moment ago. What was attempted or sent in the future, the database's clock has gone back since:
 * then none of these times means anything.
 */
const claimable = (row: string): string => `${row}.chat = $1::text and ${row}.state = 'pending'
  and (${row}.attempted_at > now() + interval '1 minute' or (
    (${row}.leased_until is null or ${row}.leased_until <= now())
    and (${row}.retry_at is null or ${row}.retry_at <= now())
    and (${row}.sent_at is null or ${row}.body->>'kind' <> 'card' or ${row}.sent_at + ${ms(4)} <= now())))`;

/**
 * A chat that asks for more silence is asked again after this; a lane that is held for longer is
 * one from before the clock went back.
 */
const longestHold = "interval '10 minutes'";

/**
 * Claims in one statement: lanes that are free, of each the first few rows, of those the most
 * urgent. `attempted_at`, `attempts` and `doubt_since` are on disk before anything is said: after a
 * crash the row shows that it may have been said. The doubt that is answered is the one from before
 * this claim.
 */
const claim = (lockLanes: string, more: string): string => `with free as materialized (
    select l.lane from holdpoint.lanes l
    where l.chat = $1::text and (l.free_at <= now() or l.free_at > now() + ${longestHold} + interval '1 minute')
      and exists (select from holdpoint.outbox w where w.lane = l.lane and ${claimable("w")})
    ${lockLanes}),
  first as materialized (
    select o.* from free cross join lateral (
      select w.id, w.urgency, w.waiting_since, w.doubt_since from holdpoint.outbox w
      where w.lane = free.lane and ${claimable("w")}
      order by w.urgency, w.waiting_since, w.id limit least($2::int, $3::int) for update skip locked) o
    order by o.urgency, o.waiting_since, o.id limit $2::int),
  claimed as (
    update holdpoint.outbox o set fence = o.fence + 1, claimed = o.revision, attempts = o.attempts + 1, attempted_at = now(),
      leased_until = now() + ${ms(5)}, doubt_since = coalesce(o.doubt_since, now())
    from first where o.id = first.id
    returning o.id, o.fence, o.attempts, (extract(epoch from first.doubt_since) * 1000)::float8 as doubt, o.key, o.lane, o.urgency,
      o.body, first.urgency as rank, o.waiting_since)${more}
  select id, fence, attempts, doubt, key, lane, urgency, body from claimed order by rank, waiting_since, id`;

/** For chats that do not keep a distance: claimers share a lane. */
const claimText = claim("", "");

/**
 * For chats that do: whoever claims from a lane holds its row until it is marked as having spoken.
 * Another claimer passes it by, or, having waited for nothing, finds the new mark: `for update`
 * looks at the condition again on the newest row.
 */
const pacedClaimText = claim(
  "for update of l skip locked",
  `,
  spoke as (
    update holdpoint.lanes l set free_at = now() + ${ms(6)}
    where l.chat = $1::text and l.lane in (select lane from claimed))`,
);

const claimedFrom = (
  [id, fence, attempts, doubt, key, lane, urgency, body]: readonly unknown[],
  chat: string,
): Claimed => ({
  id: Number(id),
  fence: Number(fence),
  attempts: Number(attempts),
  doubtSince: doubt === null ? null : Math.floor(Number(doubt)),
  message: {
    key: String(key),
    chat,
    lane: String(lane),
    urgency: urgencyFrom(Number(urgency)),
    body: JSON.parse(String(body)),
  },
});

const urgencyFrom = (stored: number): Outgoing["urgency"] =>
  stored === 0 || stored === 1 ? stored : 2;

/**
 * When the first waiting row and its lane are both free. A row being sent counts with the end of
 * its lease: its sender may have died.
 */
const nextText = `select (extract(epoch from min(greatest(now(), o.leased_until, o.retry_at, l.free_at,
    case when o.body->>'kind' = 'card' then o.sent_at + ${ms(2)} end)) - now()) * 1000)::float8
  from holdpoint.outbox o left join holdpoint.lanes l on l.chat = o.chat and l.lane = o.lane
  where o.chat = $1::text and o.state = 'pending'`;

/**
 * A claim sets `doubt_since` and `attempted_at` to the same moment where there was no doubt before:
 * so an attempt that certainly did not arrive takes back its own doubt and no other. What the other
 * side said of its channel holds whoever heard it.
 */
const failedText = `with settled as (
    update holdpoint.outbox set leased_until = null, last_error = $5::text,
      state = case when $3::float8 is null and revision = claimed then 'dead' else 'pending' end,
      retry_at = now() + ${ms(3)},
      doubt_since = case when not $4::boolean and doubt_since = attempted_at then null else doubt_since end
    where id = $1::bigint and fence = $2::int and leased_until is not null)
  update holdpoint.lanes l set free_at = greatest(l.free_at, now() + least(${ms(6)}, ${longestHold}))
  from holdpoint.outbox o
  where o.id = $1::bigint and l.chat = o.chat and l.lane = o.lane and $6::float8 is not null`;

const nowText = "select (extract(epoch from clock_timestamp()) * 1000)::float8";

const backlogText = `select
  (select count(*)::int from holdpoint.deliveries where evaluated_at is null),
  (select count(*)::int from holdpoint.outbox where state = 'pending'),
  (select count(*)::int from holdpoint.outbox where state = 'dead'),
  (select (extract(epoch from now() - min(waiting_since)) * 1000)::float8 from holdpoint.outbox where state = 'pending'),
  (select coalesce(jsonb_object_agg(source, at), '{}') from (
    select source, min(received_at) as at from holdpoint.deliveries where evaluated_at is null group by source) as oldest)`;
