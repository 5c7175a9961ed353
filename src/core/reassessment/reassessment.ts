import type { Instant, Millis, PersonId } from "../ids.ts";
import { peopleFor, refsIn } from "../people/authority.ts";
import { authoritiesOf } from "../policy/authority-for.ts";
import type { DecisionKind, Deployment } from "../policy/model.ts";
import { type Draft, deploymentOf, isAway, type Situation } from "../state/situation.ts";
import type { DeploymentState } from "../state/state.ts";
import {
  minusWorkingDays,
  moveEarlierIntoHours,
  moveLaterIntoHours,
  nextDay,
  nextOccurrence,
  rfc3339,
} from "../time.ts";

/**
 * No decision is permanent: when the question is asked again, who is reminded, and when that is
 * overdue.
 */

const day: Millis = 86_400_000;

/** Break-glass decisions are looked at within a day, whatever the policy allows otherwise. */
export const breakGlassReview: Millis = day;

/**
 * When a decision made `now` is asked again: the earlier of now + within[kind] and the next
 * `every`, moved earlier into working hours. `within` overrides are exact ("for 20m" asks in 20
 * minutes, hours or not). An `every` on the very day on which somebody decided is left out: they
 * have just looked. What the policy decided, nobody has.
 */
export function reassessBy(
  deployment: Deployment,
  {
    kind,
    now,
    atMost = null,
    byPeople = true,
  }: {
    readonly kind: DecisionKind;
    readonly now: Instant;
    readonly atMost?: Millis | null | undefined;
    readonly byPeople?: boolean | undefined;
  },
): Instant {
  const { every, within } = deployment.reassess;
  const zone = deployment.hours.timezone;
  const limit = now + within[kind];
  const after = byPeople ? nextDay(now, zone) - 1 : now;
  const next = every ? nextOccurrence(every, zone, after) : limit;
  const due = moveEarlierIntoHours(deployment.hours, Math.min(limit, next), now);
  return atMost === null ? due : Math.min(due, now + atMost);
}

/**
 * The same for what is not an answer to the question, a re-test or monitoring: never later than it
 * stands, and overdue stays overdue.
 */
export function reassessNoLater(
  { now, state }: Situation,
  {
    deployment,
    kind,
    atMost = null,
  }: {
    readonly deployment: Deployment;
    readonly kind: "retest" | "monitor";
    readonly atMost?: Millis | null | undefined;
  },
): Instant {
  return Math.min(
    reassessBy(deployment, { kind, now, atMost }),
    state.reassess?.by ?? Number.POSITIVE_INFINITY,
  );
}

/**
 * The first look at a deployment nobody has decided about: the next `every`, else what a keep would
 * give.
 */
export function firstLook(deployment: Deployment, now: Instant): Instant {
  return reassessBy(deployment, { kind: "keep", now, atMost: null, byPeople: false });
}

/**
 * When to remind of a date, earliest first. Whole days count working days back; reminders at or
 * before `since` are not made.
 */
export function remindersOf(
  deployment: Deployment,
  due: Instant,
  since: Instant,
): readonly Instant[] {
  return [
    ...new Set(
      deployment.reassess.remind.map((before) => {
        if (before === 0) return due;
        const at =
          before % day === 0 ? minusWorkingDays(deployment.hours, due, before / day) : due - before;
        return moveEarlierIntoHours(deployment.hours, at, since);
      }),
    ),
  ]
    .filter((at) => at > since)
    .sort((a, b) => a - b);
}

/**
 * When the next overdue notice is due: `overdue.every` after the last one, or after the date, and
 * not before working hours begin. Nobody can answer at night what could wait for days, and what
 * waits for the morning is said once.
 */
function nextOverdue(
  deployment: Deployment,
  { by, overdueSteps, overdueAt }: NonNullable<DeploymentState["reassess"]>,
): Instant {
  const { overdueEvery } = deployment.reassess;
  const last = overdueAt ?? by + overdueSteps * overdueEvery;
  return moveLaterIntoHours(deployment.hours, last + overdueEvery);
}

/** The next reminder or overdue notice of this deployment, or null. */
export function nextReminder(
  deployment: Deployment,
  state: DeploymentState,
): { at: Instant; step: number } | null {
  const { reassess } = state;
  if (!reassess) return null;
  const reminder = remindersOf(deployment, reassess.by, reassess.setAt).find(
    (at) => !reassess.reminded.includes(at),
  );
  if (reminder !== undefined) return { at: reminder, step: 0 };
  return { at: nextOverdue(deployment, reassess), step: reassess.overdueSteps + 1 };
}

/**
 * Who is asked: who decides about widening; when away, unreachable or gone, the first deputy who
 * can answer.
 */
export function whoIsAsked(situation: Situation): {
  person: PersonId | "";
  insteadOf: PersonId | "";
} {
  const deployment = deploymentOf(situation);
  if (!deployment) return { person: "", insteadOf: "" };
  const { decider, deputies, confirm } = deployment.authority.widen;
  const line = peopleFor(situation, [decider, ...deputies, ...confirm.by]);
  const named = peopleFor(situation, [decider])[0] ?? "";
  const person =
    line.find((person) => !isAway(situation, person) && !situation.unreachable(person)) ?? named;
  return { person, insteadOf: named && person !== named ? named : "" };
}

/**
 * The reminders and overdue notices due by now, each exactly once. A tick that comes late says them
 * all in the record; who is told what of it is the shell's business.
 */
export function dueReminders(situation: Situation): readonly Draft[] {
  const deployment = deploymentOf(situation);
  const { reassess } = situation.state;
  if (!deployment || !reassess) return [];
  const asked = whoIsAsked(situation);
  const base = {
    deployment: situation.state.id,
    reassessBy: rfc3339(reassess.by),
    to: asked.person,
  };
  const reminders = remindersOf(deployment, reassess.by, reassess.setAt)
    .filter((at) => at <= situation.now && !reassess.reminded.includes(at))
    .map(
      (at): Draft => ({
        actor: { type: "policy" },
        body: { kind: "reassessment.reminded", ...base, due: rfc3339(at) },
      }),
    );
  const overdue: Draft[] = [];
  let { overdueSteps: step } = reassess;
  let at = nextOverdue(deployment, reassess);
  while (at <= situation.now) {
    step += 1;
    overdue.push({
      actor: { type: "policy" },
      body: {
        kind: "reassessment.overdue",
        ...base,
        due: rfc3339(at),
        step,
        insteadOf: asked.insteadOf,
      },
    });
    at = nextOverdue(deployment, { ...reassess, overdueSteps: step, overdueAt: at });
  }
  return [...reminders, ...overdue];
}

/** Everybody the policy names for a deployment: these may bring its reassessment forward. */
export function concerned(situation: Situation): ReadonlySet<PersonId> {
  const deployment = deploymentOf(situation);
  if (!deployment) return new Set();
  const { owner } = deployment;
  const refs = authoritiesOf(situation.policy, deployment).flatMap((authority) => [
    ...refsIn(authority),
    ...authority.breakGlass,
  ]);
  const named = peopleFor(situation, refs);
  return new Set(owner ? [...named, owner] : named);
}
