import { sql } from "drizzle-orm";
import {
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  primaryKey,
  text,
  unique,
} from "drizzle-orm/pg-core";
import { bytes, instant, json, utf8 } from "./column-types.ts";
import { holdpoint } from "./schema-log.ts";

export * from "./schema-log.ts";

/**
 * Every table of Holdpoint, with those of schema-log.ts. What writes them is `holdpoint.commit` in
 * db/migrations: one function call per state change.
 */

/** Folded states with the version each commit expects. */
export const streams = holdpoint.table("streams", {
  name: text().primaryKey(),
  version: integer().notNull().default(0),
  state: json(),
});

/**
 * From when until when an escalation was open or settled, in ms; the index is found by these very
 * words.
 */
export const during = `int8range((doc ->> 'openedAt')::bigint, case when doc ->> 'closedAt' is not null then greatest((doc ->> 'closedAt')::bigint, (doc ->> 'openedAt')::bigint) end)`;

/** Escalations for lists and pages; `doc` is the whole state. */
export const escalations = holdpoint.table(
  "escalations",
  {
    id: text().primaryKey(),
    number: integer().notNull().unique(),
    status: text().notNull(),
    deployment: text().notNull(),
    trigger: text().notNull(),
    severity: text().notNull(),
    openedAt: instant("opened_at").notNull(),
    doc: json().notNull(),
  },
  (table) => [
    index("escalations_status").on(table.status, table.number),
    index("escalations_live").on(table.number).where(sql`status <> 'closed'`),
    index("escalations_deployment").on(table.deployment, table.number),
    index("escalations_during").using("gist", sql.raw(during)),
  ],
);

/** When to look at a stream again. */
export const dues = holdpoint.table(
  "dues",
  { stream: text().notNull(), kind: text().notNull(), at: instant().notNull() },
  (table) => [
    primaryKey({ columns: [table.stream, table.kind, table.at] }),
    index("dues_at").on(table.at),
  ],
);

/**
 * Messages to send. `revision` counts writes to the key, `claimed` is the one being
 * sent, `fence` the claims. `doubt_since` is when the first attempt began that may have arrived;
 * every claim sets it, so that a crash leaves it behind.
 */
export const outbox = holdpoint.table(
  "outbox",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    chat: text().notNull(),
    key: text().notNull(),
    lane: text().notNull().default(""),
    urgency: integer().notNull().default(1),
    body: json().notNull(),
    state: text({ enum: ["pending", "sent", "dead"] })
      .notNull()
      .default("pending"),
    revision: integer().notNull().default(1),
    claimed: integer().notNull().default(0),
    fence: integer().notNull().default(0),
    attempts: integer().notNull().default(0),
    waitingSince: instant("waiting_since").notNull().default(sql`now()`),
    attemptedAt: instant("attempted_at"),
    leasedUntil: instant("leased_until"),
    retryAt: instant("retry_at"),
    lastError: text("last_error"),
    sentAt: instant("sent_at"),
    doubtSince: instant("doubt_since"),
  },
  (table) => [
    unique("outbox_key").on(table.chat, table.key),
    index("outbox_waiting")
      .on(table.chat, table.lane, table.urgency, table.waitingSince, table.id)
      .where(sql`state = 'pending'`),
    index("outbox_dead").on(table.chat).where(sql`state = 'dead'`),
    index("outbox_sent").on(table.sentAt).where(sql`state = 'sent'`),
  ],
);

/** Channels and people that get messages, and the earliest time of the next one. */
export const lanes = holdpoint.table(
  "lanes",
  {
    chat: text().notNull(),
    lane: text().notNull(),
    freeAt: instant("free_at").notNull().default(sql`'epoch'`),
  },
  (table) => [primaryKey({ columns: [table.chat, table.lane] })],
);

/**
 * Endpoints that said they are gone for good (410), and under which adoption of a policy: the next
 * one asks them again.
 */
export const endpoints = holdpoint.table("endpoints", {
  id: text().primaryKey(),
  goneAt: instant("gone_at").notNull().default(sql`now()`),
  adoptedAt: instant("adopted_at").notNull(),
});

