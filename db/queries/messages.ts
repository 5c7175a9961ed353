import { and, desc, eq, isNotNull, like, type SQL } from "drizzle-orm";
import type { MessageRow, Store } from "../../src/app/ports.ts";
import type { EscalationId, PersonId } from "../../src/core/ids.ts";
import type { Database, Executor } from "../executor.ts";
import { messages } from "../schema.ts";

type Messages = Pick<
  Store,
  | "saveMessage"
  | "messages"
  | "linesSaid"
  | "messageOf"
  | "messageAt"
  | "directsOf"
  | "messagesAbout"
  | "firstSight"
>;

/** More than is ever said of one escalation. */
const mostAboutOne = 2_000;

/** What each chat was told and where it has it, and what was heard from it already. */
export function messageQueries(db: Database, execute: Executor): Messages {
  const newest = async (where: SQL | undefined, limit: number): Promise<readonly MessageRow[]> => {
    const rows = await db
      .select()
      .from(messages)
      .where(where)
      .orderBy(desc(messages.at), desc(messages.key))
      .limit(limit);
    return rows.map((row) => ({
      ...row,
      escalation: row.escalation as EscalationId | "",
      to: row.to as PersonId[],
    }));
  };
  return {
    saveMessage: async ({ chat, key, ...said }) => {
      const set = { ...said, to: [...said.to] };
      await db
        .insert(messages)
        .values({ chat, key, ...set })
        .onConflictDoUpdate({ target: [messages.chat, messages.key], set });
    },
    messages: (chat, limit) => newest(eq(messages.chat, chat), limit),
    linesSaid: (chat, limit) =>
      newest(
        and(eq(messages.chat, chat), like(messages.key, "line:%"), isNotNull(messages.body)),
        limit,
      ),
    messageOf: async (chat, key) =>
      (await newest(and(eq(messages.chat, chat), eq(messages.key, key)), 1))[0],
    directsOf: async (chat, escalation) => {
      const about = and(eq(messages.chat, chat), eq(messages.escalation, escalation));
      const all = await newest(about, mostAboutOne);
      return all.filter(
        ({ key, to: [person], place }) => place !== "" && key.endsWith(`:${person}`),
      );
    },
    messagesAbout: (chat, escalation) =>
      newest(and(eq(messages.chat, chat), eq(messages.escalation, escalation)), mostAboutOne),
    messageAt: async (chat, place) =>
      (await newest(and(eq(messages.chat, chat), eq(messages.place, place)), 1))[0],
    firstSight: async (key) => (await execute({ text: sightText, params: [key] })).length === 1,
  };
}

/**
 * Of all who show one key at the same time, one inserts it and the others find it: a row comes back
 * for that one only. Sightings that ended go a hundred at a time; the key itself is left out,
 * because one statement may touch a row once.
 */
const sightText = `with ended as (
    delete from holdpoint.sightings where key in (
      select key from holdpoint.sightings
      where at < now() - interval '1 hour' and key <> $1::text order by at limit 100 for update skip locked))
  insert into holdpoint.sightings as old (key, at) values ($1::text, now())
  on conflict (key) do update set at = excluded.at where old.at < now() - interval '1 hour'
  returning key`;
