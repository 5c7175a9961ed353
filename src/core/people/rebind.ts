import type { Commitment, Instant, Millis, PersonId } from "../ids.ts";
import type { AboutIdentity, Entry, EntryOf } from "../log/entry.ts";
import type { IdentityChange, IdentityPart, Timestamp } from "../log/entry-fields.ts";
import type { Policy } from "../policy/model.ts";
import type { OrgState } from "../state/state.ts";
import { instantOf, rfc3339, timeOf } from "../time.ts";
import { signInAccounts } from "./person.ts";

/**
 * New accounts. Whoever may change accounts could let one person speak as two, so for a while after
 * such a change a resume needs somebody else as well.
 */

/** What the record says people are known by, and whose account is new. */
type Identities = Pick<OrgState, "bound" | "rebound">;
type Parts = Readonly<Partial<Record<IdentityPart, Commitment>>>;

type AboutAccounts = AboutIdentity | EntryOf<"identity.bound" | "identity.changed">;

/** Whether an entry says what somebody is known by. */
export function isAboutAccounts(entry: Entry): entry is AboutAccounts {
  return (
    entry.kind === "identity.bound" ||
    entry.kind === "identity.changed" ||
    entry.kind === "identity.linked" ||
    entry.kind === "identity.unlinked"
  );
}

/** The state after such an entry. */
export function identitiesAfter({ bound, rebound }: Identities, entry: AboutAccounts): Identities {
  if (entry.kind === "identity.bound") {
    const known = entry.bound.map(({ person, parts }) => [
      person,
      { ...bound[person], ...Object.fromEntries(parts.map(({ of, value }) => [of, value])) },
    ]);
    return { bound: { ...bound, ...Object.fromEntries(known) }, rebound };
  }
  const { person } = entry;
  // An older log never said who anybody was: nothing follows on from there.
  const isRecorded = Object.keys(bound).length > 0;
  const parts = isRecorded ? { ...bound, [person]: partsAfter(bound[person] ?? {}, entry) } : bound;
  const until = entry.kind === "identity.unlinked" ? undefined : entry.rebind;
  if (until === undefined) return { bound: parts, rebound };
  const waiting = Object.entries(rebound).filter(([, end]) => end > timeOf(entry));
  const last = Math.max(rebound[person] ?? 0, instantOf(until));
  return { bound: parts, rebound: { ...Object.fromEntries(waiting), [person]: last } };
}

function partsAfter(
  before: Parts,
  entry: Exclude<AboutAccounts, EntryOf<"identity.bound">>,
): Parts {
  const now = new Map(Object.entries(before));
  const changes: readonly Pick<IdentityChange, "of" | "after">[] =
    entry.kind === "identity.changed"
      ? entry.changes
      : [{ of: entry.chat, after: entry.kind === "identity.linked" ? entry.account : "" }];
  for (const { of, after } of changes) {
    if (after === "") now.delete(of);
    else now.set(of, after);
  }
  return Object.fromEntries(now);
}

/**
 * Until when an account that changes now counts as new, by the longest of the rules before and
 * after; null where they have no such time.
 */
export function newUntil(now: Instant, rules: readonly Pick<Policy, "rebind">[]): Timestamp | null {
  const length: Millis = Math.max(0, ...rules.map(({ rebind }) => rebind));
  return length === 0 ? null : rfc3339(now + length);
}

/** Whether by these changes somebody speaks from another account than before. */
export function hasNewAccount(
  changes: readonly {
    readonly of: IdentityPart;
    readonly before: string;
    readonly after: string;
  }[],
): boolean {
  return changes.some(
    ({ of, before, after }) =>
      signInAccounts.some((account) => account === of) && after !== "" && before !== after,
  );
}

/** Until when somebody's account counts as new; null where it does not. */
export function isNewUntil(
  { org, now }: { readonly org: Pick<OrgState, "rebound">; readonly now: Instant },
  person: PersonId,
): Instant | null {
  const until = org.rebound[person] ?? 0;
  return until > now ? until : null;
}

/**
 * Until when these people cannot widen anything among themselves, since the account of each is new;
 * null where they can.
 */
export function barredUntil(
  situation: { readonly org: Pick<OrgState, "rebound">; readonly now: Instant },
  people: readonly PersonId[],
): Instant | null {
  const times = people.map((person) => isNewUntil(situation, person));
  const ends = times.filter((until) => until !== null);
  return people.length > 0 && ends.length === people.length ? Math.min(...ends) : null;
}
