import { distance } from "../did-you-mean.ts";
import { allTogether, type Grouping, type Together } from "../policy/groups.ts";
import { lettersAndDigits, plainWord } from "./phone-typing.ts";

/** What typed words mean where they name a group or a model: `group:agents`, `Model: Aurora 3`. */

/** A group or a model at the beginning of the words, and the words after it. */
export interface TogetherMeant extends Together {
  readonly typed: string;
  readonly left: readonly string[];
}

/** A word that asks for a group or a model that the policy does not have, or has two like it. */
export interface UnknownTogether {
  readonly unknown: string;
  readonly nearest: readonly string[];
}

/** A model may be called in so many words. */
const mostWords = 8;

/**
 * What the words begin with. With a colon nothing else can be meant; without one, `group agents`
 * counts only where there is such a group. Null where they begin with neither.
 */
export function togetherFirst(
  words: readonly string[],
  policy: Grouping,
): TogetherMeant | UnknownTogether | null {
  const said = kindFirst(words);
  if (!said) return null;
  const { kind, behind, isPlain } = said;
  const all = allTogether(policy).filter(({ name }) => name.startsWith(`${kind}:`));
  const found = longest(all, kind, behind);
  if (found && "unknown" in found) return found;
  if (found) return { ...found, typed: words.slice(0, words.length - found.left.length).join(" ") };
  return isPlain
    ? { unknown: `${kind}:${behind[0] ?? ""}`, nearest: nearest(all, `${kind}:${behind[0] ?? ""}`) }
    : null;
}

/** The one group or model that is named with a colon anywhere in the words, with all others left. */
export function togetherAnywhere(words: readonly string[], policy: Grouping): TogetherMeant | null {
  const found = words.flatMap((_word, at) => {
    const rest = words.slice(at);
    const meant = kindFirst(rest)?.isPlain ? togetherFirst(rest, policy) : null;
    return meant && "name" in meant
      ? [{ ...meant, left: [...words.slice(0, at), ...meant.left] }]
      : [];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}

interface SaidKind {
  readonly kind: string;
  readonly behind: readonly string[];
  /** Said with a colon. */
  readonly isPlain: boolean;
}

function kindFirst([first = "", ...rest]: readonly string[]): SaidKind | null {
  const word = first.normalize("NFKC").replace(/[\p{Cf}\p{DI}]/gu, "");
  const [, glued = "", name = ""] = /^[^\p{L}\p{N}]*(group|model)s?[*_`]*:(.*)$/iu.exec(word) ?? [];
  const kind = glued.toLowerCase() || plainWord(word).replace(/s$/, "");
  if (kind !== "group" && kind !== "model") return null;
  const behind = [name, ...rest].filter((each) => plainWord(each) !== "");
  return { kind, behind, isPlain: glued !== "" };
}

/** The longest beginning that is a name; one as it is written goes before one that is alike. */
function longest(
  all: readonly Together[],
  kind: string,
  words: readonly string[],
): Omit<TogetherMeant, "typed"> | UnknownTogether | null {
  for (let count = Math.min(words.length, mostWords); count > 0; count -= 1) {
    const typed = words.slice(0, count).join(" ");
    const alike = all.filter(
      ({ name }) => lettersAndDigits(name) === `${kind}${lettersAndDigits(typed)}`,
    );
    const exact = alike.filter(({ name }) => name.toLowerCase() === `${kind}:${plainWord(typed)}`);
    const [meant, ...others] = exact.length > 0 ? exact : alike;
    if (!meant) continue;
    if (others.length === 0) return { ...meant, left: words.slice(count) };
    return { unknown: `${kind}:${typed}`, nearest: [meant, ...others].map(({ name }) => name) };
  }
  return null;
}

const nearest = (all: readonly Together[], typed: string): readonly string[] =>
  all
    .map(({ name }) => ({
      name,
      far: distance(lettersAndDigits(name), lettersAndDigits(typed).slice(0, 64)),
    }))
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
