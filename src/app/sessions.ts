import type { Instant, PersonId } from "../core/ids.ts";
import { digestOf } from "../core/log/commitment.ts";
import { rfc3339 } from "../core/time.ts";
import type { Journal } from "./journal.ts";
import type { Clock, Random, SessionRow, Store } from "./ports.ts";

/** The way to decide when chat is down: a one-time address that becomes a session. The database never holds the token itself. */

/** A login link is good for ten minutes, once. */
const linkLasts = 600_000;

/** A session lasts an hour. */
const sessionLasts = 3_600_000;

export interface SessionParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Sessions {
  /** Makes a login link's token; an entry says for whom. */
  issue(person: PersonId): Promise<{ readonly token: string; readonly expires: Instant }>;
  /** Turns a login token into a session token, exactly once; undefined when it is spent, late or unknown. */
  redeem(token: string): Promise<{ readonly token: string; readonly expires: Instant } | undefined>;
  /** Who a session token stands for now. */
  personOf(token: string): Promise<PersonId | undefined>;
}

const hashOf = (token: string): string => digestOf(new TextEncoder().encode(token));

export const createSessions = ({ store, journal, clock, random }: SessionParts): Sessions => {
  /** Two ids are 200 bits. */
  const token = (prefix: string) => `${random.id(prefix)}${random.id("")}`;

  const live = async (kind: SessionRow["kind"], given: string): Promise<SessionRow | undefined> => {
    const row = await store.session(hashOf(given));
    return row && row.kind === kind && row.expires > clock.now() ? row : undefined;
  };

  return {
    issue: async (person) => {
      const link = token("l_");
      const expires = clock.now() + linkLasts;
      await journal.write({ key: null, surface: "http", deployments: [] }, (desk) => {
        desk.extra.sessions.push({ hash: hashOf(link), person, kind: "link", expires });
        const body = { kind: "session.issued" as const, person, expires: rfc3339(expires) };
        desk.add("org", [{ actor: { type: "operator" }, body }]);
      });
      return { token: link, expires };
    },
    redeem: async (given) => {
      const link = await live("link", given);
      if (!link || !(await store.spendLink(link.hash))) return undefined;
      const session = token("s_");
      const expires = clock.now() + sessionLasts;
      await journal.write({ key: null, surface: "console", deployments: [] }, (desk) => {
        desk.extra.sessions.push({
          hash: hashOf(session),
          person: link.person,
          kind: "session",
          expires,
        });
      });
      return { token: session, expires };
    },
    personOf: async (given) => {
      const row = await live("session", given);
      if (!row) return undefined;
      const { policy } = (await journal.look([])).situation("");
      return policy.people.has(row.person) ? row.person : undefined;
    },
  };
};
