import type { EntryId, Instant, PersonId } from "../../core/ids.ts";
import { digestOf } from "../../core/log/commitment.ts";
import { linkInSession, linkLasts, sessionLastsBy } from "../../core/people/login-links.ts";
import { rfc3339 } from "../../core/time.ts";
import type { Journal } from "../journal.ts";
import type { Clock, Random, SessionRow, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/**
 * The way to decide when chat is down: a one-time address that becomes a session. The database
 * never holds the token itself.
 */

export interface SessionParts {
  readonly store: Pick<Store, "session">;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
}

/** Something that lets somebody in. */
export interface Pass {
  readonly token: string;
  readonly expires: Instant;
}

export interface Sessions {
  /** Makes a login link's token; an entry says for whom. */
  issue(person: PersonId): Promise<Pass>;
  /**
   * Turns a login token into a session token, exactly once; undefined when it is spent, late, ended
   * or unknown.
   */
  redeem(token: string): Promise<Pass | undefined>;
  /**
   * Who a session token stands for now, and the login link that is behind what they do; null =
   * none.
   */
  holder(
    token: string,
  ): Promise<{ readonly person: PersonId; readonly link: EntryId | null } | undefined>;
  /** Ends a session: nobody is let in by its token any more. */
  end(token: string): Promise<void>;
}

const hashOf = (token: string): string => digestOf(new TextEncoder().encode(token));

/** Whose a link or a session is, until when, and by the entry that made the link. */
interface Issued {
  readonly issued: EntryId;
  readonly person: PersonId;
  readonly expires: Instant;
}

/**
 * A link, or a session of one; the token is in no row. It says which link it belongs to, by the
 * entry that made it; what follows the point is the secret.
 */
export function newToken(
  random: Random,
  kind: "link" | "session",
  { issued, person, expires }: Issued,
): { readonly token: string; readonly row: SessionRow } {
  const token = `${kind[0]}_${issued.slice(entryPrefix.length)}.${random.id("")}${random.id("")}`;
  return { token, row: { hash: hashOf(token), person, kind, expires } };
}

const entryPrefix = "e_";

const linkIn = (token: string): EntryId => `${entryPrefix}${token.slice(2).split(".")[0] ?? ""}`;

export function createSessions({ store, journal, clock, random }: SessionParts): Sessions {
  const live = async (kind: SessionRow["kind"], given: string): Promise<SessionRow | undefined> => {
    const row = await store.session(hashOf(given));
    return row && row.kind === kind && row.expires > clock.now() ? row : undefined;
  };

  const isOpen = ({ org }: UnitOfWork, { person }: SessionRow, given: string): boolean => {
    const link = org.links[linkIn(given)];
    return link !== undefined && link.person === person && !link.ended;
  };

  return {
    issue: async (person) => {
      const expires = clock.now() + linkLasts;
      let link = "";
      await journal.write({ key: null, surface: "http", deployments: [] }, (work) => {
        const body = { kind: "session.issued" as const, person, expires: rfc3339(expires) };
        const [entry] = work.add("org", [{ actor: { type: "operator" }, body }]);
        const made = newToken(random, "link", { issued: entry?.id ?? "", person, expires });
        link = made.token;
        work.extra.sessions.push(made.row);
      });
      return { token: link, expires };
    },
    redeem: async (given) => {
      let session = "";
      let expires = 0;
      await journal.write({ key: null, surface: "console", deployments: [] }, async (work) => {
        session = "";
        const row = await live("link", given);
        if (!row || !isOpen(work, row, given)) return;
        const { person } = row;
        const issued = linkIn(given);
        const link = work.org.links[issued];
        if (!link) return;
        expires = work.now + sessionLastsBy(link);
        const made = newToken(random, "session", { issued, person, expires });
        session = made.token;
        // of two who come at once, the second finds it spent and looks again
        work.extra.spent.push(row.hash);
        work.extra.sessions.push(made.row);
        const body = { kind: "session.used" as const, person, issued, expires: rfc3339(expires) };
        work.add("org", [{ actor: { type: "person", person }, body }]);
      });
      return session === "" ? undefined : { token: session, expires };
    },
    holder: async (given) => {
      const row = await live("session", given);
      if (!row) return undefined;
      const work = await journal.look([]);
      const { person } = row;
      if (!isOpen(work, row, given) || !work.situation("").policy.people.has(person))
        return undefined;
      return { person, link: linkInSession(work.org, linkIn(given)) };
    },
    end: async (given) => {
      await journal.write({ key: null, surface: "console", deployments: [] }, async (work) => {
        const row = await live("session", given);
        if (!row || !isOpen(work, row, given)) return;
        const { person } = row;
        work.extra.spent.push(row.hash);
        const ended = { kind: "session.ended" as const, person, because: "logout" as const };
        const body = { ...ended, issued: [linkIn(given)] };
        work.add("org", [{ actor: { type: "person", person }, body }]);
      });
    },
  };
}
