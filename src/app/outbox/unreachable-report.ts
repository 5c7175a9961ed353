import { accountReports, type Unreached } from "../../core/card/unreachable-people.ts";
import type { Instant } from "../../core/ids.ts";
import { dateIn } from "../../core/time.ts";
import type { Journal } from "../journal.ts";
import type { Store } from "../ports.ts";

/**
 * Tells the owners about each person whom a chat cannot reach: once per person and local day,
 * however many replicas check. `unreached` is the result of the chat's check of its accounts.
 */
export async function reportUnreachable(
  { store, journal }: { readonly store: Pick<Store, "receipt">; readonly journal: Journal },
  unreached: readonly Unreached[],
  now: Instant,
): Promise<void> {
  if (unreached.length === 0 || !journal.speaksToPeople) return;
  const work = await journal.look([]);
  if (work.org.policy === "") return;
  const { policy, unreachable } = work.situation("");
  const people = work.rules.people();
  const missing = new Set(unreached.map(({ person }) => person.id));
  for (const unreachedPerson of unreached) {
    const reports = accountReports(policy, {
      people,
      unreached: unreachedPerson,
      isReached: (person) => !missing.has(person) && !unreachable(person),
    });
    const [first] = reports;
    if (!first) continue;
    const key = `unreachable:${unreachedPerson.person.id}:${dateIn(now, first.zone)}`;
    if (await store.receipt(key)) continue;
    await journal.write({ key, surface: "tick", deployments: [] }, (writing) => {
      for (const { to, channel, line } of reports)
        writing.tellPerson(to, { key: `${key}:${to}`, channel, line });
      return null;
    });
  }
}
