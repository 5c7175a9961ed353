import { and, asc, desc, eq, isNull, sql } from "drizzle-orm";
import type { PolicyRow, SessionRow, Store, Text } from "../../src/app/ports.ts";
import { type Commitment, personId } from "../../src/core/ids.ts";
import { arrayText, hex } from "../column-types.ts";
import type { Database } from "../executor.ts";
import { people, policies, sessions, texts } from "../schema.ts";
import { among } from "./log.ts";

type People = Pick<Store, "people" | "policy" | "policies" | "texts" | "textsLike" | "session">;

/** What stands beside the log and can be erased: people, policy files, texts; and who is let in. */
export function peopleQueries(db: Database): People {
  return {
    people: async () => {
      const rows = await db.select().from(people).orderBy(asc(people.key));
      return rows.map(({ linkedSlack, linkedTeams, ...row }) => ({
        ...row,
        id: personId(row.id),
        linked: { slack: linkedSlack, teams: linkedTeams },
      }));
    },

    policy: async (digest): Promise<PolicyRow | undefined> => {
      const [row] = await db.select().from(policies).where(eq(policies.digest, digest));
      return row;
    },
    policies: () => db.select().from(policies).orderBy(asc(policies.adoptedAt)),

    texts: async (commitments): Promise<ReadonlyMap<Commitment, Text>> => {
      const rows = await db.select().from(texts).where(among(texts.commitment, commitments));
      return new Map(rows.map((row) => [row.commitment, row]));
    },
    textsLike: async (wanted): Promise<ReadonlyMap<string, Text>> => {
      const hashes = arrayText(wanted.map((text) => hex(new TextEncoder().encode(text))));
      const rows = await db
        .select()
        .from(texts)
        .where(
          sql`sha256(${texts.text}) in (select sha256(decode(w, 'hex')) from unnest(${hashes}::text::text[]) as u(w))`,
        )
        .orderBy(desc(texts.commitment));
      return new Map(rows.map((row) => [row.text, row]));
    },

    session: async (hash): Promise<SessionRow | undefined> => {
      const { person, kind, expires, link } = sessions;
      const [row] = await db
        .select({ hash: sessions.hash, person, kind, expires, link })
        .from(sessions)
        .where(and(eq(sessions.hash, hash), isNull(sessions.spentAt)));
      return row && { ...row, person: personId(row.person) };
    },
  };
}
