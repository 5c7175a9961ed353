import type { FastifyInstance } from "fastify";
import type { Chat, Finding, Inbound, Views } from "../app/ports.ts";
import type { Unreached } from "../core/card/unreachable-people.ts";

/** What a chat's adapter needs of the application. */
export interface Shell {
  readonly inbound: Inbound;
  readonly views: Views;
}

/** A chat platform, as the server needs it: what is sent, what comes in, and whether it works. */
export interface ChatParts {
  readonly chat: Chat;
  register(app: FastifyInstance, shell: Shell): void;
  /** The doctor: everything that decides whether the chat reaches whom the policy names. */
  examine(): Promise<readonly Finding[]>;
  /** Asks whether the chat still takes our token, and remembers it for `problem`. */
  check(): Promise<void>;
  /**
   * What the chat itself said is wrong, as of the last check. A chat not answering is no reason to
   * turn webhooks away.
   */
  problem(): string | null;
  /** How much the doctor found wrong when it last looked at everything; null = nothing. */
  note(): string | null;
  /** Looks at everybody's account; answers who cannot be reached. */
  accounts(): Promise<readonly Unreached[]>;
}
