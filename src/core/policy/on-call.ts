import type { Instant, PersonId } from "../ids.ts";
import { nextOccurrence, periodAt } from "../time.ts";
import type { Schedule } from "./model.ts";

/**
 * Who is on call at an instant: an override in force, else whose turn it is. Hand-off k is at the
 * wall time of the first plus k periods; before the first hand-off it is the first person of the
 * rotation. Every minute has exactly one person.
 */
export function whoIsOnCall(schedule: Schedule, at: Instant): PersonId {
  const override = schedule.overrides.find(({ from, to }) => from <= at && at < to);
  if (override) return override.person;
  const turn = Math.max(0, periodAt(schedule.handoff, schedule.timezone, at));
  const person = schedule.rotation[turn % schedule.rotation.length];
  if (person === undefined)
    throw new Error(`invariant: schedule ${schedule.id} has an empty rotation`);
  return person;
}

/**
 * The first instant after `after` at which somebody else is on call than then; null where nobody
 * else ever will be.
 */
export function nextChangeOnCall(schedule: Schedule, after: Instant): Instant | null {
  const then = whoIsOnCall(schedule, after);
  let at = nextBoundary(schedule, after);
  while (at !== null && whoIsOnCall(schedule, at) === then) at = nextBoundary(schedule, at);
  return at;
}

/** Where an override begins or ends, or a turn of the rotation does that no override hides. */
function nextBoundary(
  { overrides, rotation, handoff, timezone }: Schedule,
  after: Instant,
): Instant | null {
  const ends = overrides.flatMap(({ from, to }) => [from, to]).filter((at) => at > after);
  const isHidden =
    overrides.some(({ from, to }) => from <= after && after < to) || new Set(rotation).size < 2;
  const turns = isHidden ? [] : [nextOccurrence(handoff, timezone, after)];
  const ahead = [...ends, ...turns];
  return ahead.length === 0 ? null : Math.min(...ahead);
}
