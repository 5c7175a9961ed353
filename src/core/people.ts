import type { PersonId } from "./ids.ts";

/** What the product calls a person. Lives in an erasable table, never in the log. */
export interface Person {
  readonly id: PersonId;
  /** The key in the policy file, e.g. `chidi`. */
  readonly key: string;
  readonly name: string;
  readonly slack: string | null;
  readonly teams: string | null;
  /** PagerDuty user id: whose acknowledgement there it is. */
  readonly pagerduty: string | null;
}

/** Everybody any policy ever named, by random id. */
export type People = ReadonlyMap<PersonId, Person>;

/** The chats in which a person has an account of their own. */
export type AccountChat = "slack" | "teams";

/** One account, as its chat calls it: the Slack member id, the AAD object id. */
export interface Account {
  readonly chat: AccountChat;
  readonly id: string;
}

/** Who is at the other end of a command. Comes only from a signed envelope or a session, never from a button's value. */
export type Actor =
  | { readonly type: "person"; readonly person: PersonId }
  | { readonly type: "policy" }
  | { readonly type: "operator" }
  /** The holder of the gateway token: it may say what is in force where it stands, and decides nothing. */
  | { readonly type: "gateway" }
  | { readonly type: "stranger" };
