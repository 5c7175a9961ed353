/**
 * Which ids have been seen, in eight bytes each: a log may have millions of entries. Ids are
 * random, so two different ones share all 64 bits of their hash with a probability of less than one
 * in a million among five million.
 */
export class SeenIds {
  #table = new Uint32Array(2 * 1024);
  #count = 0;

  /** Whether it was seen before; from now on it has been. */
  add(id: string): boolean {
    const [high, low] = hashOf(id);
    const at = place(this.#table, high, low);
    if (this.#table[at] !== 0) return true;
    this.#table[at] = high;
    this.#table[at + 1] = low;
    this.#count += 1;
    if (this.#count * 4 > this.#table.length) this.#grow();
    return false;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Uint32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      const [high = 0, low = 0] = [old[i], old[i + 1]];
      if (high === 0) continue;
      const at = place(this.#table, high, low);
      this.#table[at] = high;
      this.#table[at + 1] = low;
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
