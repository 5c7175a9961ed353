import { SendFault, type Sending, type Store } from "../../app/ports.ts";
import type { Bot } from "./bot.ts";
import type { TeamsMessage } from "./card.ts";
import { isTooLarge, refusalOf, sendFaultOf } from "./faults.ts";
import type { Place, Where } from "./where.ts";

/**
 * Draws a message: with the words that it may be there twice, where it may, and as small as it can be, where Teams calls it too
 * large.
 */
export type Drawn = (repeat: boolean, small: boolean) => TeamsMessage;

/** A message on its way. */
export interface Going extends Pick<Sending<"line">, "key" | "doubtSince" | "attempts"> {
  readonly conversation: string;
  /** The message whose thread it belongs to; "" = none. */
  readonly thread: string;
  readonly drawn: Drawn;
}

/** Posts and edits. */
export interface Outgoings {
  /** Posts; answers where. What may have arrived is sent once more, marked, and then no more. */
  post(going: Going): Promise<Place>;
  /** Replaces a message; false where it is gone. */
  edit(key: string, place: Place, drawn: Drawn): Promise<boolean>;
  /** Whether a message was sent again, marked, without it being known that it was there already. */
  isRepeat(key: string): Promise<boolean>;
}

export interface OutgoingParts {
  readonly bot: Bot;
  readonly where: Pick<Where, "addressOf">;
  readonly store: Pick<Store, "messageOf" | "saveMessage">;
  readonly clock: { now(): number };
  /** In [0, 1): spreads what was told to wait. */
  readonly chance: () => number;
  readonly tell: (sentence: string) => void;
}

/** Teams cannot be asked whether it has a message, so a repeat is noted before it is sent: there is never a second one. */
export const createOutgoings = (parts: OutgoingParts): Outgoings => {
  const { bot, where, store, clock, chance, tell } = parts;

  const mark = (key: string, place: string): Promise<void> =>
    store.saveMessage({
      ...{ chat: "teams", key: `repeat:${key}`, channel: "", escalation: "", to: [], place },
      ...{ body: null, at: clock.now() },
    });

  /** Whether this very send was repeated before. A text written anew counts its attempts from the start. */
  const wasRepeated = async (key: string, attempts: number): Promise<boolean> => {
    const at = await repeatOf(store, key);
    return at !== null && at < attempts;
  };

  const send = async (going: Going, repeat: boolean): Promise<Place> => {
    const { key, conversation, thread, drawn } = going;
    const address = await where.addressOf(conversation);
    const to = thread === "" ? conversation : `${conversation};messageid=${thread}`;
    const say = (small: boolean) => bot.post(address, to, drawn(repeat, small));
    return { conversation, id: await inSomeForm(tell, key, say) };
  };

  const repeated = async (going: Going): Promise<Place> => {
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

  const post: Outgoings["post"] = async (going) => {
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
        await inSomeForm(tell, key, (small) =>
          bot.update(address, conversation, id, drawn(false, small)),
        );
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
};

/** The attempt at which a message was repeated; null = it was not. */
const repeatOf = async (store: OutgoingParts["store"], key: string): Promise<number | null> => {
  const at = (await store.messageOf("teams", `repeat:${key}`))?.place ?? "";
  return at === "" ? null : Number(at);
};

/** Says it as it is, else small; what Teams does not take either way is not tried again before there is something else to say. */
const inSomeForm = async <T>(
  tell: OutgoingParts["tell"],
  key: string,
  say: (small: boolean) => Promise<T>,
  small = false,
): Promise<T> => {
  try {
    return await say(small);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    if (!small) return inSomeForm(tell, key, say, true);
    tell(`Teams takes ${key} in no form, since it is too large. Please report this.`);
    throw new SendFault("too large in every form", { retry: "never", arrived: "no" });
  }
};
