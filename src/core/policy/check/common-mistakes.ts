/** What people write in a condition that other languages would take, and what to write instead. */

/** A condition, or an expression of a mapping. */
export type Written = "condition" | "expression";

type Slip = readonly [
  pattern: RegExp,
  /** What to write; null where it is none after all. */
  instead: (found: RegExpExecArray, code: string) => string | null,
];

/** A number as CEL writes a share: 3 % is 0.03. */
function share(percent: string): string {
  const value = Number((Number(percent.replace(",", ".")) / 100).toPrecision(12));
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

const slips: readonly Slip[] = [
  [/[“”„‘’«»]/g, () => 'write straight quotes around text, like "eval"'],
  [
    // Not the remainder: a value would follow.
    /(?<![\w.])(\d+(?:[.,]\d+)?)\s*(?:%(?!\s*(?!(?:and|or)\b)[\w."'(])|per ?cent\b)/gi,
    ([, number = ""]) => `${number}% is not a number here: write ${share(number)}`,
  ],
  [
    /(?<![\w.])(\d+),(\d+)(?!\s*%)/g,
    ({ 1: a, 2: b, index }, code) =>
      isInBrackets(code, index) ? null : `write ${a}.${b} with a point, not ${a},${b}`,
  ],
  [/!==|<>|≠|\bis\s+not\b/gi, ([sign = ""]) => `use != where two things differ, not ${sign}`],
  [/===|\bis\b(?!\s+not\b)/gi, ([sign = ""]) => `use == to compare, not ${sign}`],
  [/=>|≥/g, ([sign = ""]) => `write >= for at least, not ${sign}`],
  [/=<|≤/g, ([sign = ""]) => `write <= for at most, not ${sign}`],
  [/(?<![=!<>])=(?![=<>])/g, () => "use == to compare, not ="],
  [/(?<![\w.&])(?:and\b|&(?!&))/gi, ([sign = ""]) => `write && for ${named(sign, "and")}`],
  [/(?<![\w.|])(?:or\b|\|(?!\|))/gi, ([sign = ""]) => `write || for ${named(sign, "or")}`],
  [/(?<![\w.])not\s+in\b/gi, () => "write !(a in b) for a not in b"],
  [/(?<![\w.]|\bis\s+)not\b(?!\s+in\b)/gi, () => "write ! for not, like !has(signal.value)"],
  [
    /(\w[\w.]*)\s+(contains|startsWith|endsWith)\s+(?=["'])/g,
    ([, of = "", name = ""]) => `write ${of}.${name}("…")`,
  ],
];

const named = (sign: string, word: string): string =>
  /\w/.test(sign) ? word : `${word}, not ${sign}`;

/** Every slip in a text that cannot be read, each with what to write and where. */
function slipsIn(source: string, written: Written): readonly string[] {
  const code = withoutText(source);
  const found = slips.flatMap(([pattern, instead]) =>
    [...code.matchAll(pattern)].flatMap((match) => {
      const said = instead(match, code);
      return said === null ? [] : [{ at: match.index, said }];
    }),
  );
  const open = found.length === 0 ? openIn(code) : null;
  return [...found, ...(open ? [open] : [])]
    .sort((a, b) => a.at - b.at)
    .filter(({ said }, at, all) => all.findIndex((open) => open.said === said) === at)
    .map(({ at, said }) => `${said} (character ${at + 1} of the ${written}).`);
}

/** There a comma separates. */
function isInBrackets(code: string, at: number): boolean {
  const before = code.slice(0, at);
  const count = (signs: RegExp): number => before.match(signs)?.length ?? 0;
  return count(/[([]/g) > count(/[)\]]/g);
}

/** Text in quotes becomes blanks: what is written in it is nobody's slip. Places stay. */
const withoutText = (source: string): string =>
  source.replace(
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gs,
    (text) => `${text[0]}${"\u00a0".repeat(text.length - 2)}${text[0]}`,
  );

interface Open {
  readonly at: number;
  readonly said: string;
}

function openIn(code: string): Open | null {
  const quote = code.replace(/(["'])\u00a0*\1/g, (text) => " ".repeat(text.length)).search(/["']/);
  if (quote >= 0)
    return { at: quote, said: `a quotation mark is not closed: end the text with ${code[quote]}` };
  const opened: number[] = [];
  for (const [at, sign] of [...code].entries()) {
    if ("([".includes(sign)) opened.push(at);
    if (")]".includes(sign) && opened.pop() === undefined)
      return { at, said: `there is one ${sign} too many: take it out` };
  }
  const last = opened.at(-1);
  if (last === undefined) return null;
  const close = code[last] === "(" ? ")" : "]";
  return { at: last, said: `a ${code[last]} is not closed: write ${close} where it ends` };
}

const likeThis = 'like signal.kind == "eval" && signal.value > 0.05';

/** Why a text cannot be read, each reason with what to write. `at` is where the engine gave up. */
export function unreadable(source: string, at: number, written: Written): readonly string[] {
  if (source.trim() === "") return [`the ${written} is empty: write what must be so, ${likeThis}.`];
  const found = slipsIn(source, written);
  if (found.length > 0) return found;
  const rest = source.slice(at).trim();
  const where = `at character ${at + 1} of the ${written}`;
  return [
    rest === ""
      ? `the ${written} ends before it is complete, ${where}: write on, ${likeThis}.`
      : `the ${written} cannot be read from “${[...rest].slice(0, 30).join("")}” on, ${where}: write comparisons joined by && or ||, ${likeThis}.`,
  ];
}

const typeWords: Readonly<Record<string, string>> = {
  double: "a number",
  int: "a whole number",
  string: "text",
  bool: "true or false",
};

const alone =
  'is not true or false: compare it with something, like signal.metric == "mean" or signal.value > 0.05';

const notAsked =
  /^(?:Logical operator requires bool operands|Ternary condition must be bool), got '(\w+)'$|^no such overload: !(\w+)$/;

/**
 * Things that an operator does not take, with what to write; undefined where the engine complains
 * of something else.
 */
export function unfit(summary: string): string | undefined {
  const [, given, negated] = notAsked.exec(summary) ?? [];
  const item = given ?? negated;
  if (item !== undefined)
    return `${wordFor(item)} ${alone}${negated ? "; brackets say what ! is for, like !(a == b)" : ""}`;
  const [, left = "", sign = "", right = ""] =
    /^no such overload: (\S+) (\S+) (\S+)$/.exec(summary) ?? [];
  return sign === "" ? undefined : unlike(left, sign, right);
}

function unlike(left: string, sign: string, right: string): string {
  if (sign === "%")
    return "there is no remainder (%) of a signal's numbers; a share is written 0.03, not 3%";
  const sides = [left, right];
  const hasNumber = sides.some((side) => ["double", "int"].includes(side));
  if (hasNumber && sides.includes("bool"))
    return "one comparison at a time: write 0.1 < signal.value && signal.value < 0.3";
  const how = sign === "+" ? "is added to" : "is compared with";
  const what = `${wordFor(left)} ${how} ${wordFor(right)} (${left} ${sign} ${right})`;
  return hasNumber && sides.includes("string")
    ? `${what}: write a number without quotes, a share as 0.03`
    : `${what}: compare like with like`;
}

const wordFor = (type: string): string => typeWords[type] ?? type;

/** A name that is no variable: a field without its signal., a word without its quotes. */
export function unnamed(name: string, fields: readonly string[]): string {
  const small = name.toLowerCase();
  if (small === "true" || small === "false") return `write ${small} in small letters, not ${name}.`;
  if (fields.includes(name)) return `there is nothing called “${name}”: write signal.${name}.`;
  return `there is nothing called “${name}”: text is written in quotes, "${name}", and a field with signal. before it, like signal.value.`;
}
