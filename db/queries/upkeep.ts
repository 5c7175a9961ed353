import type { Store } from "../../src/app/ports.ts";
import type { Executor } from "../executor.ts";

/** What keeps the database from growing without end. */
export function upkeepQueries(execute: Executor): Pick<Store, "forget" | "tidy"> {
  return {
    forget: async ({ deliveries, messages, receipts, sessions }, past, most) => {
      const text = `select holdpoint.forget($1::text::timestamptz, $2::text::timestamptz,
        $3::text::timestamptz, $4::text::timestamptz, $5::bigint, $6::int)`;
      const times = [deliveries, messages, receipts, sessions].map((until) =>
        new Date(until).toISOString(),
      );
      const [[looked] = []] = await execute({ text, params: [...times, past, most] });
      return looked === null || looked === undefined ? null : Number(looked);
    },

    tidy: async () => {
      const [[table] = []] = await execute({ text: untidyText, params: [] });
      if (table !== undefined) await execute({ text: `vacuum (analyze) ${table}`, params: [] });
      const [[isLong] = []] = await execute({ text: longWalText, params: [] });
      if (isLong === true) await execute({ text: "checkpoint", params: [] });
    },
  };
}

/**
 * PGlite runs in single-user mode, in which nothing works in the background. Its version says
 * WebAssembly.
 */
const isEmbedded = "version() ~* 'wasm|emscripten|emcc'";

/**
 * The table with the most dead rows, by the rule that a server's autovacuum has: 50 and a fifth of
 * what lives.
 */
const untidyText = `select format('%I.%I', schemaname, relname) from pg_stat_user_tables
  where schemaname = 'holdpoint' and ${isEmbedded}
    and n_dead_tup > 50 + 0.2 * n_live_tup
  order by n_dead_tup desc limit 1`;

/**
 * Whether 64 MB were written to the write-ahead log since the last checkpoint: without one it grows
 * without end.
 */
const longWalText = `select case when ${isEmbedded}
  then (select pg_current_wal_lsn() - redo_lsn > 64 * 1024 * 1024 from pg_control_checkpoint()) else false end`;
