import { closest } from "../../did-you-mean.ts";
import { nameAsRead } from "../../people/person.ts";
import { asId, isId } from "../schema/field-schemas.ts";
import type { PolicyDoc } from "../schema/policy-schema.ts";

/** Something wrong, or likely wrong, at a place in the policy. */
export interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What may stand there instead, or null. */
  readonly allowed: string | null;
  readonly level: "error" | "warning";
  /** The other place that it is about; its line is named too. */
  readonly also?: readonly (string | number)[];
}

/** Notes findings as the checks come upon them. */
export interface Report {
  readonly error: (path: Finding["path"], message: string, allowed?: string | null) => void;
  /** Two places that do not go together. */
  readonly clash: (path: Finding["path"], also: Finding["path"], message: string) => void;
  readonly warning: (path: Finding["path"], message: string) => void;
}

/** A report and the list it fills. */
export function newReport(): { readonly report: Report; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  return {
    findings,
    report: {
      error: (path, message, allowed = null) =>
        void findings.push({ path, message, allowed, level: "error" }),
      clash: (path, also, message) =>
        void findings.push({ path, message, allowed: null, level: "error", also }),
      warning: (path, message) =>
        void findings.push({ path, message, allowed: null, level: "warning" }),
    },
  };
}

/** Every name the file gives, whether or not what stands under it is any good. */
export interface Names {
  readonly people: readonly string[];
  readonly schedules: readonly string[];
  readonly channels: readonly string[];
  readonly deployments: readonly string[];
  /** The scopes of each deployment, widest first. */
  readonly scopes: ReadonlyMap<string, readonly string[]>;
}

/** The parts of the file whose names are used elsewhere in it. */
export type Section = Exclude<keyof Names, "scopes">;

/** What each check is given. */
export interface CheckInput {
  readonly doc: PolicyDoc;
  readonly names: Names;
  readonly report: Report;
}

const singular: Readonly<Record<Section, string>> = {
  people: "person",
  schedules: "schedule",
  channels: "channel",
  deployments: "deployment",
};

/**
 * Whether the section has the name; says so if it has not, and what to write where that is known.
 */
export function known(
  look: CheckInput,
  {
    section,
    name,
    path,
  }: { readonly section: Section; readonly name: string; readonly path: Finding["path"] },
): boolean {
  const { names, report } = look;
  const meant = names[section].includes(name) ? null : otherwise(look, section, name);
  if (meant === null)
    return oneOf(report, { all: names[section], name, path, what: `no ${singular[section]}` });
  report.error(path, meant);
  return false;
}

/** A schedule or somebody's other name in a person's place. */
function otherwise({ doc, names }: CheckInput, section: Section, name: string): string | null {
  if (section !== "people") return null;
  const bare = name.replace(/^schedule\s*:\s*/i, "");
  if (names.schedules.includes(bare))
    return `${bare} is a schedule, and one person must be named here: write one of ${names.people.filter(isId).join(", ")}`;
  const [key] =
    Object.entries(doc.people).find(
      ([, item]) =>
        nameAsRead(item.name) === nameAsRead(name) ||
        [item.slack, item.teams, item.pagerduty, item.oidc].includes(name),
    ) ?? [];
  return key === undefined ? null : `“${name}” is ${key} in people: write ${key}`;
}

/**
 * Whether the name is one of these; says so if it is not, with the nearest. A name that the file
 * gives in letters it may not have is said there and nowhere else, and nobody is sent to it.
 */
export function oneOf(
  report: Report,
  {
    all,
    name,
    path,
    what,
  }: {
    readonly all: readonly string[];
    readonly name: string;
    readonly path: Finding["path"];
    readonly what: string;
  },
): boolean {
  const isGiven = (text: string): boolean =>
    text === name || (!isId(text) && asId(text) === asId(name));
  if (all.some(isGiven)) return true;
  const usable = all.filter(isId);
  const close = closest(name, usable);
  report.error(
    path,
    `${what} “${name}”${close === undefined ? "" : `; did you mean ${close}?`}`,
    usable.join(", ") || null,
  );
  return false;
}
