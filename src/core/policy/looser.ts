import { strengthOf } from "../posture.ts";
import { formatDuration } from "../time.ts";
import type { DecisionKind, Deployment, Policy, Ref, Trigger } from "./model.ts";

/** One way in which a policy asks less than the one before, said for people. */
export interface Looser {
  readonly deployment: string;
  readonly what: string;
}

/** Everything that got looser: named in the entry and posted to the channels it touches. Tightening is not news of this kind. */
export const looserThan = (before: Policy, after: Policy): readonly Looser[] =>
  [...before.deployments.values()].flatMap((old) => {
    const now = after.deployments.get(old.id);
    const whats = now
      ? [...looserRules(old, now), ...looserTriggers(before, after, old, now)]
      : ["is no longer in the policy."];
    return whats.map((what) => ({ deployment: old.id, what: `${old.name}: ${what}` }));
  });

const added = (before: readonly Ref[], after: readonly Ref[]): number =>
  after.filter((one) => !before.includes(one)).length;

const more = (count: number, what: string): readonly string[] =>
  count === 0
    ? []
    : [`${count} more ${count === 1 ? "person or schedule" : "people or schedules"} may ${what}.`];

const looserRules = (old: Deployment, now: Deployment): readonly string[] => {
  const { widen: was, breakGlass: broke } = old.authority;
  const { widen, breakGlass } = now.authority;
  return [
    ...more(
      added([was.decider, ...was.deputies], [widen.decider, ...widen.deputies]),
      "start a resume or keep",
    ),
    ...more(added(was.confirm.by, widen.confirm.by), "confirm a resume"),
    ...more(added(broke, breakGlass), "break the glass"),
    ...(widen.confirm.people < was.confirm.people
      ? [
          `a resume needs ${widen.confirm.people} besides its starter, before ${was.confirm.people}.`,
        ]
      : []),
    ...(was.confirm.notOwner && !widen.confirm.notOwner
      ? ["notOwner was taken from its confirmers."]
      : []),
    ...(old.owner !== null && now.owner !== old.owner
      ? ["its owner changed: who was barred from its resumes may not be any more."]
      : []),
    ...longer("a mistaken restriction may be undone within", old.undo, now.undo),
    ...looserReassess(old, now),
    ...looserScopes(old, now),
  ];
};

const longer = (what: string, before: number, after: number): readonly string[] =>
  after > before ? [`${what} ${formatDuration(after)}, before ${formatDuration(before)}.`] : [];

const looserReassess = (old: Deployment, now: Deployment): readonly string[] => {
  const kinds = Object.keys(old.reassess.within) as DecisionKind[];
  const later = kinds.flatMap((kind) =>
    longer(`a ${kind} is asked again after`, old.reassess.within[kind], now.reassess.within[kind]),
  );
  const deaf = old.reassess.on
    .filter((change) => !now.reassess.on.includes(change))
    .map((change) => `${change} no longer asks the question again.`);
  const never =
    old.reassess.every && !now.reassess.every ? ["it is no longer looked at on a fixed day."] : [];
  return [
    ...later,
    ...longer("overdue is said every", old.reassess.overdueEvery, now.reassess.overdueEvery),
    ...deaf,
    ...never,
  ];
};

const looserScopes = (old: Deployment, now: Deployment): readonly string[] =>
  now.scopes.flatMap((scope, level) => {
    const was = old.scopes.findIndex(({ id }) => id === scope.id);
    const before = old.scopes[was];
    if (!before) return [`the scope ${scope.id} is new.`];
    const changed =
      before.audience !== scope.audience ||
      (scope.tools && !before.tools) ||
      JSON.stringify(before.more) !== JSON.stringify(scope.more);
    const moved =
      old.scopes.length - was !== now.scopes.length - level &&
      now.scopes.length === old.scopes.length;
    return changed || moved ? [`the scope ${scope.id} means something else.`] : [];
  });

const looserTriggers = (
  before: Policy,
  after: Policy,
  old: Deployment,
  now: Deployment,
): readonly string[] =>
  [...before.triggers.values()]
    .filter((trigger) => trigger.deployments.includes(old.id))
    .flatMap((trigger) => {
      const next = after.triggers.get(trigger.id);
      return next?.deployments.includes(old.id)
        ? looserTrigger(trigger, next, now)
        : [`the trigger ${trigger.id} no longer watches it.`];
    });

const severities = ["info", "warning", "high", "critical"];

const never = Number.POSITIVE_INFINITY;

const looserTrigger = (old: Trigger, now: Trigger, deployment: Deployment): readonly string[] => {
  const weaker = strengthOf(deployment, now.response) < strengthOf(deployment, old.response);
  return [
    ...(old.when === now.when ? [] : [`the condition of ${old.id} changed.`]),
    ...(weaker ? [`the written response to ${old.id} is weaker.`] : []),
    ...(severities.indexOf(now.severity) < severities.indexOf(old.severity)
      ? [`${old.id} is ${now.severity}, before ${old.severity}.`]
      : []),
    ...slower(old.id, "seen", old.acknowledgeWithin, now.acknowledgeWithin),
    ...slower(old.id, "decided", old.decideWithin, now.decideWithin),
    ...(old.onTimeout === "respond" && now.onTimeout !== "respond"
      ? [`${old.id} is passed on instead of answered when time is up.`]
      : []),
  ];
};

const slower = (
  id: string,
  what: string,
  before: number | null,
  after: number | null,
): readonly string[] => {
  if ((after ?? never) <= (before ?? never)) return [];
  return [
    after === null
      ? `${id} need no longer be ${what} in time.`
      : `${id} must be ${what} within ${formatDuration(after)}, before ${formatDuration(before ?? 0)}.`,
  ];
};
