import { IdMarks } from "./id-marks.ts";

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

const quoted = '"c_';
const isCommitment = /^c_[0-9a-f]{64}$/;

const disclosed = 1;
const committed = 2;
const redacted = 4;

/** Counts, while the entries go by, which commitments are disclosed. */
export class DisclosureCount {
  readonly #marks = new IdMarks();
  #different = 0;
  #twice = 0;
  #used = 0;
  #missing = 0;
  #erased = 0;

  /** A line of `disclosures.jsonl`; what it says was checked before. All of them come first. */
  disclose(line: string): void {
    const read: unknown = JSON.parse(line);
    const commitment = typeof read === "object" && read && Reflect.get(read, "commitment");
    if (typeof commitment !== "string") return;
    if (this.#marks.mark(commitment, disclosed) === 0) this.#different += 1;
    else this.#twice += 1;
  }

  /** The text of an entry or of a policy. */
  look(text: string): void {
    for (let at = text.indexOf(quoted); at !== -1; at = text.indexOf(quoted, at + 1)) {
      const commitment = text.slice(at + 1, at + 67);
      if (text[at + 67] !== '"' || !isCommitment.test(commitment)) continue;
      const before = this.#marks.mark(commitment, committed);
      if ((before & committed) !== 0) continue;
      if ((before & disclosed) !== 0) this.#used += 1;
      else this.#missing += 1;
    }
  }

  /** The commitments of a log.redacted. */
  redact(erased: readonly string[]): void {
    for (const commitment of erased)
      if ((this.#marks.mark(commitment, redacted) & (disclosed | redacted)) === 0)
        this.#erased += 1;
  }

  get figures(): DisclosureFigures {
    const unused = this.#different - this.#used;
    const missing = this.#missing - this.#erased;
    return { used: this.#used, unused, twice: this.#twice, missing, redacted: this.#erased };
  }
}
