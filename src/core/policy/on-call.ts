import type { Instant, PersonId } from "../ids.ts";
import { periodAt } from "../time.ts";
import type { Schedule } from "./model.ts";

/**
 * Who is on call at an instant: an override in force, else whose turn it is. Hand-off k is at the wall time of the first
 * plus k periods; before the first hand-off it is the first person of the rotation. Every minute has exactly one person.
 */
export const whoIsOnCall = (schedule: Schedule, at: Instant): PersonId => {
  const override = schedule.overrides.find(({ from, to }) => from <= at && at < to);
  if (override) return override.person;
  const turn = Math.max(0, periodAt(schedule.handoff, schedule.timezone, at));
  const person = schedule.rotation[turn % schedule.rotation.length];
  if (person === undefined)
    throw new Error(`invariant: schedule ${schedule.id} has an empty rotation`);
  return person;
};
