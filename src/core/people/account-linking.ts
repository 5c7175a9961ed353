import type { Instant, PersonId } from "../ids.ts";
import type { AboutIdentity, Entry } from "../log/entry.ts";
import type { Policy } from "../policy/model.ts";
import type { Refusal } from "../state/refusal.ts";
import type { OrgState } from "../state/state.ts";
import {
  type Account,
  type AccountChat,
  accountChats,
  holderOf,
  isSame,
  type Named,
  type Person,
  peopleOf,
} from "./person.ts";

/** One person in several chats: which account becomes whose, and when it ceases to be. */

/** A code is good for ten minutes, once. */
export const codeLasts = 600_000;

/** So many codes are looked at from one account in {@link guessesLast}. */
export const guessesAtMost = 5;
export const guessesLast = 600_000;

/** A code as it is kept: never the code itself. */
export interface WaitingCode {
  readonly person: PersonId;
  readonly expires: Instant;
}

export function isAboutIdentity(entry: Entry): entry is AboutIdentity {
  return entry.kind === "identity.linked" || entry.kind === "identity.unlinked";
}

const half = 6;

/** Twelve characters a–z2–7 as people read and type them: 60 bits, in two groups. */
export function codeText(random: string): string {
  return `${random.slice(0, half)}-${random.slice(half, 2 * half)}`;
}

/**
 * The code in what somebody typed, whatever a phone made of its case, its dash or quotes around it;
 * null = none.
 */
export function codeIn(text: string): string | null {
  const found = text.toLowerCase().replace(/[^a-z0-9]/g, "");
  return /^[a-z2-7]{12}$/.test(found) ? found : null;
}

/** What is known where somebody wants to link or unlink. */
export interface Identities {
  readonly now: Instant;
  readonly policy: Pick<Policy, "people">;
  readonly rows: readonly Named[];
}

/** Whether somebody may be given a code. */
export function mayAsk({ policy, rows }: Identities, person: PersonId): Refusal | null {
  if (!policy.people.has(person)) return { refused: "stranger" };
  const found = peopleOf(rows).get(person);
  return found && found.slack !== null && found.teams !== null
    ? { refused: "nothing-to-link" }
    : null;
}

/** Whose account it becomes that a code was entered from. */
export function whoLinks(
  { now, policy, rows }: Identities,
  account: Account,
  code: WaitingCode | null,
): PersonId | Refusal {
  const known = knownAs({ policy, rows }, account);
  if (known) return known;
  const { chat } = account;
  const people = peopleOf(rows);
  const person = code && code.expires > now ? code.person : null;
  if (person === null || !policy.people.has(person)) return { refused: "no-such-code" };
  if ((people.get(person)?.[chat] ?? null) === null) return person;
  const linked = rows.some((row) => row.id === person && row[chat] === null);
  return { refused: "has-account", person, chat, linked };
}

/** An account that is somebody's already stays theirs. */
export function knownAs(
  { policy, rows }: Pick<Identities, "policy" | "rows">,
  account: Account,
): Refusal | null {
  const isNamed = (person: PersonId) => policy.people.has(person);
  const holder = holderOf(peopleOf(rows), account, isNamed);
  if (!holder || !isNamed(holder.id)) return null;
  return { refused: "account-known", person: holder.id, chat: account.chat };
}

/** Which linked account somebody means who wants to be rid of it. */
export function whichToUnlink(
  { linked }: OrgState,
  person: PersonId,
  asked: string,
): AccountChat | Refusal {
  const all = linked[person] ?? [];
  const meant = asked === "" && all.length === 1 ? all[0] : all.find((chat) => chat === asked);
  if (meant) return meant;
  if (asked === "" && all.length > 1) return { refused: "several-linked", chats: all };
  return { refused: "nothing-linked", chats: all };
}

/** Somebody's account in one chat. */
interface Link {
  readonly person: PersonId;
  readonly chat: AccountChat;
}

/**
 * The links that end with a policy: of whoever it does not name any more, of whoever it names an
 * account for in that chat, and of an account that it says is somebody's.
 */
export function endedBy(named: readonly Person[], rows: readonly Named[]): readonly Link[] {
  return rows.flatMap(({ id, linked }) =>
    accountChats.flatMap((chat) => {
      const account = linked[chat];
      if (account === null) return [];
      const now = named.find((person) => person.id === id);
      const isTaken = named.some((person) => isSame(person[chat], account));
      return now && now[chat] === null && !isTaken ? [] : [{ person: id, chat }];
    }),
  );
}

/**
 * Those whom the policy in force does not name, without the accounts that are somebody's now: only
 * the ones who lose any.
 */
export function freedOf(
  accounts: readonly Account[],
  rows: readonly Named[],
  isNamed: (person: PersonId) => boolean,
): readonly Person[] {
  return rows.flatMap(({ linked, ...person }) => {
    const isTaken = (chat: AccountChat) =>
      accounts.some((account) => account.chat === chat && isSame(person[chat], account.id));
    if (isNamed(person.id) || !accountChats.some(isTaken)) return [];
    const left = (chat: AccountChat) => (isTaken(chat) ? null : person[chat]);
    return [{ ...person, slack: left("slack"), teams: left("teams") }];
  });
}

/** The accounts that these people have. */
export function accountsOf(people: readonly Person[]): readonly Account[] {
  return people.flatMap((person) =>
    accountChats.flatMap((chat) => {
      const id = person[chat];
      return id === null ? [] : [{ chat, id }];
    }),
  );
}
