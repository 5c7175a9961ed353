import type { UsersInfoResponse, WebClient } from "@slack/web-api";
import type { Clock } from "../../app/ports.ts";
import type { Person } from "../../core/people.ts";
import { createRecent } from "../any/recent.ts";
import { refusalOf } from "./api.ts";

/** An account as Slack knows it. `team` is the workspace it belongs to. */
export interface Account {
  readonly is: "member" | "guest" | "bot" | "closed" | "unknown";
  readonly team: string;
}

/** Somebody whom Slack cannot ask, and why. */
export interface Unreached {
  readonly person: Person;
  readonly because: Exclude<Account["is"], "member"> | "no-account";
}

/** Who is behind a Slack id. */
export interface Directory {
  /** Asks Slack, at most once a minute for each; null = Slack could not be asked. */
  account(user: string): Promise<Account | null>;
  /** Asks Slack now, whatever is known. */
  again(user: string): Promise<Account | null>;
  /** A message showed that they cannot be reached. */
  lost(user: string, is: Exclude<Account["is"], "member">): void;
  /** `listener` is called whenever a message showed so. */
  onLost(listener: () => void): void;
  /** From what is known without asking. Where nothing is known, yes: passing over somebody wrongly takes the question from them. */
  reaches(person: Person): boolean;
  /** Asks about everybody, one after the other; answers who cannot be reached. */
  refresh(people: Iterable<Person>): Promise<readonly Unreached[]>;
}

/** More accounts than any organisation's deciders. */
const mostKept = 5_000;

export const createDirectory = ({
  api,
  clock,
}: {
  readonly api: WebClient;
  readonly clock: Clock;
}): Directory => {
  const known = createRecent<Account>(clock, mostKept);
  const account = (user: string) => known.get(user, () => ask(api, user));
  const listeners = new Set<() => void>();
  return {
    account,
    again: async (user) => {
      const told = await ask(api, user);
      if (told !== null) known.learn(user, told);
      return told;
    },
    lost: (user, is) => {
      known.learn(user, { is, team: known.last(user)?.team ?? "" });
      for (const listener of listeners) listener();
    },
    onLost: (listener) => void listeners.add(listener),
    reaches: ({ slack }) => slack !== null && (known.last(slack)?.is ?? "member") === "member",
    refresh: async (people) => {
      const unreached: Unreached[] = [];
      for (const person of people) {
        const { slack } = person;
        const because = slack === null ? "no-account" : (await account(slack))?.is;
        if (because !== undefined && because !== "member") unreached.push({ person, because });
      }
      return unreached;
    },
  };
};

/** Slack's words for an account that is not there. */
const nobody: ReadonlySet<string> = new Set([
  "user_not_found",
  "user_not_visible",
  "users_not_found",
]);

const ask = async (api: WebClient, user: string): Promise<Account | null> => {
  try {
    return accountIn((await api.users.info({ user })).user ?? {});
  } catch (error) {
    const refusal = refusalOf(error);
    return refusal !== null && nobody.has(refusal) ? { is: "unknown", team: "" } : null;
  }
};

const accountIn = (user: NonNullable<UsersInfoResponse["user"]>): Account => {
  const team = user.team_id ?? "";
  if (user.deleted) return { is: "closed", team };
  if (user.is_bot || user.id === "USLACKBOT") return { is: "bot", team };
  // is_stranger: somebody of another organisation, seen through a shared channel.
  const isGuest = user.is_restricted || user.is_ultra_restricted || user.is_stranger;
  return { is: isGuest ? "guest" : "member", team };
};
