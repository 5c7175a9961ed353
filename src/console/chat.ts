import type { Chat, Clock, Store } from "../app/ports.ts";

/** The console as a chat: it reaches everybody, and "sending" is keeping what the pages show. */
export const consoleChat = (store: Pick<Store, "saveMessage">, clock: Clock): Chat => ({
  name: "console",
  reaches: () => true,
  showCard: ({ key, chat, body }, card) =>
    store.saveMessage({
      chat,
      key,
      channel: body.channel,
      escalation: body.escalation,
      to: [],
      body: card,
      at: clock.now(),
    }),
  say: ({ key, chat, body }) =>
    store.saveMessage({
      chat,
      key,
      channel: body.channel,
      escalation: body.escalation,
      to: body.to,
      body: body.text,
      at: clock.now(),
    }),
});
