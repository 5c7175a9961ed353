import type { Executor } from "./executor.ts";

/** An open database, before it is known to be ours. */
export interface Connection {
  readonly execute: Executor;
  /**
   * Statements inside `work` let everybody else's go first, where there is one connection for all.
   */
  inBackground<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Runs a script of many statements as one transaction, alone: at most one process of all that
   * share the database.
   */
  alone<T>(
    work: (script: (text: string) => Promise<void>, execute: Executor) => Promise<T>,
  ): Promise<T>;
  /** What survives, in words for the start line. */
  durability(): Promise<string>;
  close(): Promise<void>;
}
