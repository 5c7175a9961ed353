import { spokenDuration } from "../../duration.ts";
import { type PersonId, personId } from "../../ids.ts";
import { canonicalText } from "../../log/bytes.ts";
import { lengthOf } from "../../time.ts";
import { ruledFor } from "../authority-for.ts";
import type { DecisionKind, Deployment, OverdueResponse, Policy, Ref, Trigger } from "../model.ts";
import { levelOf, meantNow, strengthOf } from "../posture.ts";
import { severities } from "../severity.ts";
import { looserExpectations } from "./relaxations-expect.ts";
import { looserTold } from "./relaxations-notify.ts";
import { looserHeard } from "./relaxations-sources.ts";

/** One way in which a policy asks less than the one before, said for people. */
export interface Relaxation {
  readonly deployment: string;
  readonly what: string;
}

/**
 * Everything that got looser: named in the entry and posted to the channels it touches. Tightening
 * is not news of this kind.
 */
export function relaxationsOf(before: Policy, after: Policy): readonly Relaxation[] {
  return [...before.deployments.values()].flatMap((old) => {
    const now = after.deployments.get(old.id);
    const whats = now
      ? [
          ...looserRules({ before, after, old, now }),
          ...looserTriggers(before, { after, old, now }),
        ]
      : ["is no longer in the policy."];
    return whats.map((what) => ({ deployment: old.id, what: `${old.name}: ${what}` }));
  });
}

/** The people who can stand behind references, at one time or another. */
const peopleBehind = ({ schedules }: Policy, refs: readonly Ref[]): ReadonlySet<PersonId> =>
  new Set(
    refs.flatMap((ref) => {
      const [, id] = /^schedule:(.+)$/.exec(ref) ?? [];
      const schedule = id === undefined ? undefined : schedules.get(id);
      if (!schedule) return id === undefined ? [personId(ref)] : [];
      return [...schedule.rotation, ...schedule.overrides.map(({ person }) => person)];
    }),
  );

const notIn = (all: ReadonlySet<PersonId>, others: ReadonlySet<PersonId>): number =>
  [...all].filter((person) => !others.has(person)).length;

