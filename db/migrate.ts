import { fileURLToPath } from "node:url";
import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import { Fault } from "../src/app/ports.ts";
import type { Connection } from "./connection.ts";
import type { Executor } from "./executor.ts";

/** The migrations this program knows, oldest first. */
export function knownMigrations(): readonly MigrationMeta[] {
  return readMigrationFiles({
    migrationsFolder: fileURLToPath(new URL("./migrations", import.meta.url)),
  });
}

/**
 * Brings the tables to what this program knows: forward only, all missing steps in one transaction,
 * one process at a time. Refuses a database that a newer program has migrated. When nothing is
 * missing it only reads, so that a role without the right to change tables can start.
 */
export async function migrate(
  connection: Pick<Connection, "execute" | "alone">,
  known = knownMigrations(),
): Promise<void> {
  if (missing(known, await appliedUntil(connection.execute)).length === 0) return;
  await connection.alone(async (script, execute) => {
    const steps = missing(known, await appliedUntil(execute)); // another start may have been faster
    if (steps.length > 0) await script([ledger, ...steps.map(scriptOf)].join("\n"));
  });
}

/** When the newest applied migration was made, in ms; 0 = none is. */
async function appliedUntil(execute: Executor): Promise<number> {
  const [[exists] = []] = await execute({
    text: "select to_regclass('holdpoint.migrations') is not null",
    params: [],
  });
  if (exists !== true) return 0;
  const text = "select coalesce(max(created_at), 0)::float8 from holdpoint.migrations";
  const [[newest] = []] = await execute({ text, params: [] });
  return Number(newest);
}

function missing(known: readonly MigrationMeta[], until: number): readonly MigrationMeta[] {
  const newest = known.at(-1)?.folderMillis ?? 0;
  if (until > newest) {
    throw new Fault(
      `The database was migrated by a newer Holdpoint (${day(until)}; this one knows steps up to ${day(newest)}). Start the newer program, or restore a backup from before.`,
      "never",
    );
  }
  return known.filter(({ folderMillis }) => folderMillis > until);
}

const day = (ms: number): string => new Date(ms).toISOString();

/** The same ledger that drizzle-kit keeps, in our schema. */
const ledger = `create schema if not exists holdpoint;
create table if not exists holdpoint.migrations (id serial primary key, hash text not null, created_at bigint);`;

const scriptOf = ({ sql, hash, folderMillis }: MigrationMeta): string =>
  `${sql.join(";\n")};\ninsert into holdpoint.migrations (hash, created_at) values ('${hash}', ${folderMillis});`;
