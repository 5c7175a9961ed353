import { distance } from "../did-you-mean.ts";
import type { EscalationId } from "../ids.ts";
import type { Deployment } from "../policy/model.ts";
import { paused } from "../policy/posture.ts";
import { lettersAndDigits, plainWord, unfilled } from "./phone-typing.ts";

/** What typed words mean: an escalation, a deployment by its id or its name, a scope. */

/** What the words begin with, and the words after it. */
export interface Meant {
  /** An escalation's number, whether or not there is one; null where deployments are meant. */
  readonly escalation: EscalationId | null;
  /** The deployments that are called so: several where two names are written alike. */
  readonly deployments: readonly string[];
  /** As it was typed. */
  readonly typed: string;
  readonly left: readonly string[];
}

/** The name of a deployment in words is no longer than this. */
const mostWords = 12;

type Named = Pick<Deployment, "id" | "name">;

/** What stands at the beginning of the words; null where it is nothing that can be meant. */
export function meantFirst(words: readonly string[], deployments: readonly Named[]): Meant | null {
  return first(words, known(deployments));
}

interface Known {
  readonly id: string;
  readonly keys: readonly string[];
}

const known = (deployments: readonly Named[]): readonly Known[] =>
  deployments.map(({ id, name }) => ({ id, keys: [lettersAndDigits(id), lettersAndDigits(name)] }));

const first = (words: readonly string[], names: readonly Known[]): Meant | null =>
  escalationFirst(words) ?? deploymentFirst(words, names);

function escalationFirst(words: readonly string[]): Meant | null {
  const [first = "", second = ""] = words;
  const number = /^hp[^\p{L}\p{N}]?(\d{1,9})$/u.exec(plainWord(first))?.[1];
  if (number !== undefined) return escalation(number, first, words.slice(1));
  const apart = plainWord(first) === "hp" ? /^\d{1,9}$/.exec(plainWord(second))?.[0] : undefined;
  if (apart !== undefined) return escalation(apart, `${first} ${second}`, words.slice(2));
  // “HP-1.It lies”: a phone took the space out, or nobody put one in.
  const [, glued = "", rest = ""] =
    /^\W*hp\W?(\d{1,9})[^\p{L}\p{N}-]+(\p{L}.*)$/iu.exec(first.normalize("NFKC")) ?? [];
  return glued === "" ? null : escalation(glued, first, [rest, ...words.slice(1)]);
}

const escalation = (number: string, typed: string, left: readonly string[]): Meant => ({
  escalation: `HP-${Number(number)}`,
  deployments: [],
  typed,
  left,
});

/**
 * The longest beginning that is somebody's id or name; an id as it is written goes before a name
 * that is written alike.
 */
function deploymentFirst(words: readonly string[], names: readonly Known[]): Meant | null {
  for (let count = Math.min(words.length, mostWords); count > 0; count -= 1) {
    const typed = words.slice(0, count).join(" ");
    const said = lettersAndDigits(typed);
    const alike = names.filter(({ keys }) => said !== "" && keys.includes(said));
    if (alike.length === 0) continue;
    const exact = alike.filter(({ id }) => id === plainWord(typed));
    const deployments = (exact.length > 0 ? exact : alike).map(({ id }) => id);
    return { escalation: null, deployments, typed, left: words.slice(count) };
  }
  return null;
}

/** Nobody says what they mean behind so many words. */
const mostLookedAt = 60;

/**
 * The one thing that is meant anywhere in the words, with all others left; null where none is, or
 * several are.
 */
export function meantAnywhere(
  words: readonly string[],
  deployments: readonly Named[],
): Meant | null {
  const names = known(deployments);
  const found = words.slice(0, mostLookedAt).flatMap((_word, at) => {
    const meant = first(words.slice(at), names);
    return meant ? [{ ...meant, left: [...words.slice(0, at), ...meant.left] }] : [];
  });
  const [only] = found;
  const which = new Set(found.map((target) => target.escalation ?? target.deployments.join(" ")));
  return only && which.size === 1 ? only : null;
}

/** A scope in the words behind a target. */
export interface ScopeMeant {
  /** Null where none was named. */
  readonly to: string | null;
  /** What was named and is no scope, or what one was probably meant by; null where nothing was. */
  readonly unknown: string | null;
  readonly left: readonly string[];
}

const naming: ReadonlySet<string> = new Set(["to", "into", "scope"]);
const leading: ReadonlySet<string> = new Set([...naming, "down", "only"]);

/**
 * `to internal`, `Internal`, `no tools`: the scope that is named right behind the target, or
 * anywhere behind `to`.
 */
export function scopeMeant(
  words: readonly string[],
  { scopes }: Pick<Deployment, "scopes">,
): ScopeMeant {
  const names = [...scopes.map(({ id }) => id), paused];
  const start = afterLeading(words);
  const direct = scopeFirst(start, names);
  if (direct) return { to: direct.scope, unknown: null, left: direct.left };
  const [first = ""] = start;
  if (first === "") return { to: null, unknown: null, left: [] };
  const passed = words.slice(0, words.length - start.length);
  const isNamed = passed.some((word) => naming.has(plainWord(word)));
  if (isNamed || names.some((name) => isNear(first, name)))
    return { to: null, unknown: first, left: start.slice(1) };
  return scopeBehindTo(words, names) ?? { to: null, unknown: null, left: words };
}

function afterLeading(words: readonly string[]): readonly string[] {
  const rest = unfilled(words);
  const [first = ""] = rest;
  return leading.has(plainWord(first)) ? afterLeading(rest.slice(1)) : rest;
}

function scopeFirst(
  words: readonly string[],
  names: readonly string[],
): { readonly scope: string; readonly left: readonly string[] } | null {
  for (let count = Math.min(words.length, 4); count > 0; count -= 1) {
    const said = lettersAndDigits(words.slice(0, count).join(" "));
    const scope = names.find((name) => lettersAndDigits(name) === said);
    if (scope !== undefined) return { scope, left: words.slice(count) };
  }
  return null;
}

function scopeBehindTo(words: readonly string[], names: readonly string[]): ScopeMeant | null {
  for (const [at, word] of words.entries()) {
    const found = plainWord(word) === "to" ? scopeFirst(words.slice(at + 1), names) : null;
    if (found)
      return { to: found.scope, unknown: null, left: [...words.slice(0, at), ...found.left] };
  }
  return null;
}

/**
 * Whether a word looks like a mistyped name: of a short word, one letter is another word already.
 */
function isNear(word: string, name: string): boolean {
  const [said, meant] = [lettersAndDigits(word), lettersAndDigits(name)];
  if (said.length < 4) return false;
  return distance(said, meant) <= (meant.length >= 8 ? 2 : 1);
}

/** The deployments whose ids or names are most like the first words, best first, at most three. */
export function nearestNamed(
  words: readonly string[],
  deployments: readonly Named[],
): readonly string[] {
  const said = [1, 2, 3, 4].map((count) =>
    lettersAndDigits(words.slice(0, count).join(" ")).slice(0, 64),
  );
  const near = ({ id, name }: Named): number =>
    Math.min(
      ...said.flatMap((text) => [
        distance(text, lettersAndDigits(id)),
        distance(text, lettersAndDigits(name)),
      ]),
    );
  return deployments
    .map((deployment) => ({ id: deployment.id, far: near(deployment) }))
    .sort((a, b) => a.far - b.far || (a.id < b.id ? -1 : 1))
    .slice(0, 3)
    .map(({ id }) => id);
}