const counted = (count: number, how: string, what: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${how} ${count === 1 ? "person" : "people"} may ${what}.`];

interface Change {
  readonly before: Policy;
  readonly after: Policy;
  readonly old: Deployment;
  readonly now: Deployment;
}

function looserAuthority({ before, after, old, now }: Change): readonly string[] {
  const may = (of: (authority: Deployment["authority"]) => readonly Ref[]) => ({
    was: peopleBehind(before, of(old.authority)),
    is: peopleBehind(after, of(now.authority)),
  });
  const start = may(({ widen }) => [widen.decider, ...widen.deputies]);
  const confirm = may(({ widen }) => widen.confirm.by);
  const alone = may(({ breakGlass }) => breakGlass);
  const stop = may(({ restrict, breakGlass }) => [
    restrict.decider,
    ...restrict.deputies,
    ...restrict.alsoMay,
    ...breakGlass,
  ]);
  return [
    ...counted(notIn(start.is, start.was), "more", "start a resume or keep"),
    ...counted(notIn(confirm.is, confirm.was), "more", "approve a resume"),
    ...counted(notIn(alone.is, alone.was), "more", "break the glass"),
    ...counted(notIn(stop.was, stop.is), "fewer", "stop it"),
  ];
}

function fewerConfirm(old: Deployment, now: Deployment): readonly string[] {
  const [was, is] = [old.authority.widen.confirm.people, now.authority.widen.confirm.people];
  return is < was ? [`a resume needs ${is} besides the requester (was ${was}).`] : [];
}

function looserRules(change: Change): readonly string[] {
  const { old, now } = change;
  const [was, is] = [old.authority.widen.confirm, now.authority.widen.confirm];
  return [
    ...looserAuthority(change),
    ...fewerConfirm(old, now),
    ...(was.notOwner && !is.notOwner ? ["notOwner was taken from its confirmers."] : []),
    ...(old.owner !== null && now.owner !== old.owner
      ? ["its owner changed: who was barred from its resumes may not be any more."]
      : []),
    ...shorterRebind(change),
    ...moreErasers(change),
    ...looserAdoption(change),
    ...longer("time to undo a restriction", old.undo, now.undo),
    ...looserReassess(old, now),
    ...looserScopes(old, now),
    ...leftGroups(change),
    ...looserEnforcement(old, now),
    ...looserExpectations(change),
    ...looserHeard(change.before, change.after, old),
    ...looserTold(change.before, change.after, old),
  ];
}

const shorterRebind = ({ before, after }: Change): readonly string[] =>
  after.rebind < before.rebind
    ? [
        after.rebind === 0
          ? `people with new accounts can resume at once (was after ${spokenDuration(before.rebind)}).`
          : `people with new accounts can resume after ${spokenDuration(after.rebind)} (was ${spokenDuration(before.rebind)}).`,
      ]
    : [];

function moreErasers({ before, after }: Change): readonly string[] {
  if (before.redact === null) return [];
  return after.redact === null
    ? ["everybody whom the policy names may erase from the record."]
    : counted(notIn(after.redact, before.redact), "more", "erase from the record");
}

/** Whoever stops a group that it has left no longer stops it; nor does word of the group reach it. */
const leftGroups = ({ before, after, old }: Change): readonly string[] =>
  [...before.groups]
    .filter(([id, members]) => members.includes(old.id) && !after.groups.get(id)?.includes(old.id))
    .map(([id]) => `it is no longer in the group ${id}.`);

function looserAdoption({ before, after }: Change): readonly string[] {
  const [was, is] = [before.adoption, after.adoption];
  if (was === null) return [];
  if (is === null) return ["a looser policy needs no second person any more."];
  if ((was.by === null) !== (is.by === null)) return ["others may confirm a looser policy."];
  return counted(notIn(is.by ?? new Set(), was.by ?? new Set()), "more", "confirm a looser policy");
}

const longer = (what: string, before: number, after: number): readonly string[] =>
  after > before ? [`${what} ${spokenDuration(after)} (was ${spokenDuration(before)}).`] : [];

function looserReassess(old: Deployment, now: Deployment): readonly string[] {
  const kinds = Object.keys(old.reassess.within) as DecisionKind[];
  const later = kinds.flatMap((kind) =>
    longer(`review after a ${kind}`, old.reassess.within[kind], now.reassess.within[kind]),
  );
  const deaf = old.reassess.on
    .filter((change) => !now.reassess.on.includes(change))
    .map((change) => `${change} no longer asks the question again.`);
  const [was, is] = [old.reassess.every, now.reassess.every];
  const rarer = was && is ? longer("fixed review every", lengthOf(was), lengthOf(is)) : [];
  return [
    ...later,
    ...longer("overdue reminder every", old.reassess.overdueEvery, now.reassess.overdueEvery),
    ...looserOverdue(old, now),
    ...deaf,
    ...(was && !is ? ["it is no longer looked at on a fixed day."] : rarer),
  ];
}

function looserOverdue(old: Deployment, now: Deployment): readonly string[] {
  const [was, is] = [old.reassess.onOverdue, now.reassess.onOverdue];
  if (!was) return [];
  if (!is) return ["an overdue review has no consequence any more."];
  const [before, after] = [overdueStrength(old, was), overdueStrength(now, is)];
  return [
    ...(after < before ? ["what follows an overdue review is weaker."] : []),
    ...longer("time until something follows an overdue review", was.grace, is.grace),
  ];
}

/** The next narrower scope is the least of them: a named one is at least that from the widest. */
const overdueStrength = (deployment: Deployment, { kind, scope }: OverdueResponse): number =>
  kind === "pause" ? deployment.scopes.length : scope === null ? 1 : levelOf(deployment, scope);

/** Fewer systems that must say they carry a posture out, or more time to. */
function looserEnforcement(old: Deployment, now: Deployment): readonly string[] {
  if (!old.enforcement) return [];
  const silent = old.enforcement.gateways
    .filter((gateway) => !now.enforcement?.gateways.includes(gateway))
    .map((gateway) => `the gateway ${gateway} need no longer confirm.`);
  const within = now.enforcement?.confirmWithin ?? old.enforcement.confirmWithin;
  return [
    ...silent,
    ...longer("time for a gateway to confirm", old.enforcement.confirmWithin, within),
  ];
}

/**
 * A scope may stand for more than it did, stand higher, or be a new widest one; a new narrower one
 * is no loosening.
 */
function looserScopes(old: Deployment, now: Deployment): readonly string[] {
  const wasAbove = (id: string): readonly string[] => idsOf(old).slice(0, idsOf(old).indexOf(id));
  const changed = now.scopes.flatMap((scope, level): readonly string[] => {
    const before = old.scopes.find(({ id }) => id === scope.id);
    if (!before) return level === 0 ? [`its widest scope is ${scope.id}, which is new.`] : [];
    const below = idsOf(now).slice(level + 1);
    const rose = wasAbove(scope.id).some((id) => below.includes(id));
    return meansMore(before, scope) || rose
      ? [`the scope ${scope.id} may mean more than before.`]
      : [];
  });
  const gone = old.scopes.filter(({ id }, level) => level > 0 && !idsOf(now).includes(id));
  return [...changed, ...gone.map(({ id }) => `it can no longer be narrowed to ${id}.`)];
}

const idsOf = ({ scopes }: Deployment): readonly string[] => scopes.map(({ id }) => id);

type Scope = Deployment["scopes"][number];

function meansMore(was: Scope, is: Scope): boolean {
  const more = (scope: Scope): string => JSON.stringify(Object.entries(scope.more).sort());
  const hasTools = ({ tools }: Scope): boolean => tools ?? true;
  const gained = hasTools(is) && !hasTools(was);
  return was.audience !== is.audience || gained || more(was) !== more(is);
}

const looserTriggers = (
  before: Policy,
  {
    after,
    old,
    now,
  }: { readonly after: Policy; readonly old: Deployment; readonly now: Deployment },
): readonly string[] =>
  [...before.triggers.values()]
    .filter((trigger) => !trigger.shadow && trigger.deployments.includes(old.id))
    .flatMap((trigger) => {
      const next = after.triggers.get(trigger.id);
      return next?.deployments.includes(old.id)
        ? [
            ...looserTrigger(trigger, next, now),
            ...looserRuled({ before, after, old, now }, trigger),
          ]
        : [`the trigger ${trigger.id} no longer watches it.`];
    });

/** What a trigger or its severity makes of the authority, as if it were the deployment's own. */
function looserRuled(change: Change, trigger: Trigger): readonly string[] {
  const { before, after, old, now } = change;
  const next = after.triggers.get(trigger.id);
  const was = ruledFor(before, old.id, { trigger: trigger.id, severity: trigger.severity }) ?? old;
  const ruled = { trigger: trigger.id, severity: next?.severity ?? trigger.severity };
  const is = ruledFor(after, now.id, ruled) ?? now;
  if (was === old && is === now) return [];
  const told = new Set([...looserAuthority(change), ...fewerConfirm(old, now)]);
  return [...looserAuthority({ before, after, old: was, now: is }), ...fewerConfirm(was, is)]
    .filter((what) => !told.has(what))
    .map((what) => `${trigger.id}: ${what}`);
}

const never = Number.POSITIVE_INFINITY;

function looserTrigger(old: Trigger, now: Trigger, deployment: Deployment): readonly string[] {
  if (now.shadow) return [`the trigger ${old.id} is only evaluated: it asks nobody any more.`];
  const [is, was] = [now, old].map(({ response }) =>
    strengthOf(deployment, meantNow(deployment, response, idsOf(deployment)[0] ?? "")),
  );
  const weaker = (is ?? 0) < (was ?? 0);
  return [
    ...(old.when === now.when ? [] : [`the condition of ${old.id} changed.`]),
    ...(canonicalText(old.memory) === canonicalText(now.memory)
      ? []
      : [`what ${old.id} asks of earlier signals changed.`]),
    ...(weaker ? [`the written response to ${old.id} is weaker.`] : []),
    ...(!weaker && asksLess(old, now) ? [`the written response to ${old.id} asks for less.`] : []),
    ...(severities.indexOf(now.severity) < severities.indexOf(old.severity)
      ? [`${old.id}: severity ${now.severity} (was ${old.severity}).`]
      : []),
    ...slower(old.id, {
      what: "acknowledgement",
      before: old.acknowledgeWithin,
      after: now.acknowledgeWithin,
    }),
    ...slower(old.id, { what: "decision", before: old.decideWithin, after: now.decideWithin }),
    ...looserAnswer(old, now),
    ...(old.onTimeout === "respond" && now.onTimeout !== "respond"
      ? [`${old.id} is passed on instead of answered when time is up.`]
      : []),
  ];
}

/** Of several parts one is missing. */
const asksLess = (old: Trigger, now: Trigger): boolean =>
  old.parts.length > 1 &&
  old.parts.some((part) => !now.parts.some(({ kind }) => kind === part.kind));

/** Acting first, and asking again when it gets worse. */
function looserAnswer(old: Trigger, now: Trigger): readonly string[] {
  const isOther = (old.worseBy === null) !== (now.worseBy === null);
  const isLater = (now.worseBy ?? 0) > (old.worseBy ?? 0);
  return [
    ...(isOther || isLater ? [`from when on ${old.id} is asked again changed.`] : []),
    ...(old.actsFirst && !now.actsFirst
      ? [`${old.id} is no longer answered at once, by policy.`]
      : []),
  ];
}

function slower(
  id: string,
  {
    what,
    before,
    after,
  }: { readonly what: string; readonly before: number | null; readonly after: number | null },
): readonly string[] {
  if ((after ?? never) <= (before ?? never)) return [];
  return [
    after === null
      ? `${id}: no ${what} time any more (was ${spokenDuration(before ?? 0)}).`
      : `${id}: ${what} time ${spokenDuration(after)} (was ${spokenDuration(before ?? 0)}).`,
  ];
}
