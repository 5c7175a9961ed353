import { ENTRY_LIMIT } from "./bytes.ts";
import { Scanner } from "./canonical-json-scanner.ts";
import { type FileBytes, type FileLine, linesIn } from "./file-lines.ts";
import { GrowingTree } from "./incremental-tree.ts";
import type { Rotation } from "./key-chain.ts";
import { HASH_SIZE } from "./merkle.ts";
import { StatedLeaves } from "./stated-leaves.ts";

/** The first entry that is wrong, and what is wrong with it: words for people. */
interface Fault {
  readonly index: number;
  readonly because: string;
}

/** What one pass over `entries.jsonl` found. Nothing in it is a verdict yet. */
export interface Walk {
  /** Whole lines. */
  readonly count: number;
  /** Whether the file ends inside a line. */
  readonly cut: boolean;
  /** The first entry whose form is wrong. */
  readonly fault: Fault | null;
  /** The first entry whose leaf hash is not the stated one; null too when none was stated. */
  readonly differs: number | null;
  /** How many leaf hashes were stated; null = there is no such file, or it is not well formed. */
  readonly stated: number | null;
  /** Roots of the first n entries, for each n that was asked for and reached. */
  readonly roots: ReadonlyMap<number, Uint8Array>;
  /** Policy digests the log names as adopted. */
  readonly adopted: readonly { readonly index: number; readonly digest: string }[];
  /** Entries that hand the log over to another key. */
  readonly rotations: readonly Rotation[];
}

const WATCHED = ["at", "kind", "origin", "v"];
const DIGIT = 0x64;

const utf8 = new TextEncoder();
const AT_SHAPE = utf8.encode('"dddd-dd-ddTdd:dd:dd.dddZ"');
const ADOPTED = utf8.encode('"policy.adopted"');
const ROTATED = utf8.encode('"key.rotated"');
const QUOTE = utf8.encode('"');

/** Reads every line once: its form, its leaf hash, its place in time. */
export function checkEntries(
  entries: FileBytes,
  asked: {
    readonly origin: string;
    /** The file `leaves`; null = there is none. */
    readonly leaves: FileBytes | null;
    readonly sizes: ReadonlySet<number>;
  },
): Walk {
  return new Walker(asked).checkEntries(entries);
}

class Walker {
  readonly #asked: Parameters<typeof checkEntries>[1];
  #bytes: Uint8Array = new Uint8Array();
  #scanner = new Scanner(this.#bytes, WATCHED);
  readonly #origin: Uint8Array;
  readonly #tree = new GrowingTree();
  readonly #leaves: StatedLeaves | null;
  /** RFC 6962 §2.1: 0x00 || entry. Used again for every line. */
  readonly #prefixed = new Uint8Array(1 + ENTRY_LIMIT);
  readonly #roots = new Map<number, Uint8Array>();
  readonly #adopted: { index: number; digest: string }[] = [];
  readonly #rotations: Rotation[] = [];
  #fault: Fault | null = null;
  #differs: number | null = null;
  /** The last good `at`, with its quotes. */
  readonly #lastAt = new Uint8Array(AT_SHAPE.length);
  #hasLastAt = false;

  constructor(asked: Parameters<typeof checkEntries>[1]) {
    this.#asked = asked;
    this.#origin = utf8.encode(JSON.stringify(asked.origin));
    this.#leaves = asked.leaves === null ? null : new StatedLeaves(asked.leaves);
  }

