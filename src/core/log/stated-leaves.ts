import { type FileBytes, linesIn } from "./file-lines.ts";
import { append, emptyRange, HASH_SIZE, root } from "./merkle.ts";

/** The file `leaves` of an export, read beside the entries: a leaf hash of each, 64 hex digits. */
export class StatedLeaves {
  /** How many there were so far. */
  count = 0;
  /** Whether every line so far was one; what follows another is not read. */
  isWellFormed = true;
  readonly #lines: ReturnType<typeof linesIn>;
  readonly #hash = new Uint8Array(HASH_SIZE);

  constructor(file: FileBytes) {
    this.#lines = linesIn(file);
  }

  /** The next hash, good until the one after; null where there is none any more. */
  next(): Uint8Array | null {
    if (!this.isWellFormed) return null;
    const { value: line, done } = this.#lines.next();
    if (done) return null;
    this.isWellFormed = line.isWhole && line.to - line.from === 2 * HASH_SIZE;
    if (this.isWellFormed) this.#read(line.bytes, line.from);
    if (!this.isWellFormed) return null;
    this.count += 1;
    return this.#hash;
  }

  #read(bytes: Uint8Array, from: number): void {
    let bad = 0;
    for (let n = 0; n < HASH_SIZE; n += 1) {
      const [high, low] = [bytes[from + 2 * n] ?? 0, bytes[from + 2 * n + 1] ?? 0];
      const value = ((NIBBLES[high] ?? BAD) << 4) | (NIBBLES[low] ?? BAD);
      bad |= value >> 8;
      this.#hash[n] = value;
    }
    this.isWellFormed = bad === 0;
  }

  /** Reads what is left, to know how many there are. */
  drain(): void {
    while (this.next() !== null);
  }
}

/** The root of the tree of these leaves. */
export function rootOfLeaves(file: FileBytes): Uint8Array {
  const leaves = new StatedLeaves(file);
  let range = emptyRange;
  for (let leaf = leaves.next(); leaf !== null; leaf = leaves.next())
    range = append(range, leaf.slice());
  return root(range);
}

const BAD = 0x100;
const NIBBLES = Uint16Array.from({ length: 256 }, (_, byte) => {
  const value = "0123456789abcdef".indexOf(String.fromCharCode(byte));
  return value < 0 ? BAD : value;
});
