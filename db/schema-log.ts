import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgSchema, primaryKey, text } from "drizzle-orm/pg-core";
import { bytes, instant } from "./column-types.ts";

/** The tables of the log. */

export const holdpoint = pgSchema("holdpoint");

/** The log's name and public key: one row, claimed once. */
export const logIdentity = holdpoint.table("log_identity", {
  one: boolean().primaryKey().default(true),
  origin: text().notNull(),
  vkey: text().notNull(),
});

/**
 * The end of the log: one row, locked by every append. `peaks` is the RFC 6962 compact range,
 * largest subtree first.
 */
export const logHead = holdpoint.table("log_head", {
  one: boolean().primaryKey().default(true),
  size: bigint({ mode: "number" }).notNull(),
  at: instant().notNull(),
  peaks: bytes().array().notNull(),
});

/**
 * The index, in words that the primary key does not answer to: walking back along the whole log
 * must not look cheap to a planner.
 */
export const inOrder = "(index + 0)";

/**
 * Of an `enforcement.reported`, from its canonical bytes: who says so, and whether it carries a
 * version out. The index is found by these very words.
 */
export const gatewayIn = `(substring(encode(bytes, 'escape') from '"gateway":"([^"]*)"'))`;

export const isApplied = `kind = 'enforcement.reported' and encode(bytes, 'escape') like '%"what":"applied"%'`;

/** The log. Append-only by trigger. What follows `leaf` is an index of what `bytes` say. */
export const entries = holdpoint.table(
  "entries",
  {
    index: bigint({ mode: "number" }).primaryKey(),
    bytes: bytes().notNull(),
    leaf: bytes().notNull(),
    id: text().notNull().unique(),
    at: instant().notNull(),
    kind: text().notNull(),
    subject: text().notNull(),
    deployment: text(),
    decision: text(),
  },
  (table) => [
    index("entries_at").on(table.at, table.index),
    index("entries_kind").on(table.kind, table.index),
    index("entries_deployment").on(table.deployment, table.index),
    index("entries_decision").on(table.decision, table.index).where(sql`decision is not null`),
    index("entries_posture")
      .on(table.deployment, table.kind, sql.raw(inOrder))
      .where(sql`kind in ('decision.made', 'reassessment.set')`),
    index("entries_applied")
      .on(table.deployment, sql.raw(gatewayIn), sql.raw(inOrder))
      .where(sql.raw(isApplied)),
  ],
);

/**
 * What an entry can be found by more than once: `person:…`, `escalation:…`, `trigger:…` (see
 * core/log/found-by). Of all kinds but the two most frequent also with the kind in front,
 * `decision.made/person:…`, and with the columns: then one look along the key answers a question
 * about decisions, however many other entries name the same.
 */
export const entryAbout = holdpoint.table(
  "entry_about",
  { what: text().notNull(), index: bigint({ mode: "number" }).notNull() },
  (table) => [primaryKey({ columns: [table.what, table.index] })],
);

/** What later entries about an escalation are found by as well: `severity:…`, `model:…`. */
export const escalationAbout = holdpoint.table(
  "escalation_about",
  { escalation: text().notNull(), what: text().notNull() },
  (table) => [primaryKey({ columns: [table.escalation, table.what] })],
);

/**
 * Hashes of complete subtrees at levels 8, 16, 24, …: a proof then reads at most 256 rows a level.
 */
export const nodes = holdpoint.table(
  "nodes",
  {
    level: integer().notNull(),
    index: bigint({ mode: "number" }).notNull(),
    hash: bytes().notNull(),
  },
  (table) => [primaryKey({ columns: [table.level, table.index] })],
);

/**
 * Checkpoints that witnesses cosigned: `witness` is the witness's key, `line` its cosignature of
 * `note`.
 */
export const cosignatures = holdpoint.table(
  "cosignatures",
  {
    witness: text().notNull(),
    size: bigint({ mode: "number" }).notNull(),
    note: text().notNull(),
    line: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.witness, table.size] }), index().on(table.size)],
);

/** The newest checkpoint: one row. */
export const checkpoints = holdpoint.table("checkpoint", {
  one: boolean().primaryKey().default(true),
  size: bigint({ mode: "number" }).notNull(),
  note: text().notNull(),
});
