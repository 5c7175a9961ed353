import { plainWord } from "./phone-typing.ts";

/** A typed line taken apart: the command, its words, and the reason. */

export interface TypedLine {
  /** The command as it is called here; "" where nothing was said. */
  readonly verb: string;
  /** Whether the line begins with that very word, in any capitals. */
  readonly isPlain: boolean;
  /** What was typed for it. */
  readonly typed: string;
  readonly words: readonly string[];
  readonly reason: string;
}

/** Other words for stopping. Nothing that widens has another word. */
const synonyms: ReadonlyMap<string, string> = new Map(
  ["stop", "halt", "kill"].map((word) => [word, "pause"]),
);

/** What people say to somebody before they say what they want. */
const greetings: ReadonlySet<string> = new Set([
  "please",
  "pls",
  "plz",
  "kindly",
  "hey",
  "hi",
  "hello",
  "ok",
  "okay",
  "holdpoint",
  "just",
  "can",
  "could",
  "would",
  "will",
  "you",
  "we",
  "lets",
  "i",
  "id",
  "im",
  "am",
  "like",
  "want",
  "need",
  "must",
  "have",
  "to",
  "emergency",
  "urgent",
]);

/**
 * An emoji as Slack writes it in a text, `:octagonal_sign:`, where no letter or digit is on both
 * sides of it.
 */
const emoji = /(?<![\p{L}\p{N}]):[a-z+-][\w+'-]*:|:[a-z+-][\w+'-]*:(?![\p{L}\p{N}])/giu;

/** Whether a word stops something. */
export function isStop(word: string): boolean {
  return ["pause", "narrow"].includes(commandMeant(word));
}

/** “stop!HP-1”: a stop with its target right behind it is two words. */
function apart(word: string): readonly string[] {
  const [, verb = "", rest = ""] = /^[^\p{L}]*(\p{L}+)[^\p{L}\p{N}]+(.+)$/u.exec(word) ?? [];
  return isStop(verb) && plainWord(rest) !== "" ? [verb, rest] : [word];
}

/** The command that a word means. */
export function commandMeant(word: string): string {
  const said = plainWord(word);
  return synonyms.get(said) ?? said;
}

/** Takes a line apart. `isCommand`: whether there is a command of this name. */
export function parseLine(text: string, isCommand: (name: string) => boolean): TypedLine {
  const line = text.replace(/\s+/gu, " ").trim();
  const whole = unwrapped(line);
  const { head, reason } = splitAtReason(whole);
  const said = head
    .replace(emoji, " ")
    .split(" ")
    .filter((word) => plainWord(word) !== "");
  const lead = said.findIndex((word) => !isGreeting(word));
  const words = said.flatMap((word, at) => (at === lead ? apart(word) : [word]));
  const at = verbAt(words, isCommand);
  const typed = words[at] ?? "";
  const verb = commandMeant(typed);
  const first = line.split(" ")[0] ?? "";
  const isPlain = first.toLowerCase().replace(/^\//, "") === verb;
  const behind = words.slice(at + 1);
  // “back” takes an absence back.
  if (verb === "back" && isCommand("away"))
    return { verb: "away", isPlain, typed, words: [...behind, "until", "now"], reason };
  return { verb, isPlain, typed, words: behind, reason };
}

const isGreeting = (word: string): boolean => greetings.has(plainWord(word).replace(/['’]/gu, ""));

/** Where the command stands: first, or behind a greeting. */
function verbAt(words: readonly string[], isCommand: (name: string) => boolean): number {
  const at = words.findIndex((word) => !isGreeting(word));
  const verb = commandMeant(words[at] ?? "");
  return at > 0 && (isCommand(verb) || verb === "back") ? at : 0;
}

/** The reason is what follows the first " because ", whatever marks stand around that word. */
export function splitAtReason(line: string): { readonly head: string; readonly reason: string } {
  const found =
    /(?:^|[\s\p{Cf}])[\p{P}\p{S}\p{Cf}]{0,8}because[\p{P}\p{S}\p{Cf}]{0,8}(?:\s|$)/iu.exec(line);
  if (!found) return { head: line, reason: "" };
  return {
    head: line.slice(0, found.index).trim(),
    reason: line.slice(found.index + found[0].length).trim(),
  };
}

const pairs: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "*": "*",
  _: "_",
  "~": "~",
  "“": "”",
  "„": "“",
  "‘": "’",
  "«": "»",
  "»": "«",
  "‹": "›",
};

/** A line that stands in quotes or marks as a whole, without them. */
function unwrapped(line: string): string {
  const closing = pairs[line.slice(0, 1)];
  if (closing === undefined || line.length < 2 || !line.endsWith(closing)) return line;
  const inner = line.slice(1, -1);
  // Two words in quotes each are no line in quotes.
  return inner.includes(closing) && !/^(.)\1*$/u.test(line.slice(0, 2))
    ? line
    : unwrapped(inner.trim());
}
