import { type Clock, SendFault, type Store } from "../../../app/ports.ts";
import {
  createMessageSender,
  type MessageSender,
  type SendCalls,
} from "../../shared/message-sender.ts";
import type { Bot } from "../bot.ts";
import type { TeamsMessage } from "../render/card.ts";
import type { TeamsDestinations } from "./destinations.ts";
import { isTooLarge, refusalOf, sendFaultOf } from "./faults.ts";

export interface TeamsSenderParts {
  readonly bot: Bot;
  readonly conversationAddress: TeamsDestinations["conversationAddress"];
  readonly store: Pick<Store, "messageOf" | "saveMessage">;
  readonly clock: Clock;
  /** In [0, 1): spreads the messages that Teams asks to send later. */
  readonly chance: () => number;
  /** Tells the operator. */
  readonly tell: (sentence: string) => void;
}

/** Posts and edits in Teams. */
export function createTeamsSender(parts: TeamsSenderParts): MessageSender<TeamsMessage> {
  const { bot, conversationAddress, chance, tell } = parts;
  return createMessageSender<TeamsMessage>({
    platform: "Teams",
    tell,
    post: async ({ channel, thread }, form) => {
      const to = thread === null ? channel : `${channel};messageid=${thread}`;
      return bot.post(await conversationAddress(channel), to, form);
    },
    update: async ({ channel, id }, form) =>
      bot.update(await conversationAddress(channel), { conversation: channel, id }, form),
    repost: repostIn(parts),
    badForm: (error) => (isTooLarge(error) ? "too large" : null),
    isThreadGone: (error) => refusalOf(error)?.status === 404,
    isEditOver: (error, key) => {
      const refused = refusalOf(error);
      if (refused?.status !== 404 && refused?.status !== 403) return false;
      tell(
        `Teams no longer edits ${key} (${refused.status} ${refused.code}): a copy that is still shown is out of date.`,
      );
      return true;
    },
    faultOf: (error) => sendFaultOf(error, chance()),
  });
}

/**
 * Teams cannot be asked whether it has a message. It is sent once more, marked as a possible
 * repeat; the mark is stored before, so that there is never a second repeat.
 */
const repostIn =
  ({ store, clock, chance, tell }: TeamsSenderParts): SendCalls<TeamsMessage>["repost"] =>
  async ({ key, attempts }, send) => {
    const mark = (attempt: string) =>
      store.saveMessage({
        chat: "teams",
        key: markOf(key),
        channel: "",
        escalation: "",
        to: [],
        place: attempt,
        body: null,
        at: clock.now(),
      });
    // A text that is written anew counts its attempts from the start.
    const repeatedAt = await repeatOf(store, key);
    if (repeatedAt !== null && repeatedAt < attempts) {
      tell(
        `Teams did not say whether it has ${key}, twice: it is not sent again until there is news.`,
      );
      throw new SendFault("it may be there twice already", { retry: "never", arrived: "perhaps" });
    }
    await mark(String(attempts));
    try {
      return await send(true);
    } catch (error) {
      const fault = sendFaultOf(error, chance());
      if (fault.arrived === "no") await mark("");
      throw fault;
    }
  };

/** The key under which the attempt is stored at which a message was repeated; "" = it was not. */
const markOf = (key: string): string => `repeat:${key}`;

/** Whether a message was sent again, marked, without it being known that it was there already. */
export async function isRepeat(store: Pick<Store, "messageOf">, key: string): Promise<boolean> {
  return (await repeatOf(store, key)) !== null;
}

async function repeatOf(store: Pick<Store, "messageOf">, key: string): Promise<number | null> {
  const attempt = (await store.messageOf("teams", markOf(key)))?.place ?? "";
  return attempt === "" ? null : Number(attempt);
}
