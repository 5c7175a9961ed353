import { and, asc, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import type { EntryFilter, Head, Recorded, Store } from "../../src/app/ports.ts";
import type { Entry } from "../../src/core/log/entry.ts";
import { nodeHash } from "../../src/core/log/merkle.ts";
import { sealedIn, unsealed } from "../../src/core/log/sealed-names.ts";
import { arrayText, fromHex } from "../column-types.ts";
import type { Database, Executor } from "../executor.ts";
import { texts } from "../schema.ts";
import { checkpoints, entries, entryAbout, escalationAbout, nodes } from "../schema-log.ts";

type Log = Pick<
  Store,
  | "entries"
  | "recordedModels"
  | "entryById"
  | "entriesFrom"
  | "logRows"
  | "leafHashes"
  | "subtree"
  | "head"
>;

/** Levels whose complete subtrees are stored. */
const storedEvery = 8;

/** Reads of the log. */
export function logQueries(db: Database, execute: Executor): Log {
  const subtreeRows = (
    level: number,
    from: number,
    to: number,
  ): Promise<readonly { hash: Uint8Array }[]> =>
    level === 0
      ? db
          .select({ hash: entries.leaf })
          .from(entries)
          .where(between(entries.index, from, to))
          .orderBy(asc(entries.index))
      : db
          .select({ hash: nodes.hash })
          .from(nodes)
          .where(and(eq(nodes.level, level), between(nodes.index, from, to)))
          .orderBy(asc(nodes.index));

  return {
    entries: async (filter) => withNames(db, (await foundEntries(db, filter)).map(recorded)),
    recordedModels: async () => {
      const rows = await db
        .selectDistinct({ what: escalationAbout.what })
        .from(escalationAbout)
        .where(sql`${escalationAbout.what} like 'model:%'`)
        .orderBy(asc(escalationAbout.what));
      return rows.map(({ what }) => what.slice("model:".length));
    },
    entryById: async (ids) => {
      const rows = await db
        .select(line)
        .from(entries)
        .where(among(entries.id, ids))
        .orderBy(asc(entries.index));
      return withNames(db, rows.map(recorded));
    },
    entriesFrom: async (from, to) => {
      const rows = await db
        .select(line)
        .from(entries)
        .where(between(entries.index, from, to))
        .orderBy(asc(entries.index));
      return withNames(db, rows.map(recorded));
    },
    logRows: async (from, to) => {
      const rows = await db
        .select()
        .from(entries)
        .where(between(entries.index, from, to))
        .orderBy(asc(entries.index));
      return rows.map(({ index, bytes, leaf, at, ...columns }) => ({
        index,
        bytes,
        leaf,
        columns: { ...columns, at: new Date(at).toISOString() },
      }));
    },
    leafHashes: async (from, to) => (await subtreeRows(0, from, to)).map(({ hash }) => hash),
    subtree: async (level, index) => {
      const stored = level - (level % storedEvery);
      const width = 2 ** (level - stored);
      const rows = await subtreeRows(stored, index * width, (index + 1) * width);
      if (rows.length !== width)
        throw new RangeError(`The log has no complete subtree ${index} at level ${level}.`);
      return joined(rows.map(({ hash }) => hash));
    },
    head: async () => headFrom(await execute({ text: headText, params: [] })),
  };
}

/** The newest checkpoint. */
export function checkpointQueries(db: Database): Pick<Store, "saveCheckpoint" | "checkpoint"> {
  return {
    saveCheckpoint: async (size, note) => {
      await db
        .insert(checkpoints)
        .values({ size, note })
        .onConflictDoUpdate({
          target: checkpoints.one,
          set: { size, note },
          // a slower replica must not take it back
          setWhere: sql`${checkpoints.size} <= excluded.size`,
        });
    },
    checkpoint: async () => {
      const [row] = await db
        .select({ size: checkpoints.size, note: checkpoints.note })
        .from(checkpoints);
      return row;
    },
  };
}

/**
 * `column = any(values)` with one parameter, so that the statement's text does not change with the
 * number of values.
 */
export function among(
  column: SQL.Aliased | Parameters<typeof eq>[0],
  values: readonly string[],
): SQL {
  return sql`${column} = any(${arrayText(values)}::text::text[])`;
}

const line = { index: entries.index, bytes: entries.bytes };

/** A row of `entries` as a line of the log. */
export function recorded({
  index,
  bytes,
}: {
  readonly index: number;
  readonly bytes: Uint8Array;
}): Recorded {
  const entry: Entry = JSON.parse(new TextDecoder().decode(bytes));
  return { index, bytes, entry };
}

/** Entries with the names that are kept beside the log. */
async function withNames(db: Database, lines: readonly Recorded[]): Promise<readonly Recorded[]> {
  const commitments = lines.flatMap(({ entry }) => sealedIn(entry));
  if (commitments.length === 0) return lines;
  const rows = await db
    .select({ commitment: texts.commitment, text: texts.text })
    .from(texts)
    .where(among(texts.commitment, commitments));
  const kept = new Map(rows.map(({ commitment, text }) => [commitment, text]));
  return lines.map((recorded) => ({
    ...recorded,
    entry: unsealed(recorded.entry, kept, "(erased)"),
  }));
}

const between = (
  column: typeof entries.index | typeof nodes.index,
  from: number,
  to: number,
): SQL | undefined => and(gte(column, from), lt(column, to));

/**
 * Newest first. Where something is asked for that entries have keys for, the rows are found along
 * one key, and the others are looked up for each.
 */
function foundEntries(db: Database, filter: EntryFilter) {
  const [key, ...others] = keysOf(filter);
  const rest = [...others.map(has), ...columnsAsked(filter)];
  if (key === undefined)
    return db
      .select(line)
      .from(entries)
      .where(and(...rest, ...range(entries.index, filter)))
      .orderBy(desc(entries.index))
      .limit(filter.limit);
  return db
    .select(line)
    .from(entryAbout)
    .innerJoin(entries, eq(entries.index, entryAbout.index))
    .where(and(eq(entryAbout.what, key), ...rest, ...range(entryAbout.index, filter)))
    .orderBy(desc(entryAbout.index))
    .limit(filter.limit);
}

/** The keys that an entry must have, those first that the fewest entries have. */
function keysOf(filter: EntryFilter): readonly string[] {
  const { escalation, actor, decider, marks = [], model, trigger, severity } = filter;
  const keys = [
    keyOf("escalation", escalation),
    ...marks.map((mark) => `is:${mark}`),
    keyOf("decider", decider),
    keyOf("person", actor),
    keyOf("model", model),
    keyOf("trigger", trigger),
    keyOf("severity", severity),
  ].filter((key) => key !== null);
  const kind = keyedKind(filter);
  if (kind === null) return keys;
  const columns = [keyOf("decision", filter.decision), keyOf("deployment", filter.deployment)];
  return [...keys, ...columns.filter((key) => key !== null)].map((key) => `${kind}/${key}`);
}

const keyOf = (of: string, value: string | undefined): string | null =>
  value === undefined ? null : `${of}:${value}`;

/** The most frequent kinds have no keys of their own; see schema-log. */
const frequent: readonly string[] = ["escalation.updated", "enforcement.reported"];

/** The kind by which keys are looked up; null where several, or one of the frequent, are asked for. */
function keyedKind({ kinds = [] }: EntryFilter): string | null {
  const [only = ""] = kinds;
  return kinds.length !== 1 || frequent.includes(only) ? null : only;
}

/** What is left to be asked of the columns. */
function columnsAsked(filter: EntryFilter): readonly (SQL | undefined)[] {
  const { kinds, deployment, decision } = filter;
  const isKeyed = keyedKind(filter) !== null;
  if (isKeyed && keysOf(filter).length > 0) return [];
  return [
    kinds && ofKinds(kinds),
    deployment === undefined ? undefined : eq(entries.deployment, deployment),
    decision === undefined ? undefined : eq(entries.decision, decision),
  ];
}

/**
 * Times become index ranges first: `at` grows with the index, so both ends are one look into an
 * index.
 */
const range = (
  index: typeof entries.index | typeof entryAbout.index,
  { since, until, below, above }: EntryFilter,
): readonly (SQL | undefined)[] => [
  since === undefined ? undefined : sql`${index} >= ${firstFrom(since)}`,
  until === undefined ? undefined : sql`${index} < ${firstFrom(until)}`,
  below === undefined ? undefined : lt(index, below),
  above === undefined ? undefined : gte(index, above),
];

/** One kind is told as one: then an index gives its entries in their order. */
function ofKinds(kinds: readonly string[]): SQL {
  const [only = ""] = kinds;
  return kinds.length === 1 ? eq(entries.kind, only) : among(entries.kind, kinds);
}

const has = (key: string): SQL =>
  sql`exists (select from holdpoint.entry_about a where a.what = ${key} and a.index = ${entries.index})`;

/** Index of the first entry at or after an instant; the size of the log when there is none. */
const firstFrom = (at: number): SQL => sql`coalesce(
  (select e.index from holdpoint.entries e where e.at >= ${new Date(at).toISOString()}::text::timestamptz order by e.at, e.index limit 1),
  (select h.size from holdpoint.log_head h))`;

function joined(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  while (level.length > 1) {
    level = level.flatMap((left, i) => {
      const right = level[i + 1];
      return i % 2 === 0 && right !== undefined ? [nodeHash(left, right)] : [];
    });
  }
  return level[0] ?? new Uint8Array();
}

const headText = `select size, at, (select coalesce(string_agg(encode(peak, 'hex'), ',' order by n), '')
  from unnest(peaks) with ordinality as u(peak, n)) from holdpoint.log_head`;

function headFrom(rows: readonly (readonly unknown[])[]): Head {
  const [[size, at, peaks] = []] = rows;
  return {
    size: Number(size),
    at: Date.parse(String(at)),
    peaks: String(peaks).split(",").filter(Boolean).map(fromHex),
  };
}
