import type { Commitment, PersonId } from "../ids.ts";

/** What the product calls a person. Lives in an erasable table, never in the log. */
export interface Person {
  readonly id: PersonId;
  /** The key in the policy file, e.g. `chidi`. */
  readonly key: string;
  readonly name: string;
  /** Their role, e.g. Head of Safety; missing or "" where the policy says none. */
  readonly title?: string;
  readonly slack: string | null;
  readonly teams: string | null;
  /** PagerDuty user id: whose acknowledgement there it is. */
  readonly pagerduty: string | null;
  /** The subject (`sub`) at the OpenID Connect issuer by which they sign in to the console. */
  readonly oidc: string | null;
}

/** A person as the policy last named them, and what they linked besides. */
export interface Named extends Person {
  readonly linked: Readonly<Record<AccountChat, string | null>>;
}

/** Everybody any policy ever named, by random id. */
export type People = ReadonlyMap<PersonId, Person>;

/** The chats in which a person has an account of their own. */
export const accountChats = ["slack", "teams"] as const;
export type AccountChat = (typeof accountChats)[number];

/**
 * The accounts by which somebody signs in at an OpenID Connect issuer: that in a chat, where the
 * issuer is the chat's own, else the subject that the policy names.
 */
export const signInAccounts = [...accountChats, "oidc"] as const;
export type SignInAccount = (typeof signInAccounts)[number];

/** One account, as its chat calls it: the Slack member id, the AAD object id. */
export interface Account {
  readonly chat: AccountChat;
  readonly id: string;
}

/**
 * Everybody with the accounts that count: the policy's word, else what they linked, unless a policy
 * gives that to somebody.
 */
export function peopleOf(rows: readonly Named[]): People {
  const theirs = (linked: string | null, chat: AccountChat): string | null =>
    linked !== null && rows.some((row) => isSame(row[chat], linked)) ? null : linked;
  return new Map(
    rows.map(({ linked, ...person }) => [
      person.id,
      {
        ...person,
        slack: person.slack ?? theirs(linked.slack, "slack"),
        teams: person.teams ?? theirs(linked.teams, "teams"),
      },
    ]),
  );
}

/**
 * Whose account it is. `isNamed`: whom the policy in force names; they come before those whom only
 * an older one did.
 */
export function holderOf(
  people: People,
  { chat, id }: Account,
  isNamed: (person: PersonId) => boolean,
): Person | null {
  const holders = [...people.values()].filter((person) => isSame(person[chat], id));
  return holders.find((person) => isNamed(person.id)) ?? holders[0] ?? null;
}

/**
 * Whose account it is with which somebody signed in, among whom the policy in force names. A subject
 * is compared exactly (OpenID Connect Core 1.0 §2: it is case-sensitive).
 */
export function signedInAs(
  people: People,
  { account, id }: { readonly account: SignInAccount; readonly id: string },
  isNamed: (person: PersonId) => boolean,
): Person | null {
  const named = new Map([...people].filter(([person]) => isNamed(person)));
  if (account !== "oidc") return holderOf(named, { chat: account, id }, isNamed);
  return [...named.values()].find(({ oidc }) => oidc === id) ?? null;
}

/**
 * Ids of accounts are compared as the policy's check does, which takes no two that differ by case
 * alone.
 */
export function isSame(item: string | null, other: string): boolean {
  return item?.toLowerCase() === other.toLowerCase();
}

/**
 * A name as people read it: whatever its case, its spaces, the way its letters are encoded, and
 * what cannot be seen.
 */
export function nameAsRead(name: string): string {
  return name
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{DI}]/gu, "")
    .toUpperCase() // one form for ß and ss, ς and σ
    .toLowerCase()
    .normalize("NFKC")
    .replace(/\s+/gu, " ")
    .trim();
}

/**
 * Who is at the other end of a command. Comes only from a signed envelope or a session, never from
 * a button's value.
 */
export type Actor =
  | { readonly type: "person"; readonly person: PersonId }
  | { readonly type: "policy" }
  | { readonly type: "operator" }
  /**
   * The holder of the gateway token: it may say what is in force where it stands, and decides
   * nothing.
   */
  | { readonly type: "gateway" }
  /** The holder of the auditor token: it reads, and decides nothing. */
  | { readonly type: "auditor" }
  /**
   * `account` stands for the account that spoke: the same for the same one, by commitment. Absent
   * where there is none, and in older entries.
   */
  | { readonly type: "stranger"; readonly account?: Commitment };

/** Whose deed it was; "" where it was nobody's. */
export function personIn({ actor }: { readonly actor: Actor }): PersonId | "" {
  return actor.type === "person" ? actor.person : "";
}
