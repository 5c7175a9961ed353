import { SeenIds } from "./seen-ids.ts";

/** How the disclosures of an export fit its commitments. */
export interface DisclosureFigures {
  /** Lines that open a commitment of the log or of a policy. */
  readonly used: number;
  /** Lines that open a commitment which stands nowhere in them. */
  readonly unused: number;
  /** Lines whose commitment another line opens as well. */
  readonly twice: number;
  /** Commitments that no line opens, and the log does not say why: left out, or erased before. */
  readonly missing: number;
  /** Those of them that the log says were erased. */
  readonly redacted: number;
}

const commitments = /"(c_[0-9a-f]{64})"/g;

/** Counts, while the entries go by, which commitments are disclosed. */
export class DisclosureCount {
  readonly #disclosed = new Map<string, boolean>();
  readonly #undisclosed = new SeenIds();
  #twice = 0;
  #missing = 0;
  readonly #redacted = new SeenIds();
  #erased = 0;

  /** A line of `disclosures.jsonl`; what it says was checked before. */
  disclose(line: string): void {
    const read: unknown = JSON.parse(line);
    const commitment = typeof read === "object" && read && Reflect.get(read, "commitment");
    if (typeof commitment !== "string") return;
    if (this.#disclosed.has(commitment)) this.#twice += 1;
    this.#disclosed.set(commitment, false);
  }

  /** The text of an entry or of a policy. */
  look(text: string): void {
    for (const [, commitment = ""] of text.matchAll(commitments)) {
      if (this.#disclosed.has(commitment)) this.#disclosed.set(commitment, true);
      else if (!this.#undisclosed.add(commitment)) this.#missing += 1;
    }
  }

  /** The commitments of a log.redacted. */
  redact(erased: readonly string[]): void {
    for (const commitment of erased)
      if (!this.#disclosed.has(commitment) && !this.#redacted.add(commitment)) this.#erased += 1;
  }

  get figures(): DisclosureFigures {
    const used = [...this.#disclosed.values()].filter((isUsed) => isUsed).length;
    const unused = this.#disclosed.size - used;
    const missing = this.#missing - this.#erased;
    return { used, unused, twice: this.#twice, missing, redacted: this.#erased };
  }
}
