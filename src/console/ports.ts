import type { FastifyRequest } from "fastify";
import type { Clock, Inbound, Random, SignedIn, Views } from "../app/ports.ts";
import type { EntryId, Instant, PersonId } from "../core/ids.ts";

/** What the console needs of the application; nothing here is optional. */
export interface ConsoleDeps {
  /** What somebody may see; every page says for whom it is drawn. */
  readonly viewsFor: (viewer: SignedIn) => Promise<Views>;
  /** Everybody the policy names. */
  readonly people: Views["people"];
  readonly inbound: Inbound;
  /** Puts on the record that somebody took a part of it as a file, by this address. */
  readonly noteExport: (viewer: SignedIn, address: string) => Promise<void>;
  readonly clock: Clock;
  readonly random: Pick<Random, "id">;
  readonly sessions: Sessions;
  /** Null where no issuer is configured: people sign in by login links. */
  readonly signIn: SignIn | null;
  /** Null where the configuration does not allow demo mode; else it checks each request. */
  readonly demo: Demo | null;
  /** Whose token with read access an Authorization header has; null = none. */
  readonly readerOf: (authorization: string | undefined) => "auditor" | "operator" | null;
  /** The address of people's links; forms are accepted only from its origin. */
  readonly publicUrl: string;
  /**
   * 32 bytes, the same over restarts and on all replicas: forms outlive the process that made them.
   */
  readonly secret: Uint8Array;
  readonly commandList: readonly CommandHelp[];
  /** What makes the record doubtful, as a sentence; null = nothing. */
  readonly inDoubt: () => string | null;
  readonly changes: Changes;
  /** Logs an error and returns the reference that the person sees. */
  readonly failed: (error: unknown) => string;
}

/** Login links and sessions. Tokens are secrets and are not stored. */
interface Sessions {
  /**
   * The person of a session, and the operator's login link behind it, null = none; undefined where
   * it is unknown or over.
   */
  holder(
    token: string,
  ): Promise<{ readonly person: PersonId; readonly link: EntryId | null } | undefined>;
  /** Ends it: its token is no longer accepted. */
  end(token: string): Promise<void>;
  /** Uses up a login link: a session the first time, undefined ever after. */
  redeem(
    linkToken: string,
  ): Promise<{ readonly token: string; readonly expires: Instant } | undefined>;
}

/** Sign-in at an OpenID Connect issuer. */
export interface SignIn {
  /** What the issuer is called on a page. */
  readonly name: string;
  /** Where the browser goes next; or why not, as a sentence. */
  begin(flow: SignInFlow): Promise<{ readonly url: string } | NotSignedIn>;
  /** A session for whoever comes back with this query, once; or why not, as a sentence. */
  finish(
    flow: SignInFlow,
    query: string,
  ): Promise<{ readonly token: string; readonly expires: Instant } | NotSignedIn>;
}

interface NotSignedIn {
  readonly because: string;
}

/** What belongs to one sign-in, known to the browser that began it alone. */
export interface SignInFlow {
  readonly state: string;
  readonly nonce: string;
  /** PKCE's code verifier. */
  readonly verifier: string;
}

/** Demo mode, in which anybody with its key chooses a person to act as. */
interface Demo {
  admits(request: FastifyRequest): DemoAnswer;
  /** Whether a text is the key. */
  matches(sent: string): boolean;
  /** The cookie that replaces the key, for a server on this port. */
  cookie(port: number): { readonly name: string; readonly value: string };
}

/**
 * Whether demo mode is open to a request; `because` is a sentence for the person. `no-key`: the
 * request came from this machine to an address of ours, and only the key is missing.
 */
export type DemoAnswer =
  | { readonly is: "open" }
  | { readonly is: "no-key" | "elsewhere"; readonly because: string };

/** A command and its help. */
export interface CommandHelp {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
}

/** Calls the listener after each commit; answers how to stop. */
export interface Changes {
  subscribe(listener: () => void): () => void;
}
