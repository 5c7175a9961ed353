/**
 * Marks of ids, in nine bytes each: a log may have millions of entries. Ids are
 * random, so two different ones share all 64 bits of their hash with a probability of less than one
 * in a million among five million.
 */
export class IdMarks {
  #table = new Uint32Array(2 * 1024);
  #marks = new Uint8Array(1024);
  #count = 0;

  /** Sets a mark, a bit from 1 to 128; answers with those that were set before. */
  mark(id: string, bit: number): number {
    const [high, low] = hashOf(id);
    const at = place(this.#table, high, low);
    const before = this.#marks[at / 2] ?? 0;
    this.#marks[at / 2] = before | bit;
    if (before !== 0) return before;
    this.#table[at] = high;
    this.#table[at + 1] = low;
    this.#count += 1;
    if (this.#count * 4 > this.#marks.length * 3) this.#grow();
    return 0;
  }

  #grow(): void {
    const [old, marks] = [this.#table, this.#marks];
    this.#table = new Uint32Array(old.length * 2);
    this.#marks = new Uint8Array(marks.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      const [high = 0, low = 0] = [old[i], old[i + 1]];
      if (high === 0) continue;
      const at = place(this.#table, high, low);
      this.#table[at] = high;
      this.#table[at + 1] = low;
      this.#marks[at / 2] = marks[i / 2] ?? 0;
    }
  }
}

/** Where a hash is, or belongs: the pair there is the same, or empty. */
function place(table: Uint32Array, high: number, low: number): number {
  const mask = table.length / 2 - 1;
  let slot = low & mask;
  while (table[2 * slot] !== 0 && (table[2 * slot] !== high || table[2 * slot + 1] !== low))
    slot = (slot + 1) & mask;
  return 2 * slot;
}

/** Two FNV-1a hashes of different bases; the first is never 0, which marks an empty place. */
function hashOf(text: string): readonly [number, number] {
  let high = 0x811c9dc5;
  let low = 0x050c5d1f;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ (unit + i), 0x01000193);
  }
  low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d);
  return [(high | 1) >>> 0, low >>> 0];
}