  checkEntries(entries: FileBytes): Walk {
    let whole = true;
    this.#keepRoot();
    for (const line of linesIn(entries)) whole = this.#line(line);
    this.#leaves?.drain();
    const isStated = this.#leaves?.isWellFormed === true;
    return {
      count: this.#tree.size,
      cut: !whole,
      fault: this.#fault,
      differs: isStated ? this.#differs : null,
      stated: isStated ? (this.#leaves?.count ?? null) : null,
      roots: this.#roots,
      adopted: this.#adopted,
      rotations: this.#rotations,
    };
  }

  /** Takes in a line; false = the file was cut inside it. */
  #line({ bytes, from, to, isWhole }: FileLine): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#scanner = new Scanner(bytes, WATCHED);
    }
    const read = this.#scanner.line(from);
    const stop = read < 0 ? ~read : read;
    // A last line without its newline was cut off if nothing in what is left of it is wrong; else
    // it was changed.
    if (!isWhole && stop >= to) return false;
    this.#judge(from, to, isWhole && read === to ? -1 : stop);
    this.#hash(from, to);
    return true;
  }

  /**
   * Notes what is wrong with the form of a line, if nothing was before. `stop` = where its form
   * breaks, -1 = nowhere.
   */
  #judge(from: number, to: number, stop: number): void {
    const because = this.#objection(from, to, stop);
    if (because === "") return;
    this.#fault ??= { index: this.#tree.size, because };
  }

  #objection(from: number, to: number, stop: number): string {
    if (stop >= 0) return `it is not canonical JSON from byte ${stop - from} of its line on`;
    if (to - from > ENTRY_LIMIT) return `it is longer than ${ENTRY_LIMIT} bytes`;
    // In the order of WATCHED: the scanner looks for none behind a missing one.
    const { starts } = this.#scanner;
    return (
      this.#timeObjection(starts[0] ?? -1) ||
      this.#kindObjection(starts[1] ?? -1, from, to) ||
      this.#baseObjection(starts[2] ?? -1, starts[3] ?? -1)
    );
  }

  #baseObjection(origin: number, v: number): string {
    if (origin < 0 || !this.#scanner.reads(origin, this.#origin)) {
      return `its origin is not "${this.#asked.origin}"`;
    }
    const item = v >= 0 && this.#bytes[v] === 0x31 && !isDigit(this.#bytes[v + 1]);
    return item ? "" : "its v is not 1";
  }

  #timeObjection(at: number): string {
    if (at < 0) return "it has no at";
    const same = this.#hasLastAt ? this.#sameUntil(at) : 0;
    if (!this.#isTimeFrom(at, same)) return "its at is no time in UTC with milliseconds";
    const earlier = (this.#bytes[at + same] ?? 0) < (this.#lastAt[same] ?? 0);
    if (this.#hasLastAt && earlier) return "its at is before that of the entry above it";
    for (let i = same; i < AT_SHAPE.length; i += 1) this.#lastAt[i] = this.#bytes[at + i] ?? 0;
    this.#hasLastAt = true;
    return "";
  }

  /**
   * How many bytes of two times are the same. What equals a good time is good, and times of one
   * shape compare as text.
   */
  #sameUntil(at: number): number {
    const bytes = this.#bytes;
    let i = 0;
    while (i < AT_SHAPE.length && bytes[at + i] === this.#lastAt[i]) i += 1;
    return i;
  }

  #isTimeFrom(at: number, from: number): boolean {
    for (let i = from; i < AT_SHAPE.length; i += 1) {
      const byte = this.#bytes[at + i];
      if (AT_SHAPE[i] === DIGIT ? !isDigit(byte) : AT_SHAPE[i] !== byte) return false;
    }
    return true;
  }

  /** Keeps the digest of each policy the log says was adopted, and each key that it names. */
  #kindObjection(kind: number, from: number, to: number): string {
    if (kind < 0 || !this.#scanner.reads(kind, QUOTE)) return "it has no kind";
    if (this.#scanner.reads(kind + 1, QUOTE)) return "its kind is empty";
    const isRotation = this.#scanner.reads(kind, ROTATED);
    if (!isRotation && !this.#scanner.reads(kind, ADOPTED)) return "";
    const read: unknown = JSON.parse(new TextDecoder().decode(this.#bytes.subarray(from, to)));
    const entry: Readonly<Record<string, unknown>> = { ...Object(read) };
    if (isRotation) {
      this.#rotations.push({ index: this.#tree.size, entry });
      return "";
    }
    const { digest } = entry;
    if (typeof digest !== "string") return "it adopts a policy without naming its digest";
    this.#adopted.push({ index: this.#tree.size, digest });
    return "";
  }

  #hash(from: number, to: number): void {
    const index = this.#tree.size;
    const size = 1 + to - from;
    const buffer = size <= this.#prefixed.length ? this.#prefixed : new Uint8Array(size);
    buffer.set(this.#bytes.subarray(from, to), 1);
    this.#tree.add(buffer.subarray(0, size));
    if (!this.#isStated() && this.#differs === null) this.#differs = index;
    if (this.#asked.sizes.has(index + 1)) this.#keepRoot();
  }

  /** A leaf beyond the stated ones differs from none of them. */
  #isStated(): boolean {
    const stated = this.#leaves?.next() ?? null;
    if (stated === null) return true;
    const { leaf, leafAt } = this.#tree;
    for (let i = 0; i < HASH_SIZE; i += 1) {
      if (stated[i] !== leaf[leafAt + i]) return false;
    }
    return true;
  }

  #keepRoot(): void {
    const { size } = this.#tree;
    if (this.#asked.sizes.has(size)) this.#roots.set(size, this.#tree.root());
  }
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;
