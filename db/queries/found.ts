import { and, asc, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import type { EntryFilter, Store } from "../../src/app/ports.ts";
import { kindsWithoutKeys } from "../../src/core/log/found-keys.ts";
import { inColumn } from "../../src/core/state/log-fold.ts";
import { arrayText } from "../column-types.ts";
import type { Database } from "../executor.ts";
import { entries, entryAbout, escalationAbout } from "../schema-log.ts";
import { among, line, recorded, withNames } from "./log.ts";

/** As many as a sample is drawn from. */
const mostIndexes = 5_000_000;

/**
 * Questions about the log, answered newest first. Where something is asked for that entries have
 * keys for, the rows are found along one key, and the others are looked up for each.
 */
export function foundQueries(
  db: Database,
): Pick<Store, "entries" | "entryIndexes" | "missingKey" | "keysAfter" | "recordedModels"> {
  return {
    entries: async (filter) => {
      const { key, where } = planOf(filter);
      const rows =
        key === undefined
          ? await db
              .select(line)
              .from(entries)
              .where(where)
              .orderBy(desc(entries.index))
              .limit(filter.limit)
          : await db
              .select(line)
              .from(entryAbout)
              .innerJoin(entries, eq(entries.index, entryAbout.index))
              .where(where)
              .orderBy(desc(entryAbout.index))
              .limit(filter.limit);
      return withNames(db, rows.map(recorded));
    },
    entryIndexes: async (filter) => {
      const { key, where } = planOf({ ...filter, limit: mostIndexes });
      const found = db.select({ index: entries.index }).from(entries);
      const along = db
        .select({ index: entryAbout.index })
        .from(entryAbout)
        .innerJoin(entries, eq(entries.index, entryAbout.index));
      const rows = await (key === undefined ? found : along).where(where).limit(mostIndexes);
      return rows.map(({ index }) => index);
    },
    missingKey: async (keys) => {
      const whats = arrayText(keys.map(({ what }) => inColumn(what)));
      const indexes = arrayText(keys.map(({ index }) => String(index)));
      const wanted = sql`unnest(${whats}::text::text[], ${indexes}::text::bigint[]) as k(what, index)`;
      const isThere = sql`exists (select from holdpoint.entry_about a where a.what = k.what and a.index = k.index)`;
      const [row] = await db
        .select({ what: sql<string>`k.what`, index: sql`k.index`.mapWith(Number) })
        .from(wanted)
        .where(sql`not ${isThere}`)
        .limit(1);
      return row;
    },
    keysAfter: ({ what, index }, limit) =>
      db
        .select({ what: entryAbout.what, index: entryAbout.index })
        .from(entryAbout)
        .where(sql`(${entryAbout.what}, ${entryAbout.index}) > (${what}, ${index})`)
        .orderBy(asc(entryAbout.what), asc(entryAbout.index))
        .limit(limit),
    recordedModels: async () => {
      const rows = await db
        .selectDistinct({ what: escalationAbout.what })
        .from(escalationAbout)
        .where(sql`${escalationAbout.what} like 'model:%'`)
        .orderBy(asc(escalationAbout.what));
      return rows.map(({ what }) => what.slice("model:".length));
    },
  };
}

interface Plan {
  /** The key along which rows are found; undefined = none is asked for. */
  readonly key: string | undefined;
  readonly where: SQL | undefined;
}

function planOf(filter: EntryFilter): Plan {
  const [key, ...others] = keysOf(filter);
  const index = key === undefined ? entries.index : entryAbout.index;
  const along = key === undefined ? undefined : eq(entryAbout.what, key);
  const { deployments } = filter;
  const within = deployments && among(entries.deployment, deployments);
  const rest = [...others.map(has), within, ...columnsAsked(filter), ...range(index, filter)];
  return { key, where: and(along, ...rest) };
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

/**
 * The kind by which keys are looked up; null where several, or one of the frequent, are asked for.
 */
function keyedKind({ kinds = [] }: EntryFilter): string | null {
  const [only = ""] = kinds;
  return kinds.length !== 1 || kindsWithoutKeys.has(only) ? null : only;
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
