import { drizzle, type PgRemoteDatabase } from "drizzle-orm/pg-proxy";
import * as schema from "./schema.ts";

/** One SQL statement with its parameters `$1`, `$2`, …. */
interface Query {
  readonly text: string;
  readonly params: readonly unknown[];
  /**
   * Planned for these values at each use: after five uses of a prepared statement PostgreSQL may
   * take one plan for all values, and what few rows have is then found like what most rows have.
   */
  readonly planned?: "each time";
}

/**
 * The one line between this folder and a driver: one statement out, rows as arrays back. JSON comes
 * back as text, `bytea` as Uint8Array, `timestamptz` as text. Every statement commits by itself;
 * there is no way to hold a transaction open. Tests put faults here.
 */
export type Executor = (query: Query) => Promise<readonly (readonly unknown[])[]>;

/** Typed queries over either driver. */
export type Database = PgRemoteDatabase<typeof schema>;

/**
 * drizzle on top of an executor. Its `transaction()` throws, on purpose: a callback must never
 * decide what was committed.
 */
export function databaseOver(execute: Executor): Database {
  return drizzle(
    async (text, params) => ({ rows: [...(await execute({ text, params }))] as unknown[][] }),
    { schema },
  );
}

/** The same, for statements whose best plan depends on what is asked for. */
export function plannedEachTime(execute: Executor): Executor {
  return (query) => execute({ ...query, planned: "each time" });
}

/** PostgreSQL's text type has no U+0000; a parameter must not fail for it. */
export function cleaned(params: readonly unknown[]): unknown[] {
  return params.map((param) =>
    typeof param === "string" && param.includes("\0") ? param.replaceAll("\0", "\ufffd") : param,
  );
}
