import type { PolicyDoc } from "../schema/policy-schema.ts";
import { checkOverdue } from "./check-overdue.ts";
import { checkRecurrence, checkZone } from "./check-schedule.ts";
import { type CheckInput, type Finding, known, oneOf } from "./findings.ts";

type Deployment = PolicyDoc["deployments"][string];
type Path = Finding["path"];

/** One deployment: its channel, scopes, hours, and an authority that can always be exercised. */
export function checkDeployment(look: CheckInput, id: string, deployment: Deployment): void {
  const path = ["deployments", id];
  const { report } = look;
  const { channel, scopes, starts, owner, hours, reassess } = deployment;
  known(look, { section: "channels", name: channel, path: [...path, "channel"] });
  const names = look.names.scopes.get(id) ?? Object.keys(scopes);
  if (names.includes("paused"))
    report.error(
      [...path, "scopes", "paused"],
      "paused is always below the last scope and cannot be one",
    );
  oneOf(report, {
    all: [...names, "paused"],
    name: starts,
    path: [...path, "starts"],
    what: "no scope",
  });
  if (owner !== undefined)
    known(look, { section: "people", name: owner, path: [...path, "owner"] });
  checkZone(hours.timezone, [...path, "hours", "timezone"], report);
  if (hours.from >= hours.to)
    report.error([...path, "hours"], "must end after they begin, on the same day");
  if (reassess.every) checkRecurrence(reassess.every, [...path, "reassess", "every"], report);
  checkOverdue(look, deployment, { names, path: [...path, "reassess"] });
  checkGateways(look, deployment, [...path, "enforcement", "gateways"]);
  checkReferences(look, deployment.authority, [...path, "authority"]);
  checkResume(look, deployment, [...path, "authority"]);
  for (const [severity, said] of Object.entries(deployment.severities ?? {}))
    checkChange(look, {
      deployment,
      change: said?.authority ?? {},
      path: [...path, "severities", severity, "authority"],
    });
}

type Change = NonNullable<PolicyDoc["triggers"][string]["authority"]>;

/**
 * What a trigger or a severity says in place of a deployment's authority: its names are known, and
 * a resume can still be completed by it.
 */
export function checkChange(
  look: CheckInput,
  {
    deployment,
    change,
    path,
  }: { readonly deployment: Deployment; readonly change: Change; readonly path: Path },
): void {
  const { acknowledge, restrict, widen, breakGlass } = deployment.authority;
  checkReferences(look, change, path);
  const authority = {
    acknowledge: change.acknowledge ?? acknowledge,
    restrict: { ...restrict, ...defined(change.restrict) },
    widen: {
      ...widen,
      ...defined(change.widen),
      confirm: { ...widen.confirm, ...defined(change.widen?.confirm) },
    },
    breakGlass: change.breakGlass ?? breakGlass,
  };
  if (change.widen) checkResume(look, { ...deployment, authority }, path);
}

const defined = <T extends object>(part: T | undefined) =>
  Object.fromEntries(Object.entries(part ?? {}).filter(([, value]) => value !== undefined));

function checkGateways({ report }: CheckInput, { enforcement }: Deployment, path: Path): void {
  for (const [at, name] of enforcement?.gateways.entries() ?? [])
    if (enforcement?.gateways.indexOf(name) !== at)
      report.error([...path, at], `names ${name} a second time`);
}

function checkReferences(look: CheckInput, authority: Change, path: Path): void {
  const { acknowledge, restrict, widen, breakGlass } = authority;
  const lists: readonly (readonly [Path, readonly string[] | undefined])[] = [
    [["acknowledge"], acknowledge],
    [["restrict", "deputies"], restrict?.deputies],
    [["restrict", "alsoMay"], restrict?.alsoMay],
    [["widen", "deputies"], widen?.deputies],
    [["widen", "confirm", "by"], widen?.confirm?.by],
  ];
  for (const [place, refs = []] of lists) {
    for (const [at, ref] of refs.entries()) checkRef(look, ref, [...path, ...place, at]);
  }
  for (const side of ["restrict", "widen"] as const) {
    const decider = authority[side]?.decider;
    if (decider !== undefined) checkRef(look, decider, [...path, side, "decider"]);
  }
  for (const [at, key] of (breakGlass ?? []).entries())
    known(look, { section: "people", name: key, path: [...path, "breakGlass", at] });
  for (const side of ["restrict", "widen"] as const) {
    if (authority[side]?.deputies?.length === 0)
      look.report.warning(
        [...path, side],
        "has no deputies: while the decider is away nobody is named next",
      );
  }
}

const scheduleOf = (ref: string): string | null =>
  ref.startsWith("schedule:") ? ref.slice("schedule:".length) : null;

