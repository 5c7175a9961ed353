import { eq, sql } from "drizzle-orm";
import type { Store } from "../../src/app/ports.ts";
import type { Database } from "../executor.ts";
import { endpoints, outbox } from "../schema.ts";

type Endpoints = Pick<Store, "waitingChats" | "goneUnder" | "saveGone">;

/** Whom the outbox has something for, and which endpoints want nothing more. */
export function endpointQueries(db: Database): Endpoints {
  return {
    waitingChats: async () => {
      const rows = await db
        .selectDistinct({ chat: outbox.chat })
        .from(outbox)
        .where(sql`state = 'pending'`);
      return rows.map(({ chat }) => chat);
    },
    goneUnder: async (id) => {
      const [row] = await db
        .select({ adoptedAt: endpoints.adoptedAt })
        .from(endpoints)
        .where(eq(endpoints.id, id));
      return row?.adoptedAt ?? null;
    },
    saveGone: async (id, adoptedAt) => {
      const set = { adoptedAt, goneAt: sql`now()` };
      await db
        .insert(endpoints)
        .values({ id, adoptedAt })
        .onConflictDoUpdate({ target: endpoints.id, set });
    },
  };
}
