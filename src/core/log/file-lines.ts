/** The files of an export as lines, however long they are. */

/** A file in memory, or one that is read a block at a time, from its beginning each time. */
export type FileBytes = Uint8Array | { readonly blocks: () => Iterable<Uint8Array> };

/**
 * A line: the bytes from `from` to `to`, without its newline. They are good until the next line.
 */
export interface FileLine {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Whether a newline ends it: else it is the last, and its bytes end with it. */
  readonly isWhole: boolean;
}

const NEWLINE = 0x0a;
const block = 2 ** 20;

/**
 * A longer one is read no further: it is given as it is so far, as the last. No line of an export
 * has a thousandth of this.
 */
const longest = 64 * block;

export function* linesIn(file: FileBytes): Generator<FileLine> {
  if (file instanceof Uint8Array) {
    yield* linesUntil(file, 0, file.length);
    return;
  }
  const window = new Window();
  for (const bytes of file.blocks()) {
    window.append(bytes);
    yield* window.lines();
    if (window.rest().length > longest) break;
  }
  const rest = window.rest();
  if (rest.length > 0) yield { bytes: rest.slice(), from: 0, to: rest.length, isWhole: false };
}

/** What was read and is no whole line yet, and room for more. */
class Window {
  #bytes = new Uint8Array(2 * block);
  #from = 0;
  #to = 0;
  /** No newline is before this, from `#from` on. */
  #searched = 0;

  append(bytes: Uint8Array): void {
    if (this.#to + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  #makeRoom(more: number): void {
    const rest = this.rest();
    const isEnough = rest.length + more <= this.#bytes.length;
    const room = isEnough ? this.#bytes : new Uint8Array(2 * (rest.length + more));
    room.set(rest);
    this.#bytes = room;
    this.#searched -= this.#from;
    this.#from = 0;
    this.#to = rest.length;
  }

  *lines(): Generator<FileLine> {
    const read = this.#bytes.subarray(0, this.#to);
    for (;;) {
      const to = read.indexOf(NEWLINE, this.#searched);
      this.#searched = to < 0 ? this.#to : to + 1;
      if (to < 0) return;
      const from = this.#from;
      this.#from = to + 1;
      yield { bytes: this.#bytes, from, to, isWhole: true };
    }
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#from, this.#to);
  }
}

function* linesUntil(bytes: Uint8Array, first: number, end: number): Generator<FileLine> {
  for (let from = first; from < end; ) {
    const to = bytes.indexOf(NEWLINE, from);
    if (to < 0) {
      yield { bytes, from, to: end, isWhole: false };
      return;
    }
    yield { bytes, from, to, isWhole: true };
    from = to + 1;
  }
}
