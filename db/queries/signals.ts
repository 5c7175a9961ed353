import { and, asc, desc, eq, gte, type SQL } from "drizzle-orm";
import type { ConditionRow, Delivery, SignalRow, Store } from "../../src/app/ports.ts";
import type { EscalationId } from "../../src/core/ids.ts";
import type { EscalationEvidence, ShownConditions } from "../../src/core/state/evidence.ts";
import { arrayText, base64, fromBase64, jsonText } from "../column-types.ts";
import type { Database, Executor } from "../executor.ts";
import { conditions, evidence, signals } from "../schema.ts";
import { wholeObserved } from "../stored-signal.ts";
import { among } from "./log.ts";

type Signals = Pick<
  Store,
  | "storeDeliveries"
  | "claimDeliveries"
  | "claimNamed"
  | "unread"
  | "conditionsOf"
  | "rulesAmong"
  | "evidenceOf"
  | "signalsSince"
  | "receivedSince"
>;

/**
 * What came in: deliveries, and the conditions and signals they were found to hold. This file owns
 * the moves of a delivery except its evaluation, which is part of `holdpoint.commit`, and the
 * deletion of old rows (db/queries/upkeep.ts).
 *
 * States (columns `evaluated_at` and `leased_until`):
 *
 * 1. waiting: not evaluated, no lease or one that has run out.
 * 2. claimed: not evaluated, `leased_until` in the future. One process evaluates it.
 * 3. evaluated: `evaluated_at` is set; what followed from it is in the same commit.
 *
 * Moves:
 *
 * - commit with the delivery itself: none → 3. What it causes is in the same commit. A conflict
 *   where the delivery is known, or an earlier one of its source is in 1 or 2.
 * - storeDeliveries: none → 1. A delivery whose identity is known already adds no row, and the
 *   sender gets the id of the first.
 * - claimDeliveries, claimNamed: 1 → 2. Sources take turns, each in the order of arrival.
 * - commit with the delivery's id: 1, 2 → 3. If it is in 3 already, the commit is a conflict and
 *   nothing of it is applied.
 * - time: 2 → 1 when the lease runs out.
 *
 * After a crash:
 *
 * - before either has committed: no row; the sender got no 2xx and tries again.
 * - in 1: any process evaluates it at its next tick.
 * - in 2: nothing was applied. The lease runs out after 10 s and another process evaluates it. If
 *   the first was only slow, both evaluate and the second commit is a conflict.
 * - in 3: nothing is left to do for the delivery. Cards and messages are rows of the outbox.
 */
export function signalQueries(db: Database, execute: Executor): Signals {
  return {
    storeDeliveries: async (deliveries) => {
      const stored = await execute({ text: storeText, params: columnsOf(deliveries) });
      const fresh = new Set(stored.map(([id]) => id));
      const seen = deliveries.filter(({ id }) => !fresh.has(id));
      const before =
        seen.length === 0
          ? []
          : await execute({ text: seenText, params: columnsOf(seen).slice(0, 3) });
      const firsts = new Map(before.map(([id, first]) => [id, String(first)]));
      return deliveries.map(({ id }) => {
        const first = firsts.get(id) ?? id;
        return { id: first, duplicate: first !== id };
      });
    },

    claimDeliveries: async (limit, leaseMs, after) => {
      const params = [leaseMs, limit, after, claimBytes];
      return (await execute({ text: claimText, params })).map(claimed);
    },

    claimNamed: async (ids, leaseMs) =>
      (await execute({ text: claimNamedText, params: [leaseMs, arrayText(ids)] })).map(claimed),

    unread: async (except) => {
      const rows = await execute({ text: unreadText, params: [arrayText(except)] });
      return rows.map(([taken, ...row]) => ({ taken: taken === true, delivery: claimed(row) }));
    },

    conditionsOf: async ({ occurrences, firing }) => {
      const column = <Row>(rows: readonly Row[], value: (row: Row) => string) =>
        arrayText(rows.map((row) => value(row).replaceAll("\0", "\ufffd")));
      const rows = await execute({
        text: conditionsText,
        params: [
          column(occurrences, (occurrence) => occurrence.deployment),
          column(occurrences, (occurrence) => occurrence.condition),
          column(occurrences, (occurrence) => occurrence.occurrence),
          column(firing, (condition) => condition.escalation),
          column(firing, (condition) => condition.condition),
          column(firing, (condition) => String(condition.every)),
        ],
      });
      return rows.map(conditionFrom);
    },

    rulesAmong: async (escalation, rules) => {
      const rows = await db
        .selectDistinct({ rule: conditions.trigger })
        .from(conditions)
        .where(and(eq(conditions.escalation, escalation), among(conditions.trigger, rules)));
      return new Set(rows.map(({ rule }) => rule));
    },

    evidenceOf: async (escalations) => {
      const rows = await db.select().from(evidence).where(among(evidence.escalation, escalations));
      return new Map(
        rows.map(({ escalation, ...row }): [EscalationId, EscalationEvidence] => [
          escalation as EscalationId,
          { ...row, firing: row.firingConditions > 0, shown: row.shown as ShownConditions | null },
        ]),
      );
    },

    receivedSince: receivedWith(execute),

    signalsSince: (deployment, since, limit) =>
      recent(db, and(eq(signals.deployment, deployment), gte(signals.at, since)), limit),
  };
}

