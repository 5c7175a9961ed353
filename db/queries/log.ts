import { and, asc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import type { Head, Recorded, Store } from "../../src/app/ports.ts";
import type { Entry } from "../../src/core/log/entry.ts";
import { nodeHash } from "../../src/core/log/merkle.ts";
import { sealedIn, unsealed } from "../../src/core/log/sealed-names.ts";
import { arrayText, fromHex } from "../column-types.ts";
import type { Database, Executor } from "../executor.ts";
import { texts } from "../schema.ts";
import { checkpoints, entries, nodes } from "../schema-log.ts";

type Log = Pick<
  Store,
  "entryById" | "entriesFrom" | "logRows" | "leafHashes" | "storedHashes" | "subtree" | "head"
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
    storedHashes: async (level, from, to) =>
      (await subtreeRows(level, from, to)).map(({ hash }) => hash),
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

export const line = { index: entries.index, bytes: entries.bytes };

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
export async function withNames(
  db: Database,
  lines: readonly Recorded[],
): Promise<readonly Recorded[]> {
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