/**
 * How a chat's conversations are spoken to, in the chat's own words, as each was last heard from.
 */
export const conversations = holdpoint.table(
  "conversations",
  {
    chat: text().notNull(),
    id: text().notNull(),
    reference: json().notNull(),
    at: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chat, table.id] }),
    index("conversations_at").on(table.chat, table.at),
  ],
);

/** Requests and events that were seen within the last hour, so that a replay is known as one. */
export const sightings = holdpoint.table(
  "sightings",
  { key: text().primaryKey(), at: instant().notNull().default(sql`now()`) },
  (table) => [index("sightings_at").on(table.at)],
);

/** What was last sent to each chat, by key. */
export const messages = holdpoint.table(
  "messages",
  {
    chat: text().notNull(),
    key: text().notNull(),
    channel: text().notNull(),
    escalation: text().notNull(),
    to: json().notNull(),
    place: text().notNull().default(""),
    body: json(),
    at: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chat, table.key] }),
    index("messages_at").on(table.chat, table.at),
    index("messages_place").on(table.chat, table.place),
    index("messages_escalation").on(table.chat, table.escalation, table.at),
    index("messages_kept").on(table.at).where(sql`chat = 'console' and body is not null`),
  ],
);

/** Erasable: texts that stand in the log as salted commitments. */
export const texts = holdpoint.table(
  "texts",
  { commitment: text().primaryKey(), salt: bytes().notNull(), text: utf8().notNull() },
  (table) => [index("texts_hash").on(sql`sha256(${table.text})`)],
);

/** Erasable: who a random id is. */
export const people = holdpoint.table("people", {
  id: text().primaryKey(),
  key: text().notNull(),
  name: text().notNull(),
  title: text().notNull().default(""),
  slack: text(),
  teams: text(),
  pagerduty: text(),
  oidc: text(),
  /** Accounts that the person linked; those above are the policy's. */
  linkedSlack: text("linked_slack"),
  linkedTeams: text("linked_teams"),
});

/** Policies by digest. `canonical` is append-only; `yaml` is erasable. */
export const policies = holdpoint.table("policies", {
  digest: text().primaryKey(),
  canonical: bytes().notNull(),
  yaml: utf8().notNull(),
  adoptedAt: instant("adopted_at").notNull(),
});

/** Conditions of escalations, counted. */
export const conditions = holdpoint.table(
  "conditions",
  {
    deployment: text().notNull(),
    trigger: text().notNull(),
    condition: text().notNull(),
    occurrence: text().notNull(),
    escalation: text().notNull(),
    kind: text().notNull().default(""),
    saidAt: instant("said_at"),
    firing: boolean().notNull(),
    lowest: doublePrecision(),
    highest: doublePrecision(),
    verdict: text({ enum: ["fired", "indeterminate"] }).notNull(),
    firstAt: instant("first_at").notNull(),
    lastAt: instant("last_at").notNull(),
    signals: integer().notNull(),
  },
  (table) => [
    primaryKey({
      name: "conditions_key",
      columns: [
        table.escalation,
        table.deployment,
        table.trigger,
        table.condition,
        table.occurrence,
      ],
    }),
    index("conditions_of").on(table.deployment, table.condition, table.occurrence),
    index("conditions_firing")
      .on(table.escalation, table.condition, table.occurrence)
      .where(sql`firing`),
    index("conditions_trigger").on(table.trigger, table.verdict),
  ],
);

/**
 * What the conditions of each escalation add up to, so that nobody has to read them all to draw a
 * card.
 */
export const evidence = holdpoint.table("evidence", {
  escalation: text().primaryKey(),
  signals: integer().notNull().default(0),
  firstAt: instant("first_at").notNull().default(sql`'infinity'`),
  lastAt: instant("last_at").notNull().default(sql`'-infinity'`),
  firingConditions: integer("firing_conditions").notNull().default(0),
  lowest: doublePrecision(),
  highest: doublePrecision(),
  fired: boolean().notNull().default(false),
  names: integer().notNull().default(0),
  /** The conditions of it that people are shown: the worst, each with what was heard of it last. */
  shown: json(),
});

