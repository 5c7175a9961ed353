import type { WebClient } from "@slack/web-api";
import type { Clock } from "../../../app/ports.ts";
import type { Person } from "../../../core/people/person.ts";
import { createTtlCache } from "../../shared/ttl-cache.ts";
import { accountIn, noMembership, type SlackAccount } from "../inbound/membership.ts";
import { refusalOf } from "./api.ts";

/** A person whom Slack cannot reach, and why. */
export interface Unreached {
  readonly person: Person;
  readonly because: Exclude<SlackAccount["is"], "member"> | "no-account";
}

/** The accounts behind Slack ids. */
export interface Directory {
  /** Asks Slack, at most once a minute for each account; null = Slack did not answer. */
  account(user: string): Promise<SlackAccount | null>;
  /** Slack's last answer, however old; undefined = it was never asked. */
  last(user: string): SlackAccount | undefined;
  /** Asks Slack now, ignoring the cache. */
  again(user: string): Promise<SlackAccount | null>;
  /** Records that a message to them failed because they cannot be reached. */
  lost(user: string, is: Exclude<SlackAccount["is"], "member">): void;
  /** `listener` is called each time. */
  onLost(listener: () => void): void;
  /**
   * From the cache alone. Where nothing is known, true: passing over a person wrongly would take
   * the question from them.
   */
  reaches(person: Person): boolean;
  /** Asks about all of them, one after the other; answers who cannot be reached. */
  refresh(people: Iterable<Person>): Promise<readonly Unreached[]>;
}

/** More than an organization has deciders. */
const mostKept = 5_000;

export function createDirectory({
  api,
  clock,
}: {
  readonly api: WebClient;
  readonly clock: Clock;
}): Directory {
  const known = createTtlCache<SlackAccount>(clock, mostKept);
  const account = (user: string) => known.get(user, () => ask(api, user));
  const listeners = new Set<() => void>();
  return {
    account,
    last: known.last,
    again: async (user) => {
      const told = await ask(api, user);
      if (told !== null) known.learn(user, told);
      return told;
    },
    lost: (user, is) => {
      known.learn(user, { ...(known.last(user) ?? noMembership), is });
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
}

/** Slack's codes for an account that does not exist. */
export function isNobody(refusal: string): boolean {
  return nobody.has(refusal);
}

const nobody: ReadonlySet<string> = new Set([
  "user_not_found",
  "user_not_visible",
  "users_not_found",
]);

async function ask(api: WebClient, user: string): Promise<SlackAccount | null> {
  try {
    return accountIn((await api.users.info({ user })).user ?? {});
  } catch (error) {
    const refusal = refusalOf(error);
    return refusal !== null && isNobody(refusal) ? { is: "unknown", ...noMembership } : null;
  }
}
