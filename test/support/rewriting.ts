import { canonicalText } from "../../src/core/log/bytes.ts";
import { instantOf, rfc3339 } from "../../src/core/time.ts";
import type { History, Line } from "./histories.ts";

/** What an operator who holds the key could write instead of what happened. */
export interface Rewrite {
  readonly name: string;
  readonly of: History;
  readonly is: "UNAUTHORIZED" | "INCONSISTENT";
  /** Changes the lines; answers the index of the entry that the verifier has to name. */
  readonly change: (lines: Line[]) => number;
  /** A piece of the sentence. */
  readonly says: RegExp;
}

export const person = (name: string) => ({ type: "person", person: `p_${name}` });

/** The index of the nth entry of a kind. */
export function at(lines: readonly Line[], kind: string, nth = 0): number {
  const all = lines.flatMap((line, index) => (line["kind"] === kind ? [index] : []));
  const found = all[nth];
  if (found === undefined) throw new Error(`no ${kind} ${nth} in ${canonicalText(lines)}`);
  return found;
}

/** Writes other values into the nth entry of a kind. */
export const set =
  (kind: string, keys: Line | ((line: Line) => Line), nth = 0) =>
  (lines: Line[]): number => {
    const index = at(lines, kind, nth);
    const line = lines[index] ?? {};
    lines[index] = { ...line, ...(typeof keys === "function" ? keys(line) : keys) };
    return index;
  };

/** Leaves out the nth entry of a kind; the first entry after it that shows it is named. */
export const drop =
  (kind: string, shownBy: readonly [kind: string, nth: number], nth = 0) =>
  (lines: Line[]): number => {
    lines.splice(at(lines, kind, nth), 1);
    return at(lines, ...shownBy);
  };

export const without =
  (kind: string, key: string, nth = 0) =>
  (lines: Line[]): number => {
    const index = at(lines, kind, nth);
    delete lines[index]?.[key];
    return index;
  };

export const later = (key: string, by: number) => (line: Line) => ({
  [key]: rfc3339(instantOf(String(line[key])) + by),
});

/** Moves an entry and all after it. */
export const delayed =
  (kind: string, by: number, nth = 0) =>
  (lines: Line[]): number => {
    const from = at(lines, kind, nth);
    for (let i = from; i < lines.length; i += 1)
      lines[i] = { ...lines[i], ...later("at", by)(lines[i] ?? {}) };
    return from;
  };

/** Moves an entry forward in time, and those before it as far as they would be after it. */
export const earlier =
  (kind: string, by: number, nth = 0) =>
  (lines: Line[]): number => {
    const index = at(lines, kind, nth);
    const when = rfc3339(instantOf(String(lines[index]?.["at"])) - by);
    for (let i = 0; i <= index; i += 1)
      if (i === index || String(lines[i]?.["at"]) > when) lines[i] = { ...lines[i], at: when };
    return index;
  };

export const repeated =
  (kind: string, keys: Line = {}) =>
  (lines: Line[]): number => {
    const index = at(lines, kind);
    lines.splice(index + 1, 0, { ...lines[index], id: "e_again", ...keys });
    return index + 1;
  };

export const by = (name: string) => ({ actor: person(name), people: [`p_${name}`] });
