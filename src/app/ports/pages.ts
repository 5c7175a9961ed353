import type { Instant } from "../../core/ids.ts";
import type { KeyPeriod } from "../../core/log/key-chain.ts";

/** What the console's pages for an auditor show. */

/** The log's name, its keys, and what of it was signed. */
export interface LogView {
  readonly name: string;
  readonly size: number;
  /** Of the last entry. */
  readonly at: Instant;
  /** The newest checkpoint with its cosignatures; null while none is signed. */
  readonly note: string | null;
  /** The first to the newest. */
  readonly keys: readonly KeyPeriod[];
  /** Names of the witnesses in the policy. */
  readonly witnesses: readonly string[];
  /** The newest checkpoints that witnesses cosigned, newest first. */
  readonly cosigned: readonly CosignedView[];
}

/** A checkpoint, and who cosigned it when; `at` is null where that cannot be believed. */
export interface CosignedView {
  readonly size: number;
  readonly by: readonly { readonly name: string; readonly at: Instant | null }[];
}

export interface PageViews {
  log(): Promise<LogView>;
}
