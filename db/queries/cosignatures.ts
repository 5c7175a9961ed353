import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import type { Cosignatures } from "../../src/app/ports.ts";
import type { Database } from "../executor.ts";
import { cosignatures } from "../schema-log.ts";
import { among } from "./log.ts";

/** Checkpoints that witnesses cosigned. */
export function cosignatureQueries(db: Database): Cosignatures {
  const { witness, size, note, line } = cosignatures;
  return {
    saveCosignature: async (row) => {
      await db
        .insert(cosignatures)
        .values(row)
        .onConflictDoUpdate({ target: [witness, size], set: { note: row.note, line: row.line } });
    },
    lastCosigned: async (by) => {
      const [row] = await db
        .select()
        .from(cosignatures)
        .where(by === null ? undefined : eq(witness, by))
        .orderBy(desc(size))
        .limit(1);
      return row;
    },
    cosignatureLines: async (of) => {
      const rows = await db
        .select({ line })
        .from(cosignatures)
        .where(and(eq(size, of.size), eq(note, of.note)))
        .orderBy(asc(witness));
      return rows.map((row) => row.line);
    },
    newestCosignatures: (limit) =>
      db.select().from(cosignatures).orderBy(desc(size), asc(note), asc(witness)).limit(limit),
    mostCosigned: async (over) => {
      const [row] = await db
        .select({ size, note })
        .from(cosignatures)
        .where(gt(size, over))
        .groupBy(size, note)
        .orderBy(desc(sql`count(*)`), desc(size))
        .limit(1);
      return row ?? null;
    },
    cosignedByAll: async (witnesses) => {
      const all = [...new Set(witnesses)];
      const [row] = await db
        .select({ size, note })
        .from(cosignatures)
        .where(among(witness, all))
        .groupBy(size, note)
        .having(sql`count(*) = ${all.length}`)
        .orderBy(desc(size))
        .limit(1);
      return row ?? null;
    },
  };
}
