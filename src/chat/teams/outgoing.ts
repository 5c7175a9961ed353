import { SendFault, type Sending, type Store } from "../../app/ports.ts";
import type { Bot } from "./bot.ts";
import type { TeamsMessage } from "./card.ts";
import { refusalOf, sendFaultOf } from "./faults.ts";
import type { Place, Where } from "./where.ts";

/** A message on its way. */
export interface Going extends Pick<Sending<"line">, "key" | "doubtSince" | "attempts"> {
  readonly conversation: string;
  /** The message whose thread it belongs to; "" = none. */
  readonly thread: string;
  /** Drawn with the words that it may be there twice, where it may. */
  readonly drawn: (repeat: boolean) => TeamsMessage;
}

/** Posts and edits. */
export interface Outgoings {
  /** Posts; answers where. What may have arrived is sent once more, marked, and then no more. */
  post(going: Going): Promise<Place>;
  /** Replaces a message; false where it is gone. */
  edit(place: Place, message: TeamsMessage): Promise<boolean>;
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
    const at = Number((await store.messageOf("teams", `repeat:${key}`))?.place || Number.NaN);
    return at < attempts;
  };

  const send = async ({ conversation, thread, drawn }: Going, repeat: boolean): Promise<Place> => {
    const address = await where.addressOf(conversation);
    const to = thread === "" ? conversation : `${conversation};messageid=${thread}`;
    return { conversation, id: await bot.post(address, to, drawn(repeat)) };
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
    edit: async ({ conversation, id }, message) => {
      try {
        await bot.update(await where.addressOf(conversation), conversation, id, message);
        return true;
      } catch (error) {
        if (refusalOf(error)?.status === 404) return false;
        throw sendFaultOf(error, chance());
      }
    },
  };
};
