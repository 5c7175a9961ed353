import type { Chat, Clock, Sending, Store } from "../app/ports.ts";
import { plain } from "../core/words/words.ts";

/**
 * The console as a chat: "sending" means storing what the pages show, without a rate limit. Alone
 * it is where everybody is reached; beside another chat it counts as reaching nobody, since a page
 * notifies nobody.
 */
export function consoleChat(
  store: Pick<Store, "saveMessage">,
  clock: Clock,
  { alone }: { readonly alone: boolean },
): Chat {
  const keep = (
    { key, chat, body }: Sending<"card"> | Sending<"line">,
    said: Pick<Parameters<Store["saveMessage"]>[0], "to" | "body">,
  ) =>
    store.saveMessage({
      chat,
      key,
      place: "",
      channel: body.channel,
      escalation: body.escalation,
      ...said,
      at: clock.now(),
    });
  return {
    name: "console",
    pace: { perLane: 50, laneMs: 0, editMs: 0, leaseMs: 30_000, doubtMs: 0, retryMs: 250 },
    direct: false,
    reaches: () => alone,
    serves: () => true,
    showCard: (message, card) => keep(message, { to: [], body: card }),
    say: (message) => keep(message, { to: message.body.to, body: plain(message.body.line) }),
    directMessage: async () => {},
    amend: async () => {},
    onUnreached: () => {},
    digest: async () => {},
  };
}
