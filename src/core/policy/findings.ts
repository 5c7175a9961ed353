import { closest } from "./closest.ts";
import type { PolicyDoc } from "./schema.ts";

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
}

/** What each check is given. */
export interface Look {
  readonly doc: PolicyDoc;
  readonly names: Names;
  readonly report: Report;
}

const singular: Readonly<Record<keyof Names, string>> = {
  people: "person",
  schedules: "schedule",
  channels: "channel",
  deployments: "deployment",
};

/** Whether the section has the name; says so if it has not. */
export const known = (
  { names, report }: Look,
  section: keyof Names,
  name: string,
  path: Finding["path"],
): boolean => oneOf(report, names[section], name, path, `no ${singular[section]}`);

/** Whether the name is one of these; says so if it is not, with the nearest. */
export const oneOf = (
  report: Report,
  all: readonly string[],
  name: string,
  path: Finding["path"],
  what: string,
): boolean => {
  if (all.includes(name)) return true;
  const close = closest(name, all);
  report.error(
    path,
    `${what} “${name}”${close === undefined ? "" : `; did you mean ${close}?`}`,
    all.join(", ") || null,
  );
  return false;
};
