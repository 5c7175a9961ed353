/**
 * Deeper nesting is refused: no entry needs it, and a recursive reader must not run out of stack.
 */
const DEEPEST = 64;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const LITERALS = new Map(
  ["true", "false", "null"].map((word) => [word.charCodeAt(0), ascii(word)]),
);

/**
 * Reads canonical JSON (docs/log-format.md §1) in place: it says where a value ends, or where it
 * stops being canonical.
 *
 * Scanning instead of `JSON.parse` refuses what a parser forgives (a key twice, spaces, another
 * order, another escape), and costs less than the SHA-256 of the same bytes would without hardware
 * for it.
 */
export class Scanner {
  /**
   * Where the value of each watched key of the outermost object began in the last `line`; -1 = it,
   * or one watched before it, is not there.
   */
  readonly starts: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #words: DataView;
  readonly #watched: readonly Uint8Array[];
  /**
   * Whether the last string was ASCII without escapes, so that its bytes compare like its code
   * units.
   */
  #simple = true;
  /** Which watched key is looked for: like all keys they come in ascending order. */
  #next = 0;

  /** `watched`: ASCII keys in ascending order. */
  constructor(bytes: Uint8Array, watched: readonly string[] = []) {
    this.#bytes = bytes;
    this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#watched = watched.map(ascii);
    this.starts = new Int32Array(watched.length);
  }

  /**
   * The position after the canonical object that begins at `at`; else, as `~position` (negative),
   * the first byte that fits none.
   */
  line(at: number): number {
    this.starts.fill(-1);
    this.#next = 0;
    return this.#bytes[at] === OPEN_OBJECT ? this.#object(at, 0) : ~at;
  }

