import { nearest } from "../nearest.ts";
import { atWall, parseDuration, zoneExists } from "../time.ts";
import { compileCondition } from "../trigger.ts";
import type { PolicyDoc } from "./schema.ts";

/** Something wrong, or likely wrong, at a place in the policy. */
export interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What may stand there instead, or null. */
  readonly allowed: string | null;
  readonly level: "error" | "warning";
}

type Report = (
  path: Finding["path"],
  message: string,
  allowed?: string | null,
  level?: Finding["level"],
) => void;

/** Everything the shape alone cannot tell: references, zones, conditions, and rules that could never be met. All findings at once. */
export const checkPolicy = (doc: PolicyDoc): readonly Finding[] => {
  const findings: Finding[] = [];
  const report: Report = (path, message, allowed = null, level = "error") =>
    void findings.push({ path, message, allowed, level });
  checkPeople(doc, report);
  for (const [id, schedule] of Object.entries(doc.schedules))
    checkSchedule(doc, id, schedule, report);
  for (const [id, deployment] of Object.entries(doc.deployments))
    checkDeployment(doc, id, deployment, report);
  for (const [id, trigger] of Object.entries(doc.triggers)) checkTrigger(doc, id, trigger, report);
  for (const [id, source] of Object.entries(doc.sources)) checkSource(doc, id, source, report);
  if (doc.unmatched)
    known(doc.channels, doc.unmatched.channel, ["unmatched", "channel"], "channel", report);
  for (const [id, { deployments }] of Object.entries(doc.wake ?? {})) {
    for (const [at, name] of deployments.entries())
      known(doc.deployments, name, ["wake", id, "deployments", at], "deployment", report);
  }
  checkUnused(doc, report);
  return findings;
};

const known = (
  all: object,
  name: string,
  path: Finding["path"],
  what: string,
  report: Report,
): boolean => {
  if (Object.hasOwn(all, name)) return true;
  const names = Object.keys(all);
  const close = nearest(name, names)[0];
  report(
    path,
    `no ${what} “${name}”${close ? `, did you mean ${close}?` : ""}`,
    names.join(", ") || null,
  );
  return false;
};

const checkRef = (doc: PolicyDoc, ref: string, path: Finding["path"], report: Report): void => {
  if (ref.startsWith("schedule:"))
    known(doc.schedules, ref.slice("schedule:".length), path, "schedule", report);
  else known(doc.people, ref, path, "person", report);
};

const checkPeople = (doc: PolicyDoc, report: Report): void => {
  for (const chat of ["slack", "teams"] as const) {
    const seen = new Map<string, string>();
    for (const [key, person] of Object.entries(doc.people)) {
      const account = person[chat];
      const other = account === undefined ? undefined : seen.get(account);
      if (other)
        report(
          ["people", key, chat],
          `is the same account as ${other}'s: two people cannot share one`,
        );
      if (account !== undefined) seen.set(account, key);
    }
  }
  for (const [key, { slack, teams }] of Object.entries(doc.people)) {
    if (slack === undefined && teams === undefined)
      report(
        ["people", key],
        "has no chat id: only the console reaches this person",
        null,
        "warning",
      );
  }
};

type Schedule = PolicyDoc["schedules"][string];
type Deployment = PolicyDoc["deployments"][string];
type Trigger = PolicyDoc["triggers"][string];
type Source = PolicyDoc["sources"][string];
type Recurrence = Schedule["handoff"];

const checkZone = (zone: string, path: Finding["path"], report: Report): boolean => {
  if (zoneExists(zone)) return true;
  report(path, `no time zone “${zone}”`, "IANA names like Europe/London");
  return false;
};

const realDate = (date: string): boolean => {
  try {
    return new RegExp(`^${date}`).test(
      new Intl.DateTimeFormat("sv-SE", { timeZone: "UTC" }).format(atWall(date, "12:00", "UTC")),
    );
  } catch {
    return false;
  }
};

const checkRecurrence = (
  { every, on, from }: Recurrence,
  path: Finding["path"],
  report: Report,
): void => {
  if (!/^[1-9]\d*[hdw]$/.test(every))
    report(
      [...path, "every"],
      `“${every}” is no period to repeat by`,
      "whole hours, days or weeks: 12h, 1d, 1w",
    );
  if (on !== undefined && !every.endsWith("w"))
    report([...path, "on"], "a weekday needs a period of weeks", "every: 1w");
  if (from !== undefined && !realDate(from)) report([...path, "from"], `${from} is no date`);
};

