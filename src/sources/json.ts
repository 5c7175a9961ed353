/** The deepest nesting that is read. It is measured before parsing, in one pass over the text. */
const deepestJson = 64;

/**
 * Reads a body as JSON; `unmapped` is a sentence that says why it cannot be read. If a key is
 * repeated, the last value counts, as with `JSON.parse`. `NaN` and `Infinity`, which Python's
 * `json.dumps` writes as bare words, become strings of that name, so that a failed measurement is
 * noticed.
 */
export function readJson(
  body: Uint8Array,
): { readonly value: unknown } | { readonly unmapped: string } {
  if (body.length === 0) return { unmapped: "The body is empty." };
  const text = utf8(body);
  if (text === null) return { unmapped: "The body is not UTF-8." };
  const { depth, words } = scan(text);
  if (depth > deepestJson) {
    return { unmapped: `The body is nested deeper than ${deepestJson} levels.` };
  }
  try {
    return { value: JSON.parse(quoted(text, words)) };
  } catch {
    return { unmapped: "The body is not JSON." };
  }
}

/** The values of the lines; `unread` lines could not be read, the first of them `because`. */
interface Lines {
  readonly value: readonly unknown[];
  readonly unread: number;
  readonly because: string;
}

/**
 * Reads JSON Lines (https://jsonlines.org): a JSON value on each line, blank lines ignored.
 * Unreadable lines are counted: a writer that was killed leaves its last line unfinished.
 */
export function readJsonLines(body: Uint8Array): Lines | { readonly unmapped: string } {
  if (body.length === 0) return { unmapped: "The body is empty." };
  const text = utf8(body);
  if (text === null) return { unmapped: "The body is not UTF-8." };
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const read = lines.map((line) => readJson(Buffer.from(line)));
  const value = read.flatMap((element) => ("value" in element ? [element.value] : []));
  const because =
    read.flatMap((element) => ("unmapped" in element ? [element.unmapped] : []))[0] ?? "";
  const told = because.replace("The body", "A line");
  if (value.length === 0) return { unmapped: told || "The body is empty." };
  return { value, unread: lines.length - value.length, because: told };
}

function utf8(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

interface Word {
  readonly from: number;
  readonly to: number;
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * The depth of nesting, and the positions of the bare words NaN and Infinity outside of strings.
 */
function scan(text: string): { readonly depth: number; readonly words: readonly Word[] } {
  const words: Word[] = [];
  let open = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
    } else {
      open += step(code);
      depth = Math.max(depth, open);
      const word = wordAt(text, at, code);
      if (word) words.push(word);
    }
  }
  return { depth, words };
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at += 1;
  }
  return text.length;
}

/** +1 for `[` and `{`, -1 for `]` and `}`, else 0. */
function step(code: number): number {
  if (code === 0x5b || code === 0x7b) return 1;
  return code === 0x5d || code === 0x7d ? -1 : 0;
}

function wordAt(text: string, at: number, code: number): Word | null {
  if (code === 0x4e && text.startsWith("NaN", at)) return { from: at, to: at + 3 };
  if (code !== 0x49 || !text.startsWith("Infinity", at)) return null;
  return { from: text[at - 1] === "-" ? at - 1 : at, to: at + 8 };
}

function quoted(text: string, words: readonly Word[]): string {
  let done = 0;
  const pieces: string[] = [];
  for (const { from, to } of words) {
    pieces.push(text.slice(done, from), `"${text.slice(from, to)}"`);
    done = to;
  }
  pieces.push(text.slice(done));
  return pieces.join("");
}
