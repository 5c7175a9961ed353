import { digestTitle, hoursOf, isInDigest } from "../../core/card/digest.ts";
import { dueFor } from "../../core/card/reassessment-view.ts";
import type { ViewContext } from "../../core/card/view-context.ts";
import type { Instant, PersonId } from "../../core/ids.ts";
import type { Policy } from "../../core/policy/model.ts";
import { type Hours, type WorkingDay, workingDay } from "../../core/time.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { DailyDigest, Store } from "../ports.ts";
import { dueItemsOf, viewContexts } from "../reads/home-view.ts";
import { digestRows } from "./message-rows.ts";

/** The daily digest: at most one per person and local day, at the start of their working hours. */

interface DigestParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: PolicyCache;
}

/**
 * Returns a function that draws a person's digest as of now; null if that day is over for them, or
 * nothing is due any more.
 */
export function createDailyDigests(parts: DigestParts) {
  return async (person: PersonId, date: string): Promise<DailyDigest | null> => {
    const all = await viewContexts(parts);
    const [first] = all;
    if (!first) return null;
    const { policy, now } = first.situation;
    const today = todayOf(policy, person, now);
    if (today?.day.date !== date) return null;
    const items = await dueItemsOf(parts.store, due(all, person, today.day), person);
    if (items.length === 0) return null;
    const name = parts.rules.person(person)?.name ?? "";
    return { title: digestTitle({ name, zone: today.hours.timezone, now }, items), items };
  };
}

interface Today {
  readonly hours: Hours;
  readonly day: WorkingDay;
}

/** The person's current working day, if it has begun. */
function todayOf(policy: Policy, person: PersonId, now: Instant): Today | null {
  const hours = hoursOf(policy, person);
  const day = hours && workingDay(hours, now);
  return hours && day && { hours, day };
}

const due = (
  all: readonly ViewContext[],
  person: PersonId,
  day: WorkingDay,
): readonly ViewContext[] =>
  all.filter((view) => isInDigest(view.situation.state, day) && dueFor(view, person) !== null);

/**
 * Queues the digest of everybody whose working hours have begun and who has reviews due. The
 * idempotency key is the person and the day, so there is one however many replicas tick. A day on
 * which no replica ticked is not made up for.
 */
export async function digests({
  store,
  journal,
}: Pick<DigestParts, "store" | "journal">): Promise<void> {
  if (!journal.speaksToPeople) return;
  const work = await journal.look([]);
  if (work.org.policy === "") return;
  const { policy } = work.situation("");
  const begun = [...policy.people].flatMap((person) => {
    const today = todayOf(policy, person, work.now);
    return today ? [{ person, day: today.day }] : [];
  });
  if (begun.length === 0) return;
  const deployments = [...policy.deployments.keys()];
  const now = await journal.look(deployments);
  const all = deployments.map((id) => now.viewContext(id));
  for (const { person, day } of begun)
    if (due(all, person, day).length > 0) await once({ store, journal }, person, day.date);
}

async function once(
  { store, journal }: Pick<DigestParts, "store" | "journal">,
  person: PersonId,
  date: string,
): Promise<void> {
  const key = `digest:${person}:${date}`;
  if (await store.receipt(key)) return;
  await journal.write({ key, surface: "tick", deployments: [] }, (work) => {
    work.send((around) => digestRows(around, person, date));
    return null;
  });
}
