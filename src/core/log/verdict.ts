import type { Checkpoint } from "./checkpoint.ts";
import type { Quorum, Witnessing } from "./quorum.ts";

/** What the auditor kept from before, out of the operator's reach. */
export interface Kept {
  /** null = none. */
  readonly vkey: string | null;
  /** Signed notes. */
  readonly checkpoints: readonly string[];
  /** Which logs are accepted, and which witnesses must have cosigned. */
  readonly quorum?: Quorum | null;
}

/** What the verifier says of an export. */
export interface LogVerdict {
  readonly is: "OK" | "TAMPERED" | "TRUNCATED" | "FORKED";
  /**
   * The first bad or missing entry, counted from 0; null = it is no entry, or its place cannot be
   * told.
   */
  readonly index: number | null;
  /** Words for people; "it" is the entry of `index`. */
  readonly because: string;
  /**
   * Whether the caller kept anything to compare with: without, an operator who rewrote everything
   * and signed again is not noticed.
   */
  readonly compared: boolean;
  /** The kept key leads to this export, but was stolen: it proves little. */
  readonly keyStolen: boolean;
  /** What the export's own checkpoint says, once its signature is good. */
  readonly head: Checkpoint | null;
  /** What the quorum says of that checkpoint; null = there is none, or the export is not OK. */
  readonly witnessing: Witnessing | null;
}

/** What is wrong. */
export type Bad = Pick<LogVerdict, "is" | "index" | "because">;
