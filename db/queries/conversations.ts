import { and, desc, eq, type SQL } from "drizzle-orm";
import type { ConversationRow, Store } from "../../src/app/ports.ts";
import type { Database } from "../executor.ts";
import { conversations } from "../schema.ts";

type Conversations = Pick<Store, "conversation" | "newestConversation" | "saveConversation">;

/** How each conversation of a chat is spoken to. */
export function conversationQueries(db: Database): Conversations {
  const newest = async (where: SQL | undefined): Promise<ConversationRow | undefined> => {
    const { id, reference, at } = conversations;
    const [row] = await db
      .select({ id, reference, at })
      .from(conversations)
      .where(where)
      .orderBy(desc(at))
      .limit(1);
    return row;
  };
  return {
    conversation: (chat, id) => newest(and(eq(conversations.chat, chat), eq(conversations.id, id))),
    newestConversation: (chat) => newest(eq(conversations.chat, chat)),
    saveConversation: async (chat, { id, reference, at }) => {
      await db
        .insert(conversations)
        .values({ chat, id, reference, at })
        .onConflictDoUpdate({
          target: [conversations.chat, conversations.id],
          set: { reference, at },
        });
    },
  };
}
