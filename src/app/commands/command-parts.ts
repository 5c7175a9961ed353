import type { Millis } from "../../core/ids.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Store } from "../ports.ts";
import type { Command } from "./command.ts";

/** What commands from people are answered with. */

export interface CommandParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: PolicyCache;
  readonly commands: readonly Command[];
  /** Rejects when something has taken too long; the work itself goes on. */
  readonly within: <T>(work: Promise<T>, patience: Millis) => Promise<T>;
  readonly log: (fault: unknown, line: string) => string;
}