/** Signals as kept for evidence and history. */
export const signals = holdpoint.table(
  "signals",
  {
    delivery: text().notNull(),
    position: integer().notNull(),
    escalation: text().notNull(),
    deployment: text().notNull(),
    at: instant().notNull(),
    observed: json().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.delivery, table.position, table.escalation] }),
    index("signals_deployment").on(table.deployment, table.at),
    // Complete runs of a suite: few among many signals, and each expectation asks for the last.
    index("signals_runs")
      .on(table.deployment, sql`left(observed #>> '{signal,suite}', 100)`, table.at)
      .where(sql`observed #>> '{signal,kind}' = 'eval' and observed #>> '{signal,status}' = 'ok'`),
  ],
);

/**
 * Signals as rules with a memory remember them: whether the condition held, and the value. Names
 * are hashes.
 */
export const readings = holdpoint.table(
  "readings",
  {
    rule: text().notNull(),
    deployment: text().notNull(),
    seen: text().notNull(),
    series: text().notNull(),
    grp: text().notNull(),
    run: text().notNull(),
    model: text().notNull(),
    at: instant().notNull(),
    met: boolean().notNull(),
    value: doublePrecision(),
    delivery: text().notNull(),
    position: integer().notNull(),
    body: text().notNull(),
    due: instant(),
  },
  (table) => [
    primaryKey({ columns: [table.rule, table.deployment, table.seen] }),
    index("readings_series").on(table.rule, table.deployment, table.series, table.at),
    index("readings_group").on(table.rule, table.deployment, table.grp, table.at).where(sql`met`),
    index("readings_run").on(table.rule, table.deployment, table.run),
    index("readings_at").on(table.at),
    index("readings_due").on(table.due).where(sql`due is not null`),
  ],
);

/**
 * Webhooks as they arrived. When nothing needs a body any more, its size and SHA-256 stay in its
 * place (see `holdpoint.forget`).
 */
export const deliveries = holdpoint.table(
  "deliveries",
  {
    number: bigserial({ mode: "number" }).primaryKey(),
    id: text().notNull().unique(),
    source: text().notNull(),
    receivedAt: instant("received_at").notNull(),
    contentType: text("content_type").notNull(),
    body: bytes().notNull(),
    identity: text(),
    attributes: json().notNull().default(sql`'{}'::jsonb`),
    leasedUntil: instant("leased_until"),
    evaluatedAt: instant("evaluated_at"),
    removedAt: instant("removed_at"),
    removedSize: integer("removed_size"),
    removedDigest: bytes("removed_digest"),
  },
  (table) => [
    unique("deliveries_identity").on(table.source, table.identity),
    index("deliveries_waiting").on(table.number).where(sql`evaluated_at is null`),
    index("deliveries_lanes").on(table.source, table.number).where(sql`evaluated_at is null`),
    index("deliveries_heard").on(table.source, table.receivedAt),
    index("deliveries_kept")
      .on(table.number)
      .where(sql`evaluated_at is not null and removed_at is null`),
  ],
);

/** Sessions, login links and the codes that link an account, by hash of their token. */
export const sessions = holdpoint.table(
  "sessions",
  {
    hash: text().primaryKey(),
    person: text().notNull(),
    kind: text({ enum: ["link", "session", "code"] }).notNull(),
    expires: instant().notNull(),
    spentAt: instant("spent_at"),
    link: text(),
  },
  (table) => [index("sessions_expires").on(table.expires)],
);

/**
 * Answers by idempotency key. `voided` holds the attempts that were given up: they can never take
 * effect any more.
 */
export const receipts = holdpoint.table(
  "receipts",
  {
    key: text().primaryKey(),
    result: text(),
    voided: text().array(),
    at: instant().notNull().default(sql`now()`),
  },
  (table) => [index("receipts_at").on(table.at)],
);
