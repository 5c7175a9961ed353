/** Checkpoints that witnesses cosigned. */

/** A checkpoint with the log's own signature. */
export interface KeptCheckpoint {
  readonly size: number;
  readonly note: string;
}

export interface Cosignature extends KeptCheckpoint {
  /** The witness's key. */
  readonly witness: string;
  /** Its cosignature of `note`, a line of a signed note. */
  readonly line: string;
}

export interface Cosignatures {
  /** A second cosignature of the same size replaces the first. */
  saveCosignature(cosignature: Cosignature): Promise<void>;
  /** The longest checkpoint that this witness cosigned; null = any witness. */
  lastCosigned(witness: string | null): Promise<Cosignature | undefined>;
  /**
   * The checkpoint over more than `size` entries that most witnesses cosigned; of these the
   * longest.
   */
  mostCosigned(size: number): Promise<KeptCheckpoint | null>;
  /** The cosignatures of one checkpoint, in the order of the witnesses' keys. */
  cosignatureLines(checkpoint: KeptCheckpoint): Promise<readonly string[]>;
  /** Of the longest checkpoints, those first. */
  newestCosignatures(limit: number): Promise<readonly Cosignature[]>;
  /** The longest checkpoint that each of these witnesses cosigned; null where there is none. */
  cosignedByAll(witnesses: readonly string[]): Promise<KeptCheckpoint | null>;
}
