import {
  commandMeant,
  isStop,
  parseLine,
  type TypedLine,
} from "../../core/command-line/parse-line.ts";
import { nearestNames } from "../../core/did-you-mean.ts";
import type { Refusal } from "../../core/state/refusal.ts";
import { storable } from "../../core/text.ts";
import * as words from "../../core/words/typed-line.ts";
import { clipped } from "../../core/words/words.ts";
import type { FormField, Reply } from "../ports.ts";
import type { CommandReply, CommandResult } from "./command.ts";

/**
 * What somebody typed, read as a command: what is understood of it, what is not, and what becomes
 * of each word.
 */

/**
 * The most a line may hold. What restricts is cut and says so, as a reason at 3 am may ramble;
 * everything else is refused.
 */
const longestLine = 4_000;
/** What a form's field takes in every chat. */
const longestInForm = 2_000;

export interface ReadLine extends TypedLine {
  /** How long it was, where that is too long; else null. */
  readonly tooLong: number | null;
  /** A stop that was said behind it, which is not done with it; "" = none. */
  readonly stop: string;
}

/** Reads a line. `commands`: those there are. */
export function readLine(text: string, commands: readonly { readonly name: string }[]): ReadLine {
  const line = storable(text);
  const isCommand = (name: string) => commands.some((command) => command.name === name);
  if (line.length <= longestLine) {
    const typed = parseLine(line, isCommand);
    return { ...typed, tooLong: null, stop: stopBehind(text, typed, isCommand) };
  }
  const cut = line.slice(0, longestLine).replace(/[\uD800-\uDBFF]$/, "");
  return { ...parseLine(`${cut}…`, isCommand), tooLong: line.length, stop: "" };
}

/**
 * A stop that begins a later line, or stands behind a command that stops nothing, with what it
 * names.
 */
function stopBehind(
  text: string,
  { verb, words: said }: TypedLine,
  isCommand: (name: string) => boolean,
): string {
  const [, ...later] = text.split("\n").filter((laterLine) => laterLine.trim() !== "");
  const stops = later.filter((laterLine) => {
    const { typed, words: what } = parseLine(laterLine, isCommand);
    return isStop(typed) && what.length > 0;
  });
  if (stops[0] !== undefined) return storable(stops[0]).trim();
  const at = said.findIndex((word, i) => i > 0 && isStop(word) && i < said.length - 1);
  return isStop(verb) || verb === "breakglass" || at < 0 ? "" : said.slice(at).join(" ");
}

/** The answer with the stop that was not done, on a button. */
export function withStop(answer: Reply, { stop }: ReadLine): Reply {
  return stop === ""
    ? answer
    : {
        ...answer,
        text: `${answer.text} ${words.stopNotDone(stop)}`,
        choices: [
          ...answer.choices,
          { label: labelOf(stop), command: stop, style: "danger", form: null },
        ],
      };
}

const labelOf = (line: string): string =>
  clipped(`${line.slice(0, 1).toUpperCase()}${line.slice(1)}`, 60);

/**
 * What gives somebody more, or ends a question without a stop: it is done only where the line
 * begins with this very word.
 */
const saidPlainly: ReadonlySet<string> = new Set(["resume", "undo", "keep", "breakglass"]);

/** Whether nothing but a stop can come of a line. */
const restricts = ({ verb, words: [first = ""] }: TypedLine): boolean =>
  ["pause", "narrow"].includes(verb === "breakglass" ? commandMeant(first) : verb);

/** Why a line is not done as it stands; null where it is. */
export function unreadable(
  line: ReadLine,
  commands: readonly { readonly name: string }[],
): Refusal | null {
  const { verb, typed, isPlain, tooLong } = line;
  const names = commands.map(({ name }) => name);
  if (!names.includes(verb))
    return { refused: "unknown-command", name: verb, nearest: nearestNames(verb, names) };
  if (restricts(line)) return null;
  if (tooLong !== null) return { refused: "too-long", length: tooLong, most: longestLine };
  return saidPlainly.has(verb) && !isPlain ? { refused: "say-plainly", verb, typed } : null;
}

/** The commands that put a reason on the record. */
const keepReasons: ReadonlySet<string> = new Set([
  "ack",
  "narrow",
  "pause",
  "resume",
  "retest",
  "monitor",
  "keep",
  "undo",
  "reason",
  "breakglass",
  "raise",
  "reassess",
  "redact",
  "legal-hold",
]);

/** Those of them that answer in their own words where nothing was recorded. */
const refuseThemselves: ReadonlySet<string> = new Set(["redact", "legal-hold"]);

/**
 * The answer with what became of the reason: filled in where a form asks for one, and said where it
 * is cut or not kept.
 */
export function withKept(reply: CommandResult, line: ReadLine): CommandResult {
  if ("refusal" in reply) return reply;
  const { verb, reason, tooLong } = line;
  const filled = reply.form ? inForm(reply, reply.form, reason) : null;
  if (filled) return filled;
  const isLost = reason !== "" && (reply.form != null || !keepReasons.has(verb));
  const isRefused = reply.ok === false && reason !== "" && refuseThemselves.has(verb);
  const more = [
    ...(isRefused ? [words.notRecorded(reason)] : []),
    ...(isLost ? [words.notKept(verb, reason)] : []),
    ...(tooLong === null ? [] : [words.cut(tooLong, longestLine)]),
  ];
  return { ...reply, text: [reply.text, ...more].join(" ") };
}

type Form = NonNullable<CommandReply["form"]>;

/** Null where the form has no place for it. */
function inForm(
  reply: CommandReply,
  { command, fields }: Form,
  reason: string,
): CommandResult | null {
  if (reason === "") return reply;
  if (!fields.some(({ name }) => name === "reason")) return null;
  if (reason.length > longestInForm) {
    const refusal = { length: reason.length, most: longestInForm };
    return { refusal: { refused: "too-long-for-form", ...refusal }, deployment: "" };
  }
  const fill = (field: FormField): FormField =>
    field.name === "reason" ? { ...field, value: reason } : field;
  return { ...reply, form: { command, fields: fields.map(fill) } };
}
