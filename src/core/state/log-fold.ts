import type { Commitment } from "../ids.ts";
import type { Entry } from "../log/entry.ts";
import { columnsOf, type EntryColumns } from "../log/entry-columns.ts";
import type { FoundKeys } from "../log/found-keys.ts";
import { append, type CompactRange, emptyRange, leafHash } from "../log/merkle.ts";
import { unsealed } from "../log/sealed-names.ts";
import { parseRfc3339 } from "../time.ts";
import { deploymentsOf, emptyFold, foldDeployment, unheardOf } from "./fold.ts";
import { changesNumbers, changesOrg, foldNumbers, foldOrg } from "./fold-org.ts";
import type { DeploymentState, NumbersState, OrgState } from "./state.ts";

/** An entry as the database keeps it: the bytes, and what was computed from them. */
export interface LogRow {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly leaf: Uint8Array;
  readonly columns: EntryColumns;
}

/**
 * The log read from its first entry on: the tree and the states that its bytes make, without
 * anything else that the database says of them.
 */
export class LogFold {
  #range: CompactRange = emptyRange;
  #org: OrgState = emptyFold.org;
  #numbers: NumbersState = emptyFold.numbers;
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #policies = new Set<string>();
  #touched = new Set<string>();
  readonly #keys: FoundKeys | null;

  /** With `keys`, also by what the entries have to be found. */
  constructor(keys: FoundKeys | null = null) {
    this.#keys = keys;
  }

  /** The compact range of the entries so far. */
  get range(): CompactRange {
    return this.#range;
  }

  get size(): number {
    return this.#range.size;
  }

  get org(): OrgState {
    return this.#org;
  }

  get numbers(): NumbersState {
    return this.#numbers;
  }

  get deployments(): ReadonlyMap<string, DeploymentState> {
    return this.#deployments;
  }

  /** The digests of all policies that were adopted. */
  get policies(): ReadonlySet<string> {
    return this.#policies;
  }

  /** The deployments that entries changed since this was last asked. */
  takeTouched(): readonly string[] {
    const touched = [...this.#touched];
    this.#touched = new Set();
    return touched;
  }

  /** Reads the next entry; answers with what is wrong with its row, as a sentence, or null. */
  add(row: LogRow): string | null {
    if (row.index !== this.size) return `Entry ${this.size} is missing in this database.`;
    const leaf = leafHash(row.bytes);
    this.#range = append(this.#range, leaf);
    const entry = entryIn(row.bytes);
    if (entry === null || !this.#folds(entry))
      return `Entry ${row.index} in this database is not an entry of ours.`;
    if (!same(leaf, row.leaf))
      return `Entry ${row.index} in this database is not the one that was recorded: its bytes have another hash.`;
    return columnsWrong(entry, row);
  }

  /** False where it has not the keys that its kind has. */
  #folds(entry: Entry): boolean {
    try {
      this.#fold(entry);
      this.#keys?.add(this.size - 1, entry);
      return true;
    } catch {
      return false;
    }
  }

  #fold(entry: Entry): void {
    if (changesOrg(entry)) this.#org = foldOrg(this.#org, entry);
    if (changesNumbers(entry)) this.#numbers = foldNumbers(this.#numbers, entry);
    if (entry.kind === "policy.adopted") this.#policies.add(entry.digest);
    for (const id of deploymentsOf(entry)) {
      const before = this.#deployments.get(id) ?? unheardOf(id);
      this.#deployments.set(id, foldDeployment(before, entry));
      this.#touched.add(id);
    }
  }
}

const utf8 = new TextDecoder();
/** Names are kept beside the log, and nothing that is compared has one. */
const noTexts: ReadonlyMap<Commitment, string> = new Map();

function entryIn(bytes: Uint8Array): Entry | null {
  try {
    const entry: unknown = JSON.parse(utf8.decode(bytes));
    if (typeof entry !== "object" || entry === null || !("kind" in entry)) return null;
    return unsealed(entry as Entry, noTexts);
  } catch {
    return null;
  }
}

function columnsWrong(entry: Entry, { index, columns }: LogRow): string | null {
  const right = columnsOf(entry);
  const names = Object.keys(right) as (keyof EntryColumns)[];
  const wrong = names.find((name) =>
    name === "at"
      ? parseRfc3339(right.at) !== parseRfc3339(columns.at)
      : inColumn(right[name]) !== columns[name],
  );
  return wrong === undefined
    ? null
    : `The column “${wrong}” of entry ${index} in this database says ${JSON.stringify(columns[wrong])}, but the entry says ${JSON.stringify(right[wrong])}.`;
}

/** A column cannot hold U+0000. */
export const inColumn = (text: string | null): string | null =>
  text?.replaceAll("\0", "\ufffd") ?? null;

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
