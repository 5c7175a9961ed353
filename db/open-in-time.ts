import { setTimeout as pause } from "node:timers/promises";
import { within } from "./deadline.ts";
import { faultOf, isAway } from "./fault.ts";
import type { Identity } from "./identity.ts";
import { type DatabaseLocation, type Opened, openStore } from "./open.ts";

/** How long a start waits for a database that is not there yet. */
interface Patience {
  readonly seconds: number;
  /** Tells the operator, once, what is waited for. */
  readonly say: (sentence: string) => void;
}

const betweenTries = 500;
/** A first try that has begun is given this long, however little is to be waited. */
const firstTry = 15_000;

/**
 * Opens a database, waiting for a PostgreSQL server that is not there: it may be starting as well.
 * What waiting does not mend (a wrong password, no such database, another log's) is thrown at once.
 */
export async function openInTime(
  place: DatabaseLocation,
  identity: Identity,
  { seconds, say }: Patience,
): Promise<Opened> {
  if (!("databaseUrl" in place)) return openStore(place, identity);
  const until = performance.now() + seconds * 1_000;
  for (let tries = 1; ; tries += 1) {
    try {
      const left = until - performance.now();
      return await within(Math.max(left, firstTry), openStore(place, identity));
    } catch (error) {
      const fault = faultOf(error);
      if (!isAway(fault) || performance.now() + betweenTries > until) throw fault;
      if (tries === 1)
        say(`${fault.message}. Waiting up to ${seconds} s for it (HOLDPOINT_DB_WAIT).`);
      await pause(betweenTries);
    }
  }
}