/** Newest first; a signal that counts for two escalations is one signal. */
async function recent(
  db: Database,
  where: SQL | undefined,
  limit: number,
): Promise<readonly SignalRow[]> {
  const rows = await db
    .selectDistinctOn([signals.at, signals.delivery, signals.position])
    .from(signals)
    .where(where)
    .orderBy(
      desc(signals.at),
      desc(signals.delivery),
      asc(signals.position),
      asc(signals.escalation),
    )
    .limit(limit);
  return rows.map(({ delivery, position, at, observed, deployment, escalation }) => ({
    delivery,
    position,
    at,
    observed: wholeObserved(observed, deployment),
    escalation: escalation as EscalationId | "",
  }));
}

/** Somebody waits for the answer, and in a month a loud deployment has received millions. */
const mostCounted = 500;

const receivedWith =
  (execute: Executor): Store["receivedSince"] =>
  async (deployment, since, limit) => {
    const at = new Date(since).toISOString();
    const rows = await execute({
      text: receivedText,
      params: [deployment, at, limit, mostCounted],
    });
    return {
      count: Number(rows[0]?.[3] ?? 0),
      newest: rows.map(([delivery, body, observed]) => ({
        delivery: String(delivery),
        body: String(body),
        observed: wholeObserved(JSON.parse(String(observed)), deployment),
      })),
    };
  };

/** A signal that counts for two escalations is one. A body that was removed left its digest. */
const receivedText = `with received as (
    select distinct on (at, delivery, position) at, delivery, position, observed from holdpoint.signals
    where deployment = $1::text and at > $2::timestamptz
    order by at desc, delivery desc, position limit $4::int),
  newest as (select * from received order by at desc, delivery desc, position limit $3::int)
  select n.delivery, encode(coalesce(d.removed_digest, sha256(d.body)), 'hex'), n.observed::text, (select count(*) from received)
  from newest n join holdpoint.deliveries d on d.id = n.delivery order by n.at desc, n.delivery desc, n.position`;

/**
 * Each row wanted is one look into an index: `offset 0` keeps the planner from reading the table
 * for all of them together.
 */
const conditionsText = `select deployment, trigger, condition, occurrence, escalation, kind, said_at, firing, lowest, highest,
    verdict, first_at, last_at, signals from (
  select c.* from unnest($1::text::text[], $2::text::text[], $3::text::text[]) as w(deployment, condition, occurrence)
    cross join lateral (select * from holdpoint.conditions where deployment = w.deployment and condition = w.condition
      and occurrence = w.occurrence offset 0) c
  union select c.* from unnest($4::text::text[], $5::text::text[], $6::text::text[]) as w(escalation, condition, every)
    cross join lateral (select * from holdpoint.conditions where escalation = w.escalation and condition = w.condition
      and firing offset 0) c where w.every = 'true'
  union select c.* from unnest($4::text::text[], $5::text::text[], $6::text::text[]) as w(escalation, condition, every)
    cross join lateral (select * from holdpoint.conditions where escalation = w.escalation and condition = w.condition
      and firing and occurrence = '' offset 0) c where w.every = 'false') as found
  order by first_at`;

const conditionFrom = ([
  deployment,
  trigger,
  condition,
  occurrence,
  escalation,
  kind,
  saidAt,
  firing,
  lowest,
  highest,
  verdict,
  firstAt,
  lastAt,
  counted,
]: readonly unknown[]): ConditionRow => ({
  deployment: String(deployment),
  trigger: String(trigger),
  condition: String(condition),
  occurrence: String(occurrence),
  escalation: String(escalation) as EscalationId,
  kind: String(kind),
  saidAt: saidAt === null ? null : Date.parse(String(saidAt)),
  firing: firing === true,
  lowest: lowest === null ? null : Number(lowest),
  highest: highest === null ? null : Number(highest),
  verdict: verdict === "fired" ? "fired" : "indeterminate",
  firstAt: Date.parse(String(firstAt)),
  lastAt: Date.parse(String(lastAt)),
  signals: Number(counted),
});