function checkRef(look: CheckInput, ref: string, path: Path): void {
  const { people, schedules } = look.names;
  const bare = ref.replace(/^schedule\s*:\s*/i, "");
  const isPerson = people.includes(bare);
  if (ref === bare && isPerson) return;
  const isSchedule = schedules.includes(bare);
  if (isSchedule && ref === bare)
    look.report.error(path, `${bare} is a schedule: write schedule:${bare}`);
  else if (isSchedule && scheduleOf(ref) !== bare)
    look.report.error(path, `write schedule:${bare}, in small letters and without spaces`);
  else if (!isSchedule && isPerson)
    look.report.error(path, `${bare} is a person: write ${bare}, without schedule:`);
  else if (ref === bare) known(look, { section: "people", name: ref, path });
  else known(look, { section: "schedules", name: bare, path });
}

/**
 * Who can stand behind references, at one time or another; null where a name is unknown or was set
 * aside.
 */
function peopleBehind(
  { doc, names }: CheckInput,
  refs: readonly string[],
): readonly string[] | null {
  const found = refs.map((ref) => {
    const schedule = scheduleOf(ref);
    if (schedule === null) return names.people.includes(ref) ? [ref] : null;
    if (!Object.hasOwn(doc.schedules, schedule)) return null;
    const { rotation = [], overrides = [] } = doc.schedules[schedule] ?? {};
    return [...rotation, ...overrides.map(({ person }) => person)];
  });
  return found.includes(null) ? null : [...new Set(found.flatMap((people) => people ?? []))];
}

/** A resume that nobody could complete is a rule that cannot be met: found now, not at 03:00. */
function checkResume(look: CheckInput, { authority, owner }: Deployment, path: Path): void {
  const { decider, deputies, confirm } = authority.widen;
  const place = [...path, "widen", "confirm"];
  checkOwner(look, { authority, owner }, path);
  const starters = peopleBehind(look, [decider]);
  const seconds = peopleBehind(look, deputies);
  if (!starters || !seconds || !peopleBehind(look, confirm.by)) return;
  const short = (starter: string): string | null => {
    const others = possibleSeconds(look, { deployment: authority.widen, owner, starter });
    return others < confirm.people
      ? `a resume that ${starter} requests could never be completed: ${confirm.people} more needed, ${others} named`
      : null;
  };
  const impossible = starters.map(short).find((problem) => problem !== null);
  if (impossible) look.report.error(place, impossible);
  const unlikely = seconds
    .filter((second) => !starters.includes(second))
    .map(short)
    .find((problem) => problem !== null);
  if (unlikely) look.report.warning(place, unlikely);
}

/**
 * The most people who can confirm at one time: each person once, each schedule as one person,
 * neither starter nor owner.
 */
function possibleSeconds(
  look: CheckInput,
  {
    deployment: { decider, confirm },
    owner,
    starter,
  }: {
    readonly deployment: Deployment["authority"]["widen"];
    readonly owner: string | undefined;
    readonly starter: string;
  },
): number {
  const may = (key: string): boolean => key !== starter && key !== owner;
  const named = new Set(confirm.by.filter((ref) => scheduleOf(ref) === null && may(ref)));
  const schedules = new Set(
    confirm.by.filter((ref) => scheduleOf(ref) !== null && ref !== decider),
  );
  const onCall = [...schedules].filter((ref) =>
    peopleBehind(look, [ref])?.some((key) => may(key) && !named.has(key)),
  );
  return named.size + onCall.length;
}

function checkOwner(
  look: CheckInput,
  { authority, owner }: Pick<Deployment, "authority" | "owner">,
  path: Path,
): void {
  const { widen, breakGlass } = authority;
  if (!widen.confirm.notOwner)
    look.report.warning(
      [...path, "widen", "confirm", "notOwner"],
      "changes nothing: a release owner is never behind a resume",
    );
  if (owner === undefined) return;
  const places: readonly (readonly [Path, readonly string[]])[] = [
    [["decider"], [widen.decider]],
    ...widen.deputies.map((ref, at) => [["deputies", at], [ref]] as const),
    ...widen.confirm.by.map((ref, at) => [["confirm", "by", at], [ref]] as const),
  ];
  for (const [place, refs] of places) {
    if (refs.includes(owner))
      look.report.error(
        [...path, "widen", ...place],
        `${owner} owns the release and is never one of the people behind a resume`,
      );
    else if (peopleBehind(look, refs)?.includes(owner)) {
      look.report.warning(
        [...path, "widen", ...place],
        `while ${owner} is on call this is nobody: an owner is never behind a resume`,
      );
    }
  }
  if (breakGlass.includes(owner))
    look.report.warning(
      [...path, "breakGlass"],
      `${owner} owns the release: by break-glass, too, they may only restrict it`,
    );
}
