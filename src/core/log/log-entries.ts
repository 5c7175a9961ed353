import type { Commitment } from "../ids.ts";

/** Entries about the log itself, which belong to no deployment. */
export type LogBody = {
  /**
   * The operator restored the database on purpose: a checkpoint over `size` entries with `root`
   * (hex) was signed before, and the entries above are not those.
   */
  readonly kind: "log.restored";
  readonly size: number;
  readonly root: string;
  readonly reason: Commitment;
};