const checkSchedule = (doc: PolicyDoc, id: string, schedule: Schedule, report: Report): void => {
  const path = ["schedules", id];
  const zoned = checkZone(schedule.timezone, [...path, "timezone"], report);
  for (const [at, key] of schedule.rotation.entries())
    known(doc.people, key, [...path, "rotation", at], "person", report);
  checkRecurrence(schedule.handoff, [...path, "handoff"], report);
  if (schedule.handoff.from === undefined)
    report(
      [...path, "handoff"],
      "from is missing: whose turn it is counts from a date",
      '"2026-11-02"',
    );
  const spans: { from: number; to: number }[] = [];
  for (const [at, { person, from, to }] of schedule.overrides.entries()) {
    const place = [...path, "overrides", at];
    known(doc.people, person, [...place, "person"], "person", report);
    if (!realDate(from.slice(0, 10)) || !realDate(to.slice(0, 10)))
      report(place, "names a date that does not exist");
    else if (from >= to) report(place, "ends before it begins");
    else if (zoned) {
      const span = {
        from: atWall(from.slice(0, 10), from.slice(11), schedule.timezone),
        to: atWall(to.slice(0, 10), to.slice(11), schedule.timezone),
      };
      if (spans.some((other) => span.from < other.to && other.from < span.to))
        report(place, "overlaps another override: every minute has exactly one person");
      spans.push(span);
    }
  }
};

const checkDeployment = (
  doc: PolicyDoc,
  id: string,
  deployment: Deployment,
  report: Report,
): void => {
  const path = ["deployments", id];
  known(doc.channels, deployment.channel, [...path, "channel"], "channel", report);
  const scopes = Object.keys(deployment.scopes);
  if (scopes.includes("paused"))
    report(
      [...path, "scopes", "paused"],
      "paused is always below the last scope and cannot be one",
    );
  if (deployment.starts !== "paused")
    known(deployment.scopes, deployment.starts, [...path, "starts"], "scope", report);
  if (deployment.owner !== undefined)
    known(doc.people, deployment.owner, [...path, "owner"], "person", report);
  checkHours(deployment, path, report);
  checkAuthority(doc, deployment, [...path, "authority"], report);
  const { every } = deployment.reassess;
  if (every) checkRecurrence(every, [...path, "reassess", "every"], report);
  if ((parseDuration(deployment.reassess.overdue.every) ?? 0) < 60_000)
    report([...path, "reassess", "overdue", "every"], "must be at least 1m");
  for (const [kind, length] of Object.entries(deployment.reassess.within)) {
    if (parseDuration(length) === 0)
      report([...path, "reassess", "within", kind], "must be longer than nothing");
  }
};

const checkHours = ({ hours }: Deployment, path: Finding["path"], report: Report): void => {
  checkZone(hours.timezone, [...path, "hours", "timezone"], report);
  if (hours.from >= hours.to)
    report([...path, "hours"], "must end after they begin, on the same day");
};

const peopleBehind = (doc: PolicyDoc, refs: readonly string[]): ReadonlySet<string> =>
  new Set(
    refs.flatMap((ref) =>
      ref.startsWith("schedule:")
        ? (doc.schedules[ref.slice("schedule:".length)]?.rotation ?? [])
        : [ref],
    ),
  );

const checkAuthority = (
  doc: PolicyDoc,
  { authority, owner }: Deployment,
  path: Finding["path"],
  report: Report,
): void => {
  const { acknowledge, restrict, widen, breakGlass } = authority;
  const lists: readonly (readonly [Finding["path"], readonly string[]])[] = [
    [["acknowledge"], acknowledge],
    [["restrict", "deputies"], restrict.deputies],
    [["restrict", "alsoMay"], restrict.alsoMay],
    [["widen", "deputies"], widen.deputies],
    [["widen", "confirm", "by"], widen.confirm.by],
  ];
  for (const [place, refs] of lists)
    for (const [at, ref] of refs.entries()) checkRef(doc, ref, [...path, ...place, at], report);
  checkRef(doc, restrict.decider, [...path, "restrict", "decider"], report);
  checkRef(doc, widen.decider, [...path, "widen", "decider"], report);
  for (const [at, key] of breakGlass.entries())
    known(doc.people, key, [...path, "breakGlass", at], "person", report);
  const starters = peopleBehind(doc, [widen.decider, ...widen.deputies]);
  if (owner !== undefined && starters.has(owner))
    report(
      [...path, "widen"],
      `${owner} owns the release and is never one of the people behind a resume`,
    );
  checkConfirm(doc, authority, owner, path, report);
  if (restrict.deputies.length === 0)
    report(
      [...path, "restrict"],
      "has no deputy: when the decider is away nobody is named next",
      null,
      "warning",
    );
};

