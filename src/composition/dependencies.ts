import type { AnswerTimes } from "../app/commands/command-parts.ts";
import type { PolicyCache } from "../app/policy-cache.ts";
import type { Clock, KeptPolicies, LastSigned, Random, Store } from "../app/ports.ts";
import type { Keep } from "../app/retention.ts";
import type { LogKey, LogKeys } from "../core/log/checkpoint.ts";
import type { ChatParts } from "./chat-parts.ts";
import type { SlackParts } from "./slack-parts.ts";

/** What the application is built from. */
export interface Dependencies {
  readonly store: Store;
  readonly key: LogKey;
  readonly keys: LogKeys;
  readonly lastSigned: LastSigned;
  readonly keptPolicies: KeptPolicies;
  readonly keep: Keep;
  /** Where the console is. */
  readonly publicUrl: string;
  readonly answerTimes: AnswerTimes;
  readonly clock: Clock;
  readonly random: Random;
  /** Logs a fault and answers the reference that a person may be shown. */
  readonly report: (fault: unknown, what: string) => string;
  /** Builds Slack; null where it is not configured. */
  readonly slack: ((rules: PolicyCache) => SlackParts) | null;
  /** The same for Teams. */
  readonly teams: ((rules: PolicyCache) => ChatParts) | null;
}
