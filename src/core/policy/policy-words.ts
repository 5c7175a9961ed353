/**
 * A policy in words, a line for each thing that it says, from its canonical form: so nothing that
 * it says can be missing, whatever is added to policies later.
 */

/** What stands for random ids and commitments. */
export interface PolicyNames {
  readonly person: (id: string) => string;
  /** The text of a commitment; undefined where it is erased. */
  readonly text: (commitment: string) => string | undefined;
}

/** One thing that a policy says: of what, and what. */
export interface PolicyLine {
  readonly of: string;
  readonly says: string;
}

/** Every line of a policy, in the order of its canonical form. */
export function policyLines(canonical: object, names: PolicyNames): readonly PolicyLine[] {
  return linesOf(canonical, [], names);
}

type Path = readonly string[];

function linesOf(value: unknown, path: Path, names: PolicyNames): readonly PolicyLine[] {
  if (Array.isArray(value)) return listLines(value, path, names);
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, item]) =>
      linesOf(item, [...path, key.startsWith("p_") ? names.person(key) : key], names),
    );
  return [{ of: pathWords(path), says: valueWords(value, names) }];
}

function listLines(
  list: readonly unknown[],
  path: Path,
  names: PolicyNames,
): readonly PolicyLine[] {
  const isPlain = list.every((item) => typeof item !== "object" || item === null);
  if (isPlain) {
    const said = list.map((item) => valueWords(item, names)).join(", ");
    return [{ of: pathWords(path), says: said === "" ? "none" : said }];
  }
  return list.flatMap((item, at) =>
    linesOf(item, [...path, nameIn(item) ?? String(at + 1)], names),
  );
}

/** What an item of a list is called, so that its place does not matter. */
function nameIn(item: unknown): string | null {
  if (typeof item !== "object" || item === null) return null;
  const { id, name } = item as { readonly id?: unknown; readonly name?: unknown };
  return typeof id === "string" ? id : typeof name === "string" ? name : null;
}

/** "deployment assistant-prod, restrict, decider" */
function pathWords(path: Path): string {
  const [first = "", ...rest] = path;
  const [what, ...others] = [singular.get(first) ?? spaced(first), ...rest.map(spaced)];
  const [named, ...details] = others;
  const head =
    named === undefined ? what : singular.has(first) ? `${what} ${named}` : `${what}, ${named}`;
  return [head, ...details.filter((word) => word !== "authority")].join(", ");
}

const singular: ReadonlyMap<string, string> = new Map([
  ["deployments", "deployment"],
  ["groups", "group"],
  ["triggers", "rule"],
  ["schedules", "schedule"],
  ["channels", "channel"],
  ["sources", "source"],
  ["readers", "reader"],
]);

/** decideWithin → decide within */
const spaced = (key: string): string =>
  /^[a-z]+(?:[A-Z][a-z]+)+$/.test(key)
    ? key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : key;

function valueWords(value: unknown, names: PolicyNames): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  const text = String(value);
  if (/^p_[a-z2-7]+$/.test(text)) return names.person(text);
  if (/^c_[0-9a-f]{64}$/.test(text)) return names.text(text) ?? "(erased)";
  return text.replace(/^schedule:/, "whoever is on call by ");
}

/** How one policy differs from the one before it, line by line. */
export function policyChanges(
  before: readonly PolicyLine[],
  after: readonly PolicyLine[],
): readonly string[] {
  const was = new Map(before.map(({ of, says }) => [of, says]));
  const is = new Map(after.map(({ of, says }) => [of, says]));
  const changed = after.flatMap(({ of, says }) => {
    const old = was.get(of);
    if (old === undefined) return [`New: ${of}: ${says}`];
    return old === says ? [] : [`Changed: ${of}: was ${old}, is ${says}`];
  });
  const gone = before.filter(({ of }) => !is.has(of)).map(({ of, says }) => `Gone: ${of}: ${says}`);
  return [...changed, ...gone];
}
