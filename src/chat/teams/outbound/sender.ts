import { type MessageRow, SendFault, type Sending, type Store } from "../../../app/ports.ts";
import type { Instant } from "../../../core/ids.ts";
import type { Bot } from "../bot.ts";
import type { TeamsMessage } from "../render/card.ts";
import type { Destinations, MessageAddress } from "./destinations.ts";
import { isTooLarge, refusalOf, sendFaultOf } from "./faults.ts";

/**
 * Draws a message: with the words that it may be there twice, where it may, and as small as it can
 * be, where Teams calls it too large.
 */
export type Drawn = (repeat: boolean, small: boolean) => TeamsMessage;

/** A message on its way. */
export interface OutgoingMessage extends Pick<Sending<"line">, "key" | "doubtSince" | "attempts"> {
  readonly conversation: string;
  /** The message whose thread it belongs to; "" = none. */
  readonly thread: string;
  readonly drawn: Drawn;
}

/** Posts and edits. */
export interface MessageSender {
  /** Posts; answers where. What may have arrived is sent once more, marked, and then no more. */
  post(going: OutgoingMessage): Promise<MessageAddress>;
  /** Replaces a message; false where it is gone. */
  edit(key: string, place: MessageAddress, drawn: Drawn): Promise<boolean>;
  /** Whether a message was sent again, marked, without it being known that it was there already. */
  isRepeat(key: string): Promise<boolean>;
}

export interface MessageSenderParts {
  readonly bot: Bot;
  readonly where: Pick<Destinations, "addressOf">;
  readonly store: Pick<Store, "messageOf" | "saveMessage">;
  readonly clock: { now(): number };
  /** In [0, 1): spreads what was told to wait. */
  readonly chance: () => number;
  readonly tell: (sentence: string) => void;
}

/**
 * Teams cannot be asked whether it has a message, so a repeat is noted before it is sent: there is
 * never a second one.
 */
export function createMessageSender(parts: MessageSenderParts): MessageSender {
  const { bot, where, store, clock, chance, tell } = parts;

  const mark = (key: string, place: string) =>
    store.saveMessage(repeatMark(key, place, clock.now()));

  /**
   * Whether this very send was repeated before. A text written anew counts its attempts from the
   * start.
   */
  const wasRepeated = async (key: string, attempts: number): Promise<boolean> => {
    const at = await repeatOf(store, key);
    return at !== null && at < attempts;
  };

  const send = async (going: OutgoingMessage, repeat: boolean): Promise<MessageAddress> => {
    const { key, conversation, thread, drawn } = going;
    const address = await where.addressOf(conversation);
    const to = thread === "" ? conversation : `${conversation};messageid=${thread}`;
    const say = (small: boolean) => bot.post(address, to, drawn(repeat, small));
    return { conversation, id: await inSomeForm(tell, { key, say }) };
  };

  const repeated = async (going: OutgoingMessage): Promise<MessageAddress> => {
    const { key, attempts } = going;
    if (await wasRepeated(key, attempts)) {
      tell(
        `Teams did not say whether it has ${key}, twice: it is not sent again until there is news.`,
      );
      throw new SendFault("it may be there twice already", { retry: "never", arrived: "perhaps" });
    }
    await mark(key, String(attempts));
    try {
      return await send(going, true);
    } catch (error) {
      const fault = sendFaultOf(error, chance());
      if (fault.arrived === "no") await mark(key, "");
      throw fault;
    }
  };

  const post: MessageSender["post"] = async (going) => {
    try {
      return await (going.doubtSince === null ? send(going, false) : repeated(going));
    } catch (error) {
      const fault = sendFaultOf(error, chance());
      if (going.thread === "" || refusalOf(fault)?.status !== 404) throw fault;
    }
    // Read in the channel rather than by nobody.
    return post({ ...going, thread: "" });
  };

  return {
    post,
    isRepeat: async (key) => (await repeatOf(store, key)) !== null,
    edit: async (key, { conversation, id }, drawn) => {
      try {
        const address = await where.addressOf(conversation);
        await inSomeForm(tell, {
          key,
          say: (small) => bot.update(address, conversation, id, drawn(false, small)),
        });
        return true;
      } catch (error) {
        const refused = refusalOf(error);
        if (refused?.status !== 404 && refused?.status !== 403) throw sendFaultOf(error, chance());
        tell(
          `Teams edits ${key} no more (${refused.status} ${refused.code}): a copy that still stands there is out of date.`,
        );
        return false;
      }
    },
  };
}

/**
 * The row that says how often a message was sent again; `place` "" = it is known not to be there.
 */
function repeatMark(key: string, place: string, at: Instant): MessageRow {
  return {
    chat: "teams",
    key: `repeat:${key}`,
    channel: "",
    escalation: "",
    to: [],
    place,
    body: null,
    at,
  };
}

/** The attempt at which a message was repeated; null = it was not. */
async function repeatOf(store: MessageSenderParts["store"], key: string): Promise<number | null> {
  const at = (await store.messageOf("teams", `repeat:${key}`))?.place ?? "";
  return at === "" ? null : Number(at);
}

/**
 * Says it as it is, else small; what Teams does not take either way is not tried again before there
 * is something else to say.
 */
async function inSomeForm<T>(
  tell: MessageSenderParts["tell"],
  {
    key,
    say,
    small = false,
  }: {
    readonly key: string;
    readonly say: (small: boolean) => Promise<T>;
    readonly small?: boolean | undefined;
  },
): Promise<T> {
  try {
    return await say(small);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    if (!small) return inSomeForm(tell, { key, say, small: true });
    tell(`Teams takes ${key} in no form, since it is too large. Please report this.`);
    throw new SendFault("too large in every form", { retry: "never", arrived: "no" });
  }
}
