import type { PersonId } from "../ids.ts";
import type { IdentityChange } from "../log/entry-fields.ts";
import type { Policy } from "../policy/model.ts";
import { accountChats, isSame, type Named, nameAsRead, type Person, peopleOf } from "./person.ts";

/**
 * Who is known otherwise by a policy than before it: a name, an account, or that they are named at
 * all.
 */

/** What a person is known by. */
export const knownBy = ["name", "slack", "teams", "pagerduty", "oidc"] as const;
export type KnownBy = Pick<Person, IdentityChange["of"]>;

interface Turnover {
  /** Everybody any policy named until now, and what they linked. */
  readonly rows: readonly Named[];
  /** Those whom the new policy names, with the links that go on. */
  readonly after: readonly Named[];
  readonly was: Pick<Policy, "people">;
  readonly policy: Pick<Policy, "people">;
}

interface Changed {
  readonly person: PersonId;
  readonly what: "added" | "removed" | "changed";
  /** Null = known by nothing until now. */
  readonly before: KnownBy | null;
  /** Null = the policy names them no more. */
  readonly now: KnownBy | null;
}

/**
 * By accounts that count, linked ones too. Somebody who is named under a new key is held against
 * whoever had the name or an account before, so that nobody becomes somebody else by leaving a
 * policy and coming back by another.
 */
export function whoChanged({ rows, after, was, policy }: Turnover): readonly Changed[] {
  const before = peopleOf(rows);
  const others = rows.filter((row) => !after.some(({ id }) => id === row.id));
  const now = peopleOf([...others.map(unnamed), ...after]);
  const named = after.flatMap(({ id }): readonly Changed[] => {
    const mine = now.get(id);
    const known = before.get(id) ?? null;
    if (!mine) return [];
    if (known && was.people.has(id))
      return isAlike(known, mine)
        ? []
        : [{ person: id, what: "changed", before: known, now: mine }];
    return [{ person: id, what: "added", before: known ?? formerOf(mine, rows), now: mine }];
  });
  const gone = rows
    .filter(({ id }) => was.people.has(id) && !policy.people.has(id))
    .map(({ id }) => ({
      person: id,
      what: "removed" as const,
      before: before.get(id) ?? null,
      now: null,
    }));
  return [...named, ...gone];
}

/** Accounts of whom the policy does not name are nobody's as soon as it says whose they are. */
const unnamed = (row: Named): Named => ({ ...row, slack: null, teams: null, oidc: null });

const isAlike = (before: KnownBy, now: KnownBy): boolean =>
  knownBy.every((of) => (before[of] ?? "") === (now[of] ?? ""));

/** Whoever had that account, or else that name, under another key. */
function formerOf(person: Person, rows: readonly Named[]): Person | null {
  const all = [...peopleOf(rows).values()].filter(({ id }) => id !== person.id);
  const byAccount = all.find(
    (known) =>
      accountChats.some((chat) => person[chat] !== null && isSame(known[chat], person[chat])) ||
      (person.oidc !== null && known.oidc === person.oidc),
  );
  return (
    byAccount ?? all.find((known) => nameAsRead(known.name) === nameAsRead(person.name)) ?? null
  );
}
