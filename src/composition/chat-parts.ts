import type { FastifyInstance } from "fastify";
import type { Chat, DoctorFinding, Inbound, Views } from "../app/ports.ts";
import type { Unreached } from "../core/card/unreachable-people.ts";
import type { NotAdmitted } from "../core/words/sign-in.ts";

/** What a chat's adapter needs of the application. */
export interface Shell {
  readonly inbound: Inbound;
  readonly views: Views;
}

/** A chat platform for the server: outgoing messages, incoming requests, and its health. */
export interface ChatParts {
  readonly chat: Chat;
  register(app: FastifyInstance, shell: Shell): void;
  /** The doctor: everything that decides whether the chat reaches the people of the policy. */
  examine(): Promise<readonly DoctorFinding[]>;
  /** Asks whether the chat still accepts our token, and stores the answer for `problem`. */
  check(): Promise<void>;
  /**
   * What the chat reported as wrong at the last check. A chat that does not answer is no reason to
   * refuse webhooks.
   */
  problem(): string | null;
  /** How many problems the doctor found at its last examination; null = none. */
  note(): string | null;
  /**
   * Why an account with which somebody signed in at the chat's own issuer is not admitted; null =
   * nothing speaks against it. `home`: the workspace that the issuer named.
   */
  admits(account: { readonly id: string; readonly home: string }): Promise<NotAdmitted | null>;
  /** Checks everybody's account; answers who cannot be reached. */
  accounts(): Promise<readonly Unreached[]>;
}
