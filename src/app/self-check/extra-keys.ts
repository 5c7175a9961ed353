import {
  countedKind,
  type FoundKey,
  type FoundKeys,
  undoneKeys,
} from "../../core/log/found-keys.ts";
import type { Store } from "../ports.ts";
import { turn } from "../turn.ts";

/** Rows in one statement. */
const page = 2_000;

/**
 * Looks for keys under which the history would show an entry that is not about it. The rows of all
 * keys are read once in their own order, a part at a time, and counted: where each key that there
 * has to be is there, as many rows as there are keys leave no room for another. Those of decisions
 * that were taken back are compared one by one.
 */
export class ExtraKeys {
  readonly #keys: FoundKeys;
  /** Only keys of entries before this one are counted. */
  readonly #size: number;
  readonly #found = new Map<string, number>();
  readonly #undone = new Set<number>();
  #last: FoundKey = { what: "", index: -1 };
  #highest = -1;
  #isRead = false;

  /** `keys`: of the first `size` entries. */
  constructor(keys: FoundKeys, size: number) {
    this.#keys = keys;
    this.#size = size;
  }

  /** Whether the last row was read. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Reads at least so many rows more. */
  async read(store: Pick<Store, "keysAfter">, rows: number): Promise<void> {
    for (let read = 0; read < rows && !this.#isRead; read += page) {
      const some = await store.keysAfter(this.#last, page);
      for (const key of some) this.#count(key);
      this.#last = some.at(-1) ?? this.#last;
      this.#isRead = some.length < page;
      await turn();
    }
  }

  #count({ what, index }: FoundKey): void {
    this.#highest = Math.max(this.#highest, index);
    if (undoneKeys.some((key) => key === what)) this.#undone.add(index);
    const kind = index < this.#size ? countedKind(what) : null;
    if (kind !== null) this.#found.set(kind, (this.#found.get(kind) ?? 0) + 1);
  }

  /**
   * What is wrong with what was read, as a sentence; null = nothing. `size` and `undone`: of the
   * log by now, how long it is and which decisions were taken back.
   */
  wrong(size: number, undone: ReadonlySet<number>): string | null {
    if (this.#highest >= size)
      return `Entry ${this.#highest} can be found in this database (entry_about), but is not in the log.`;
    const taken = [...this.#undone].find((index) => !undone.has(index));
    if (taken !== undefined)
      return `Entry ${taken} in this database is found by "is:undone" (entry_about), but nobody took that decision back.`;
    for (const [kind, count] of this.#found) {
      const more = count - (this.#keys.counts.get(kind) ?? 0);
      if (more > 0)
        return `In this database ${more === 1 ? "an entry is" : `${more} entries are`} found by “${kind}:…” (entry_about) without being about it.`;
    }
    return null;
  }
}
