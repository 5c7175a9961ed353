import type { FastifyRequest } from "fastify";
import type { Clock, Inbound, Random, Views } from "../app/ports.ts";
import type { Instant, PersonId } from "../core/ids.ts";

/** What the console needs of the rest. Main hands it over; nothing here is optional. */
export interface ConsoleDeps {
  readonly views: Views;
  readonly inbound: Inbound;
  readonly clock: Clock;
  readonly random: Pick<Random, "id">;
  readonly sessions: Sessions;
  /** Whether the configuration allows demo mode at all; `demo` then judges each request. */
  readonly demoMode: boolean;
  readonly demo: (request: FastifyRequest) => DemoAnswer;
  /** Whether an Authorization header carries a token that may read (auditor, operator). */
  readonly mayRead: (authorization: string | undefined) => boolean;
  /** Where people's links lead; its origin is the only one a form may come from. */
  readonly publicUrl: string;
  /** 32 bytes that stay the same over restarts and replicas: forms outlive the process that made them. */
  readonly secret: Uint8Array;
  readonly commandList: readonly CommandHelp[];
  readonly changes: Changes;
  /** Logs what went wrong and answers the reference the person sees. */
  readonly failed: (error: unknown) => string;
}

/** Login links and sessions. Tokens are secrets; nothing here keeps them. */
interface Sessions {
  /** Undefined where the session is unknown or over. */
  personOf(token: string): Promise<PersonId | undefined>;
  /** Spends a login link: a session exactly once, undefined ever after. */
  redeem(
    linkToken: string,
  ): Promise<{ readonly token: string; readonly expires: Instant } | undefined>;
}

/** Whether demo mode is open to a request; `because` is a sentence for the person. */
type DemoAnswer =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly because: string };

/** One command as its help shows it. */
export interface CommandHelp {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
}

/** Calls the listener after each commit; answers how to stop. */
export interface Changes {
  subscribe(listener: () => void): () => void;
}
