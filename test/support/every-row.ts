import type { World } from "./world-shape.ts";

/** Every row of every table as text, binary columns decoded. */
export async function everyRow(world: World): Promise<string> {
  const { query } = world.database();
  const tables = await query(
    "select table_name::text from information_schema.tables where table_schema = 'holdpoint' and table_type = 'BASE TABLE'",
  );
  const rows = await Promise.all(
    tables.map(([table]) => query(`select to_jsonb(t)::text from holdpoint.${table} as t`)),
  );
  return rows
    .flat(2)
    .map(String)
    .map((row) =>
      row.replace(/\\\\x([0-9a-f]+)/g, (_, hex) => Buffer.from(hex, "hex").toString("latin1")),
    )
    .join("\n");
}
