import type { FastifyRequest } from "fastify";
import type { Clock, Inbound, Random, Views } from "../app/ports.ts";
import type { EntryId, Instant, PersonId } from "../core/ids.ts";

/** What the console needs of the rest. Main hands it over; nothing here is optional. */
export interface ConsoleDeps {
  readonly views: Views;
  readonly inbound: Inbound;
  readonly clock: Clock;
  readonly random: Pick<Random, "id">;
  readonly sessions: Sessions;
  /** Null where the configuration allows no demo mode; else it judges each request. */
  readonly demo: Demo | null;
  /** Whether an Authorization header carries a token that may read (auditor, operator). */
  readonly mayRead: (authorization: string | undefined) => boolean;
  /** Where people's links lead; its origin is the only one a form may come from. */
  readonly publicUrl: string;
  /**
   * 32 bytes that stay the same over restarts and replicas: forms outlive the process that made
   * them.
   */
  readonly secret: Uint8Array;
  readonly commandList: readonly CommandHelp[];
  readonly changes: Changes;
  /** Logs what went wrong and answers the reference the person sees. */
  readonly failed: (error: unknown) => string;
}

/** Login links and sessions. Tokens are secrets; nothing here keeps them. */
interface Sessions {
  /**
   * Whose session it is, and the login link it came from; undefined where it is unknown or over.
   */
  holder(token: string): Promise<{ readonly person: PersonId; readonly link: EntryId } | undefined>;
  /** Ends it: its token lets nobody in any more. */
  end(token: string): Promise<void>;
  /** Spends a login link: a session exactly once, undefined ever after. */
  redeem(
    linkToken: string,
  ): Promise<{ readonly token: string; readonly expires: Instant } | undefined>;
}

/** Demo mode, in which whoever has its key chooses who to be. */
interface Demo {
  admits(request: FastifyRequest): DemoAnswer;
  /** Whether somebody has sent the key. */
  matches(sent: string): boolean;
  /** What a browser keeps in place of the key, for a server on this port. */
  cookie(port: number): { readonly name: string; readonly value: string };
}

/**
 * Whether demo mode is open to a request; `because` is a sentence for the person. `no-key`: it came
 * to an address of ours from this machine, and only the key is missing.
 */
export type DemoAnswer =
  | { readonly is: "open" }
  | { readonly is: "no-key" | "elsewhere"; readonly because: string };

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
