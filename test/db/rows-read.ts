import type { Executor } from "../../db/executor.ts";
import { openPostgres } from "../../db/open-postgres.ts";
import { storeOver } from "../../db/store.ts";
import type { Store } from "../../src/app/ports.ts";
import type { FreshStore } from "../support/databases.ts";

/** What a table gave to one piece of work: rows of sequential scans, and rows found by an index. */
export interface RowsRead {
  readonly whole: number;
  readonly byIndex: number;
}

/**
 * Counts, table by table, the rows that some work reads. The server counts them itself, inside of
 * functions too, in a transaction that is rolled back afterwards: so the work costs the same
 * however often it is tried.
 */
export async function rowsRead(
  { url, execute }: FreshStore,
  work: (store: Store) => Promise<unknown>,
): Promise<ReadonlyMap<string, RowsRead>> {
  if (url === null) return counted(execute, work);
  const connection = await openPostgres(url, undefined, 1);
  try {
    return await counted(connection.execute, work);
  } finally {
    await connection.close();
  }
}

async function counted(
  execute: Executor,
  work: (store: Store) => Promise<unknown>,
): Promise<ReadonlyMap<string, RowsRead>> {
  const say = (text: string) => execute({ text, params: [] });
  await say("begin");
  try {
    // What the connection has read before may not be handed in yet, and would count here.
    const before = await readSoFar(say);
    await work(storeOver(execute, async () => undefined));
    const after = await readSoFar(say);
    return new Map(
      [...after].map(([table, { whole, byIndex }]) => {
        const { whole: wholeBefore, byIndex: byIndexBefore } = before.get(table) ?? none;
        return [table, { whole: whole - wholeBefore, byIndex: byIndex - byIndexBefore }];
      }),
    );
  } finally {
    await say("rollback");
  }
}

const none: RowsRead = { whole: 0, byIndex: 0 };

async function readSoFar(
  say: (text: string) => ReturnType<Executor>,
): Promise<ReadonlyMap<string, RowsRead>> {
  const rows = await say(
    `select relname::text, seq_tup_read::int, coalesce(idx_tup_fetch, 0)::int
     from pg_stat_xact_user_tables where schemaname = 'holdpoint'`,
  );
  return new Map(
    rows.map(([table, whole, byIndex]) => [
      String(table),
      { whole: Number(whole), byIndex: Number(byIndex) },
    ]),
  );
}
