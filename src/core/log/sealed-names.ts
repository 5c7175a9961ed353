import type { Commitment } from "../ids.ts";
import type { Entry } from "./entry.ts";

/**
 * Names that senders and people chose (suites, scorers, metrics, alerts) are kept out of the log:
 * its entries have a commitment in their place. In memory an entry has the names.
 *
 * A group is an object of an entry that may have names. As written it has `texts` instead of those
 * that are not empty: the commitment to their canonical JSON.
 */

type Group = Readonly<Record<string, unknown>>;

const measured = ["suite", "scorer", "score", "metric"];

/** The names in each group, by the key under which an entry has the group, or a list of such. */
const groups: Readonly<Record<string, readonly string[]>> = {
  seen: measured,
  of: [...measured, "group", "reducer"],
  about: ["name"],
  named: ["name"],
  evidence: ["suite", "occurrence"],
  looser: ["what"],
};

/** Of an entry itself: the re-test that somebody asked for. */
const own = ["suite"];
/** Of each figure of a run. */
const ofFigure = ["scorer", "metric"];

/** The names of an entry itself: of what opened an escalation, why, in the sender's words. */
const ownOf = ({ kind }: Entry): readonly string[] =>
  kind === "escalation.opened" ? ["because"] : own;

/** What is done to a group with names under some of these keys. */
type Change = (group: Group, names: readonly string[]) => Group;

function changed(entry: Entry, change: Change): object {
  const parts: Record<string, unknown> = { ...entry };
  for (const [key, names] of Object.entries(groups)) {
    if (key in parts) parts[key] = each(parts[key], (group) => change(group, names));
  }
  if ("run" in parts)
    parts["run"] = each(parts["run"], (run) => ({
      ...run,
      figures: each(run["figures"], (figure) => change(figure, ofFigure)),
    }));
  return change(parts, ownOf(entry));
}

const isGroup = (value: unknown): value is Group => typeof value === "object" && value !== null;

function each(value: unknown, change: (group: Group) => Group): unknown {
  if (Array.isArray(value)) return value.map((item) => (isGroup(item) ? change(item) : item));
  return isGroup(value) ? change(value) : value;
}

/** An entry as it is written. `commit` keeps a text and answers with what stands for it. */
export function sealed(entry: Entry, commit: (text: string) => Commitment): object {
  return changed(entry, (group, names) => {
    const given = Object.entries(group).filter(
      ([key, value]) => names.includes(key) && typeof value === "string" && value !== "",
    );
    if (given.length === 0) return group;
    const rest = Object.entries(group).filter(([key]) => !given.some(([name]) => name === key));
    const text = JSON.stringify(Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1))));
    return { ...Object.fromEntries(rest), texts: commit(text) };
  });
}

/** The commitments to names in a written entry. */
export function sealedIn(entry: Entry): readonly Commitment[] {
  const found: Commitment[] = [];
  changed(entry, (group) => {
    if (typeof group["texts"] === "string") found.push(group["texts"]);
    return group;
  });
  return found;
}

/**
 * A written entry with its names; where the text is not at hand, or was erased, the commitment
 * stands for each of them, or `erased`. Older entries have their names.
 */
export function unsealed(
  entry: Entry,
  texts: ReadonlyMap<Commitment, string>,
  erased: string | null = null,
): Entry {
  return changed(entry, (group, names) => {
    const { texts: commitment, ...rest } = group;
    if (typeof commitment !== "string") return group;
    const hidden = names
      .filter((name) => !(name in rest))
      .map((name) => [name, erased ?? commitment]);
    return { ...rest, ...Object.fromEntries(hidden), ...namesIn(texts.get(commitment), names) };
  }) as Entry;
}

/** Whether a name is not at hand: a commitment stands for it. */
export function isSealed(name: string): boolean {
  return /^c_[0-9a-f]{64}$/.test(name);
}

/** Only what is a name: the table of texts is no part of the record. */
function namesIn(text: string | undefined, names: readonly string[]): Group {
  if (text === undefined) return {};
  const given: unknown = JSON.parse(text);
  return Object.fromEntries(
    Object.entries(Object(given)).filter(
      ([key, value]) => names.includes(key) && typeof value === "string",
    ),
  );
}
