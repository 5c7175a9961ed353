import { HASH_SIZE, hashInto, nodeHash, sha256 } from "./merkle.ts";

const LEFT = 1;
const RIGHT = 1 + HASH_SIZE;
const NODE = 1 + 2 * HASH_SIZE;

/**
 * A tree that grows by one leaf after another, in the memory of its own height: the verifier's
 * compact range, kept apart from the writer's. Each level has room for one node's input (0x01 ||
 * left || right, RFC 6962 §2.1), so a hash is written once, where it is needed next.
 */
export class GrowingTree {
  size = 0;
  /** Holds the newest leaf hash, from `leafAt` on. */
  readonly leaf: Uint8Array;
  leafAt = LEFT;
  readonly #levels: Uint8Array[];

  constructor() {
    this.leaf = nodeInput();
    this.#levels = [this.leaf];
  }

  /** Adds a leaf: 0x00 || entry. */
  add(prefixed: Uint8Array): void {
    this.leafAt = this.size % 2 === 0 ? LEFT : RIGHT;
    hashInto(prefixed, this.leaf, this.leafAt);
    this.size += 1;
    let below = this.leaf;
    for (let level = 1, rest = this.size; rest % 2 === 0; level += 1) {
      rest /= 2;
      const above = this.#level(level);
      hashInto(below, above, rest % 2 === 1 ? LEFT : RIGHT);
      below = above;
    }
  }

  /** MTH of the leaves so far. */
  root(): Uint8Array {
    const peaks: Uint8Array[] = [];
    for (let level = 0, rest = this.size; rest > 0; level += 1, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) peaks.push(Uint8Array.from(this.#level(level).subarray(LEFT, RIGHT)));
    }
    const [smallest, ...larger] = peaks;
    if (smallest === undefined) return sha256(new Uint8Array());
    return larger.reduce((right, left) => nodeHash(left, right), smallest);
  }

  #level(level: number): Uint8Array {
    const found = this.#levels[level];
    if (found !== undefined) return found;
    const made = nodeInput();
    this.#levels[level] = made;
    return made;
  }
}

function nodeInput(): Uint8Array {
  const input = new Uint8Array(NODE);
  input[0] = 0x01;
  return input;
}
