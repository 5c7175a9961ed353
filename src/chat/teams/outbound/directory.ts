import { type Clock, Fault } from "../../../app/ports.ts";
import type { Person } from "../../../core/people/person.ts";
import { createTtlCache } from "../../shared/ttl-cache.ts";
import { type Bot, CallFault } from "../bot.ts";
import { type Address, guid } from "../inbound/activity.ts";

/** An account as Teams knows it in a conversation. `tenant` is the organization it belongs to. */
export interface TeamsAccount {
  readonly is: "member" | "guest" | "unknown";
  readonly tenant: string;
}

/** A person whom Teams cannot reach, and why. */
export interface Unreached {
  readonly person: Person;
  readonly because: Exclude<TeamsAccount["is"], "member"> | "no-account";
}

/** The accounts behind AAD object ids. */
export interface Directory {
  /**
   * Asks Teams, at most once a minute for each account; null = Teams did not answer. `id` is the
   * account's id in this conversation.
   */
  account(user: string, conversation: string, id?: string): Promise<TeamsAccount | null>;
  /** Asks Teams now, ignoring the cache. */
  again(user: string, conversation: string): Promise<TeamsAccount | null>;
  /** Records that a message to them failed because they cannot be reached. */
  lost(user: string): void;
  /** `listener` is called each time. */
  onLost(listener: () => void): void;
  /**
   * From the cache alone. Where nothing is known, true: passing over a person wrongly would take
   * the question from them.
   */
  reaches(person: Person): boolean;
  /**
   * Asks about all of them in a conversation, one after the other; answers who cannot be reached.
   */
  refresh(people: Iterable<Person>, conversation: string): Promise<readonly Unreached[]>;
}

export interface DirectoryParts {
  readonly bot: Bot;
  readonly clock: Clock;
  /** The address for messages to a conversation; throws where Teams never told it. */
  readonly addressOf: (conversation: string) => Promise<Address>;
}

/** More than an organization has deciders. */
const mostKept = 5_000;

export function createDirectory({ bot, clock, addressOf }: DirectoryParts): Directory {
  const known = createTtlCache<TeamsAccount>(clock, mostKept);
  const ask = async (id: string, conversation: string): Promise<TeamsAccount | null> => {
    try {
      const told = await bot.member(await addressOf(conversation), conversation, id);
      return { is: told.role === "guest" ? "guest" : "member", tenant: told.tenant };
    } catch (error) {
      if (isNobody(error)) return { is: "unknown", tenant: "" };
      if (error instanceof CallFault || error instanceof Fault) return null;
      throw error;
    }
  };
  const account: Directory["account"] = (user, conversation, id = user) =>
    known.get(user, () => ask(id, conversation));
  const listeners = new Set<() => void>();
  return {
    account,
    again: async (user, conversation) => {
      const told = await ask(user, conversation);
      if (told !== null) known.learn(user, told);
      return told;
    },
    lost: (user) => {
      known.learn(user, { is: "unknown", tenant: known.last(user)?.tenant ?? "" });
      for (const listener of listeners) listener();
    },
    onLost: (listener) => void listeners.add(listener),
    reaches: ({ teams }) => {
      const user = guid(teams ?? "");
      return user !== "" && (known.last(user)?.is ?? "member") === "member";
    },
    refresh: async (people, conversation) => {
      const unreached: Unreached[] = [];
      for (const person of people) {
        const user = guid(person.teams ?? "");
        const because = user === "" ? "no-account" : (await account(user, conversation))?.is;
        if (because !== undefined && because !== "member") unreached.push({ person, because });
      }
      return unreached;
    },
  };
}

/**
 * The conversation exists and the person is not in it. Where the conversation itself is gone,
 * nothing is known about anybody.
 */
const isNobody = (error: unknown): boolean =>
  error instanceof CallFault && error.status === 404 && error.code.startsWith("Member");