  #value(at: number, depth: number): number {
    const first = this.#bytes[at];
    if (first === QUOTE) return this.#string(at);
    if (first === OPEN_OBJECT) return depth < DEEPEST ? this.#object(at, depth) : ~at;
    if (first === OPEN_LIST) return depth < DEEPEST ? this.#list(at, depth) : ~at;
    return this.#literal(at);
  }

  #object(at: number, depth: number): number {
    const bytes = this.#bytes;
    if (bytes[at + 1] === CLOSE_OBJECT) return at + 2;
    let position = at;
    let before = -1;
    let simple = true;
    do {
      const key = position + 1;
      const value = this.#key(key);
      if (value < 0) return value;
      simple = simple && this.#simple;
      if (!this.#ascends(before, key, simple)) return ~key;
      if (depth === 0) this.#watch(key + 1, value - 2, value);
      before = key;
      position = this.#value(value, depth + 1);
    } while (position >= 0 && bytes[position] === COMMA);
    return this.#closed(position, CLOSE_OBJECT);
  }

  /** A string and its colon. */
  #key(at: number): number {
    if (this.#bytes[at] !== QUOTE) return ~at;
    const end = this.#string(at);
    if (end < 0) return end;
    return this.#bytes[end] === COLON ? end + 1 : ~end;
  }

  #list(at: number, depth: number): number {
    if (this.#bytes[at + 1] === CLOSE_LIST) return at + 2;
    let position = at;
    do {
      position = this.#value(position + 1, depth + 1);
    } while (position >= 0 && this.#bytes[position] === COMMA);
    return this.#closed(position, CLOSE_LIST);
  }

  /** `position` is what came of the last member. */
  #closed(position: number, bracket: number): number {
    if (position < 0) return position;
    return this.#bytes[position] === bracket ? position + 1 : ~position;
  }

  /**
   * RFC 8785 §3.2.3: keys ascend by UTF-16 code units. Positions are those of opening quotes;
   * before = -1: the first key.
   */
  #ascends(before: number, key: number, simple: boolean): boolean {
    if (before < 0) return true;
    if (!simple) return this.#textAt(before) < this.#textAt(key);
    const bytes = this.#bytes;
    let i = 1;
    while (bytes[before + i] === bytes[key + i] && bytes[key + i] !== QUOTE) i += 1;
    const left = bytes[before + i] ?? 0;
    const right = bytes[key + i] ?? 0;
    return right !== QUOTE && (left === QUOTE || left < right);
  }

  #watch(from: number, to: number, value: number): void {
    const word = this.#watched[this.#next];
    if (word !== undefined && word.length === to - from && this.reads(from, word)) {
      this.starts[this.#next] = value;
      this.#next += 1;
    }
  }

  /** Whether these bytes stand there. */
  reads(at: number, word: Uint8Array): boolean {
    for (let i = 0; i < word.length; i += 1) if (this.#bytes[at + i] !== word[i]) return false;
    return true;
  }

  #string(at: number): number {
    const end = this.#plainUntil(at + 1);
    this.#simple = this.#bytes[end] === QUOTE;
    return this.#simple ? end + 1 : this.#otherString(at, end);
  }

  /**
   * The first byte from `at` on that ends a plain ASCII run: a quote, a backslash, a control
   * character or a byte ≥ 0x80.
   */
  #plainUntil(at: number): number {
    const words = this.#words;
    const last = words.byteLength - 4;
    let i = at;
    while (i <= last) {
      // Four bytes at once. A high bit is set in `stop` for each byte that ends the run; borrows
      // only travel upwards, so the lowest is exact.
      const w = words.getInt32(i, true);
      const quote = (w ^ 0x22222222) - 0x01010101;
      const backslash = (w ^ 0x5c5c5c5c) - 0x01010101;
      const stop = (w | (w - 0x20202020) | quote | backslash) & 0x80808080;
      if (stop !== 0) return i + ((31 - Math.clz32(stop & -stop)) >> 3);
      i += 4;
    }
    while (isPlain(this.#bytes[i])) i += 1;
    return i;
  }

  /** A string with an escape or a byte ≥ 0x80 in it: rare, so it may cost a decode. */
  #otherString(at: number, from: number): number {
    const bytes = this.#bytes;
    let i = from;
    while (bytes[i] !== QUOTE) {
      const byte = bytes[i] ?? 0;
      if (byte < 0x20) return ~i;
      i += byte === BACKSLASH ? 2 : 1;
    }
    return this.#isCanonicalString(at, i + 1) ? i + 1 : ~from;
  }

  #isCanonicalString(at: number, end: number): boolean {
    try {
      const text = utf8.decode(this.#bytes.subarray(at, end));
      const value: unknown = JSON.parse(text);
      return JSON.stringify(value) === text && !/\p{Cs}/u.test(String(value));
    } catch {
      return false; // no UTF-8, or an escape JSON does not have
    }
  }

  /** The text of the canonical string whose opening quote is at `at`. */
  #textAt(at: number): string {
    const value: unknown = JSON.parse(utf8.decode(this.#bytes.subarray(at, this.#string(at))));
    return String(value);
  }

  #literal(at: number): number {
    const first = this.#bytes[at] ?? 0;
    const word = LITERALS.get(first);
    if (word === undefined) return this.#integer(at);
    for (let i = 0; i < word.length; i += 1) if (this.#bytes[at + i] !== word[i]) return ~(at + i);
    return at + word.length;
  }

  /** -?(0|[1-9][0-9]*) within ±(2^53 - 1), never -0. */
  #integer(at: number): number {
    const bytes = this.#bytes;
    const from = bytes[at] === MINUS ? at + 1 : at;
    let i = from;
    let value = 0;
    while (isDigit(bytes[i])) {
      value = value * 10 + ((bytes[i] ?? ZERO) - ZERO);
      i += 1;
    }
    if (i === from) return ~i;
    if (!Number.isSafeInteger(value)) return ~from;
    const leadingZero = bytes[from] === ZERO && (i > from + 1 || from > at);
    return leadingZero ? ~from : i;
  }
}

const isPlain = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH;

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= NINE;