const checkConfirm = (
  doc: PolicyDoc,
  { widen }: Deployment["authority"],
  owner: string | undefined,
  path: Finding["path"],
  report: Report,
): void => {
  const place = [...path, "widen", "confirm"];
  const confirmers = [...peopleBehind(doc, widen.confirm.by)].filter((key) => key !== owner);
  if (owner !== undefined && widen.confirm.by.includes(owner))
    report(
      [...place, "by"],
      `${owner} owns the release and is never one of the people behind a resume`,
    );
  const [decider] = peopleBehind(doc, [widen.decider]);
  const others = confirmers.filter((key) => key !== decider);
  if (others.length < widen.confirm.people)
    report(
      place,
      `a resume could never be completed: ${widen.confirm.people} needed besides who starts it, ${others.length} named`,
    );
};

const checkTrigger = (doc: PolicyDoc, id: string, trigger: Trigger, report: Report): void => {
  const path = ["triggers", id];
  if (["unmatched", "by-hand", "raised"].includes(id))
    report(path, `${id} is a name the program gives itself`);
  for (const [at, name] of trigger.deployments.entries()) {
    if (known(doc.deployments, name, [...path, "deployments", at], "deployment", report))
      checkResponse(doc, name, trigger, path, report);
  }
  const condition = compileCondition(trigger.when);
  if ("problems" in condition)
    for (const problem of condition.problems) report([...path, "when"], problem);
  else
    for (const warning of condition.warnings) report([...path, "when"], warning, null, "warning");
  if (trigger.severity === "high" || trigger.severity === "critical") {
    for (const key of ["acknowledgeWithin", "decideWithin", "onTimeout"] as const) {
      if (trigger[key] === undefined)
        report(
          path,
          `${key} is missing: ${trigger.severity} triggers need it`,
          key === "onTimeout" ? "respond, pass" : "a duration like 10m",
        );
    }
  }
  if (trigger.decideWithin !== undefined && trigger.onTimeout === undefined)
    report(path, "onTimeout is missing: what happens when nobody decides?", "respond, pass");
};

const checkResponse = (
  doc: PolicyDoc,
  deployment: string,
  { response }: Trigger,
  path: Finding["path"],
  report: Report,
): void => {
  if (typeof response === "string") return;
  const scopes = doc.deployments[deployment]?.scopes ?? {};
  const names = Object.keys(scopes);
  if (
    !known(
      scopes,
      response.narrow,
      [...path, "response", "narrow"],
      `scope of ${deployment}`,
      report,
    )
  )
    return;
  if (response.narrow === names[0])
    report(
      [...path, "response", "narrow"],
      `${response.narrow} is the widest scope of ${deployment}: it would restrict nothing`,
      names.slice(1).join(", "),
    );
};

const checkSource = (doc: PolicyDoc, id: string, source: Source, report: Report): void => {
  const path = ["sources", id];
  if (source.deployment !== undefined)
    known(doc.deployments, source.deployment, [...path, "deployment"], "deployment", report);
  for (const [from, to] of Object.entries(source.map ?? {}))
    known(doc.deployments, to, [...path, "map", from], "deployment", report);
  if (source.type === "inspect" && source.deployment === undefined)
    report(path, "deployment is missing: runs that do not say theirs need one");
};

const checkUnused = (doc: PolicyDoc, report: Report): void => {
  const text = JSON.stringify(doc.deployments);
  for (const id of Object.keys(doc.schedules)) {
    if (!text.includes(`"schedule:${id}"`))
      report(["schedules", id], "is used by no deployment", null, "warning");
  }
  const used = new Set([
    ...Object.values(doc.deployments).map(({ channel }) => channel),
    doc.unmatched?.channel,
  ]);
  for (const id of Object.keys(doc.channels))
    if (!used.has(id)) report(["channels", id], "is used by nothing", null, "warning");
  if (!doc.unmatched)
    report(
      ["holdpoint"],
      "there is no unmatched: channel, so signals no rule names go to their deployment's channel",
      null,
      "warning",
    );
};
