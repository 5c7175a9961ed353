import { nameAsRead } from "../people.ts";
import { closest } from "./closest.ts";
import type { PolicyDoc } from "./schema.ts";
import { asId, isId } from "./schema-words.ts";

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
export const newReport = (): { readonly report: Report; readonly findings: readonly Finding[] } => {
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
};

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
export interface Look {
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

/** Whether the section has the name; says so if it has not, and what to write where that is known. */
export const known = (
  look: Look,
  section: Section,
  name: string,
  path: Finding["path"],
): boolean => {
  const { names, report } = look;
  const meant = names[section].includes(name) ? null : otherwise(look, section, name);
  if (meant === null) return oneOf(report, names[section], name, path, `no ${singular[section]}`);
  report.error(path, meant);
  return false;
};

/** A schedule or somebody's other name in a person's place. */
const otherwise = ({ doc, names }: Look, section: Section, name: string): string | null => {
  if (section !== "people") return null;
  const bare = name.replace(/^schedule\s*:\s*/i, "");
  if (names.schedules.includes(bare))
    return `${bare} is a schedule, and one person must be named here: write one of ${names.people.filter(isId).join(", ")}`;
  const [key] =
    Object.entries(doc.people).find(
      ([, one]) =>
        nameAsRead(one.name) === nameAsRead(name) ||
        [one.slack, one.teams, one.pagerduty].includes(name),
    ) ?? [];
  return key === undefined ? null : `“${name}” is ${key} in people: write ${key}`;
};

/**
 * Whether the name is one of these; says so if it is not, with the nearest. A name that the file gives in letters it may not have is said there
 * and nowhere else, and nobody is sent to it.
 */
export const oneOf = (
  report: Report,
  all: readonly string[],
  name: string,
  path: Finding["path"],
  what: string,
): boolean => {
  const isGiven = (one: string): boolean =>
    one === name || (!isId(one) && asId(one) === asId(name));
  if (all.some(isGiven)) return true;
  const usable = all.filter(isId);
  const close = closest(name, usable);
  report.error(
    path,
    `${what} “${name}”${close === undefined ? "" : `; did you mean ${close}?`}`,
    usable.join(", ") || null,
  );
  return false;
};