/** Columns as text arrays: one statement whose text does not change with the number of rows. */
function columnsOf(deliveries: readonly Delivery[]): readonly string[] {
  const column = (of: (delivery: Delivery) => string | null) =>
    arrayText(deliveries.map((delivery) => of(delivery)?.replaceAll("\0", "\ufffd") ?? null));
  return [
    column((delivery) => delivery.id),
    column((delivery) => delivery.source),
    column((delivery) => delivery.identity),
    column((delivery) => new Date(delivery.receivedAt).toISOString()),
    column((delivery) => delivery.contentType),
    column((delivery) => jsonText(delivery.attributes)),
    column((delivery) => String(delivery.body.length)),
    // Of all together, and as base64: as hexadecimal digits in an array a large body took the
    // embedded database three times as long.
    base64(Buffer.concat(deliveries.map(({ body }) => body))),
  ];
}

const storeText = `with bodies as materialized (select decode($8::text, 'base64') as bytes),
  rows as (select *, sum(size::int) over (order by n)::int as ends
    from unnest($1::text::text[], $2::text::text[], $3::text::text[], $4::text::text[], $5::text::text[], $6::text::text[], $7::text::text[])
      with ordinality as u(id, source, identity, at, type, attributes, size, n))
  insert into holdpoint.deliveries (id, source, identity, received_at, content_type, body, attributes)
  select id, source, identity, at::timestamptz, type, substring(bytes from ends - size::int + 1 for size::int), attributes::jsonb
  from rows, bodies order by n
  on conflict do nothing returning id`;

/**
 * For each delivery that was not stored: the one that was. Its own id means that an earlier try
 * stored it, unheard.
 */
const seenText = `select u.id, d.id from unnest($1::text::text[], $2::text::text[], $3::text::text[]) as u(id, source, identity)
  join holdpoint.deliveries d on d.id = u.id or (d.source = u.source and d.identity = u.identity)
  order by d.id = u.id`;

const deliveryColumns = "id, source, received_at, content_type, body, identity, attributes";
const readColumns =
  "id, source, received_at, content_type, encode(body, 'base64') as body, identity, attributes";

/**
 * Nobody has it: a lease longer than any that is given was given before the clock went back. $1 is
 * the lease in ms.
 */
const isFree = `evaluated_at is null and (leased_until is null or leased_until <= now()
  or leased_until > now() + $1::float8 * interval '1 millisecond' + interval '1 minute')`;

/** Takes what `picked` names, a statement's text that gives numbers. $1 is the lease in ms. */
const taking = (picked: string): string => `with claimed as (
    update holdpoint.deliveries set leased_until = now() + $1::float8 * interval '1 millisecond'
    where number in (select number from holdpoint.deliveries where ${isFree} and number in (${picked})
      order by number for update skip locked)
    returning number, ${deliveryColumns})
  select ${readColumns} from claimed order by number`;

/** Bodies that are claimed together; the one that goes over it is the last. */
const claimBytes = 256 * 1024;

/**
 * Sources that wait are found one after another in the index, so that a thousand deliveries of one
 * are not read to find another. `turn` counts within a source, so that its lane moves on by one
 * when all others have.
 */
const claimText = taking(`with recursive lanes(source) as (
      (select source from holdpoint.deliveries where evaluated_at is null order by source limit 1)
    union all
      select (select source from holdpoint.deliveries where evaluated_at is null and source > lanes.source order by source limit 1)
      from lanes where lanes.source is not null),
    waiting as (
      select own.number, own.size, own.turn, (lanes.source collate "C" <= $3::text) as served, lanes.source
      from lanes cross join lateral (
        select number, octet_length(body) as size, row_number() over (order by number) as turn
        from (select number, body from holdpoint.deliveries where source = lanes.source and ${isFree}
          order by number limit $2::int) as first) as own),
    queue as (
      select number, row_number() over next_ones as place, sum(size) over next_ones - size as before
      from waiting window next_ones as (order by turn, served, source collate "C"))
    select number from queue where place <= $2::int and before < $4::bigint`);

const claimNamedText = taking(
  "select number from holdpoint.deliveries where id = any($2::text::text[])",
);

const unreadText = `select taken, ${readColumns} from (
    select number, ${deliveryColumns}, coalesce(leased_until > now() and leased_until <= now() + interval '1 minute', false) as taken,
      sum(octet_length(body)) over (order by number) - octet_length(body) as before
    from (select * from holdpoint.deliveries where evaluated_at is null and id <> all($1::text::text[])
      order by number limit 200) as oldest) as sized
  where before < 2097152 order by number`;

const claimed = ([
  id,
  source,
  at,
  contentType,
  body,
  identity,
  attributes,
]: readonly unknown[]): Delivery => ({
  id: String(id),
  source: String(source),
  receivedAt: Date.parse(String(at)),
  contentType: String(contentType),
  body: fromBase64(String(body)),
  identity: typeof identity === "string" ? identity : null,
  attributes: attributesIn(attributes),
});

/** JSON reaches us as text; a value that is none was not written by us. */
const attributesIn = (text: unknown): Delivery["attributes"] =>
  Object.fromEntries(
    Object.entries(Object(JSON.parse(String(text)))).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string",
    ),
  );
