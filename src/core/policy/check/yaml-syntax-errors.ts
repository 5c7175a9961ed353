/** What a YAML parser complains of, in words that say what to write. */

/** A complaint: the parser's own word for it, its first line, and where it is. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
}

/** What to write in the place of what cannot be read. */
export function syntaxWords(complaint: Complaint, text: string): string {
  const line = lineAt(text, complaint.offset);
  switch (complaint.code) {
    case "TAB_AS_INDENT":
      return "the line begins with a tab: indent it with spaces";
    case "BLOCK_AS_IMPLICIT_KEY":
      return colonIn(line) ?? misplaced(text, line);
    case "MULTILINE_IMPLICIT_KEY":
      return keyWithoutColon(line) ?? misplaced(text, line);
    case "BAD_INDENT":
      return unclosed(complaint, text) ?? checkLine(line.number);
    case "MISSING_CHAR":
      return quotes.test(complaint.message)
        ? "a quotation mark is opened and not closed: end the text with \" or '"
        : (unclosed(complaint, text) ?? otherwise(complaint, line.number));
    case "BAD_SCALAR_START":
      return quoted(text[complaint.offset] ?? "");
    case "TAG_RESOLVE_FAILED":
      return `tags (!name) are not allowed: ${quoted("!")}`;
    case "UNEXPECTED_TOKEN":
    case "BAD_ALIAS":
      return afterQuote(line) ?? otherwise(complaint, line.number);
    case "MULTIPLE_DOCS":
      return "the file goes on after ---: a policy is one document";
    default:
      return otherwise(complaint, line.number);
  }
}

interface Line {
  readonly number: number;
  /** The whole of it. */
  readonly text: string;
}

function lineAt(text: string, offset: number): Line {
  const before = text.slice(0, offset).split("\n");
  const from = offset - (before.at(-1) ?? "").length;
  const end = text.indexOf("\n", from);
  return { number: before.length, text: text.slice(from, end < 0 ? undefined : end) };
}

const quotes = /quote/i;
const quoted = (sign: string): string => `put a text that begins with ${sign} in quotes`;
const checkLine = (number: number): string =>
  `check the indentation of line ${number}: it must begin in the same column as the other lines of its part`;
const otherwise = ({ message }: Complaint, number: number): string =>
  `${message}: check line ${number} and the line before it`;

/** The parts of `key: text`. */
const pair = /^\s*(?:- )?([^\s:#"'{[][^:]*):\s+(.*?)\s*(?:\s#.*)?$/;

/** A colon in a text that has no quotes would begin another key. */
function colonIn({ text }: Line): string | null {
  const [, key = "", value = ""] = pair.exec(text) ?? [];
  if (!/:(?:\s|$)/.test(value)) return null;
  const sign = value.includes('"') ? "'" : '"';
  const inner = sign === "'" ? value.replaceAll("'", "''") : value;
  const short = [...inner].length > 60 ? `${[...inner].slice(0, 60).join("")}…` : inner;
  return `quote a text that contains a colon: write ${key}: ${sign}${short}${sign}`;
}

function keyWithoutColon({ text }: Line): string | null {
  const bare = text.trim();
  const [, key = "", value = ""] = /^(\w[\w-]*)(?::| +)(\S.*)$/.exec(bare) ?? [];
  if (/:(?:\s|$)/.test(bare)) return null;
  return key === ""
    ? `“${[...bare].slice(0, 40).join("")}” is no key and value: write key: value`
    : `a colon and a space are missing: write ${key}: ${value}`;
}

/**
 * A line that stands further in than a line that already has a value: the parser names the line
 * before it.
 */
function misplaced(text: string, { number }: Line): string {
  const lines = text.split("\n");
  const next = lines.findIndex((line, at) => at >= number && /^\s*[^\s#]/.test(line));
  const indent = (item: string | undefined): number => (item ?? "").search(/\S/);
  const isDeeper = next >= 0 && indent(lines[next]) > indent(lines[number - 1]);
  return checkLine(isDeeper ? next + 1 : number);
}

/** The bracket before a place that nothing closes. */
function unclosed({ message, offset }: Complaint, text: string): string | null {
  const [, close] = /end with a ([\]}])/.exec(message) ?? [];
  if (close === undefined) return null;
  const open = close === "]" ? "[" : "{";
  const code = text.replace(/(?<=^|\s)#.*/gm, (comment) => " ".repeat(comment.length));
  let depth = 0;
  let at = offset - 1;
  for (; at >= 0 && depth >= 0; at -= 1) {
    if (code[at] === close) depth += 1;
    if (code[at] === open) depth -= 1;
  }
  if (depth >= 0) return null;
  const line = lineAt(text, at + 1);
  const comment = /\s#/.test(line.text)
    ? "; what follows a # is a comment, unless it is in quotes"
    : "";
  return `the ${open} in line ${line.number} is not closed: end it with ${close}${comment}`;
}

function afterQuote({ text }: Line): string | null {
  const [, , value = ""] = pair.exec(text) ?? [];
  const first = value[0] ?? "";
  if (`"'`.includes(first) && first !== "")
    return "after the closing quotation mark nothing may follow: put the whole text in quotes";
  return "*&".includes(first) && first !== "" ? quoted(first) : null;
}
