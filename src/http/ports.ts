import type { FastifyInstance } from "fastify";
import type { Clock, Delivery, Random } from "../app/ports.ts";
import type { EscalationId, Instant, Millis } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";
import type { GuardedRequest } from "./demo-guard.ts";

/** What the server needs of the rest. Main hands it over; nothing here is optional. Every time in a body is RFC 3339 UTC. */
export interface ServerDeps {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly publicUrl: string;
  /** Config.demo.allowed: reads are open to requests that pass the demo guard. */
  readonly demo: boolean;
  /** Bearer tokens; null = the role is off. */
  readonly tokens: Readonly<Record<Role, string | null>>;
  readonly clock: Clock;
  readonly random: Pick<Random, "id">;
  readonly log: Log;
  readonly intake: Intake;
  readonly sources: Sources;
  readonly reads: Reads;
  readonly record: RecordReads;
  readonly operator: Operator;
  readonly health: Health;
  /**
   * Adds the console's and the chats' routes. Bodies arrive as a Buffer (or undefined where there is none), whatever their
   * content type, up to 1 MiB. Streams that stay open (SSE) must end in a `preClose` hook.
   */
  readonly register: (app: FastifyInstance, guard: DemoGuard) => void;
}

/** operator: everything but decisions · auditor: all reads · gateway: `/v1/deployments` only. */
export type Role = "operator" | "auditor" | "gateway";

/** Null where demo mode is on and open to this request, else the sentence that says which condition failed. */
export type DemoGuard = (request: GuardedRequest) => string | null;

/** A pino logger fits. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** See app/intake.ts. */
interface Intake {
  accept(delivery: Delivery): Promise<{ readonly id: string; readonly duplicate: boolean }>;
  idle(): Promise<void>;
}

/** The sources of the policy in force. */
interface Sources {
  find(name: string): Source | undefined;
  /** sources/authenticate.ts with the secrets filled in. */
  authenticate(
    source: Source,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    rawBody: Uint8Array,
    now: Instant,
  ):
    | { readonly ok: true; readonly identity: string | null }
    | { readonly ok: false; readonly because: string };
  /** Why the body says nothing Holdpoint can read, as a sentence for its sender; null where it does. */
  unmapped(source: Source, delivery: Delivery): string | null;
}

/** A page, newest first. `next` is where the following one begins, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

/** `GET /v1/deployments/:id`. */
export interface DeploymentBody {
  readonly id: string;
  readonly name: string;
  readonly state: "open" | "narrowed" | "paused";
  /** Scope in force; null while paused. */
  readonly scope: string | null;
  /** Kind of the decision behind it, null before the first. */
  readonly decision: string | null;
  /** Names; empty = by policy. */
  readonly decidedBy: readonly string[];
  readonly decidedAt: string | null;
  readonly reassessBy: string | null;
  readonly version: number;
  /** What gateways reported; empty while none is connected. */
  readonly applied: readonly {
    readonly gateway: string;
    readonly version: number;
    readonly at: string;
  }[];
}

/** `GET /v1/escalations/:id`. People by name. */
interface EscalationBody {
  readonly id: EscalationId;
  readonly trigger: string;
  readonly deployment: string;
  readonly severity: string;
  readonly status: "open" | "settled" | "closed";
  readonly decider: { readonly name: string } | null;
  readonly deputies: readonly { readonly name: string }[];
  readonly mayAct: readonly { readonly name: string }[];
  readonly response: unknown;
  readonly signals: number;
  readonly openedAt: string;
  readonly acknowledgeBy: string | null;
  readonly decideBy: string | null;
  readonly acknowledged: readonly { readonly name: string; readonly at: string }[];
  readonly decision: unknown;
}

/** One line of `GET /v1/decisions`: the entry as recorded, its index, and a sentence with names. */
interface DecisionBody {
  readonly index: number;
  readonly entry: unknown;
  readonly text: string;
}

/** Filters of `GET /v1/decisions`; null = not given. Unknown names match nothing. */
export interface DecisionFilter {
  readonly deployment: string | null;
  /** A person's key in the policy, or random id. */
  readonly actor: string | null;
  /** A decision (`pause`) or a kind of entry (`authority.passed`). */
  readonly kind: string | null;
  readonly trigger: string | null;
  readonly escalation: string | null;
  readonly since: Instant | null;
  /** Exclusive. */
  readonly until: Instant | null;
  /** Only indexes below this. */
  readonly below: number | null;
  readonly limit: number;
}

/** Filters of `GET /v1/escalations`. `below`: only numbers (HP-n) below this. */
interface EscalationFilter {
  readonly status: "open" | "settled" | "closed" | null;
  readonly deployment: string | null;
  readonly below: number | null;
  readonly limit: number;
}

/** What the read routes show. */
export interface Reads {
  /** `at` null = now. */
  deployments(at: Instant | null): Promise<readonly DeploymentBody[]>;
  deployment(id: string, at: Instant | null): Promise<DeploymentBody | undefined>;
  escalations(filter: EscalationFilter): Promise<Page<EscalationBody>>;
  escalation(id: EscalationId): Promise<EscalationBody | undefined>;
  decisions(filter: DecisionFilter): Promise<Page<DecisionBody>>;
}

/** The log as others check it. */
export interface RecordReads {
  /** The newest signed note (C2SP), null before the first. */
  checkpoint(): Promise<string | null>;
  /** Inclusion of an entry under a checkpoint; hashes as base64. Undefined where no signed checkpoint covers the index. */
  proof(index: number): Promise<ProofBody | undefined>;
  /** The files of an export in the order they are written; several chunks of one file follow each other. */
  export(): AsyncIterable<{ readonly file: string; readonly chunk: Uint8Array }>;
}

/** `GET /log/proof/:index`. */
interface ProofBody {
  readonly index: number;
  readonly size: number;
  /** Canonical bytes of the entry, as text. */
  readonly entry: string;
  readonly leafHash: string;
  readonly hashes: readonly string[];
  readonly checkpoint: string;
}

/** What an operator may do. */
export interface Operator {
  /** The policy in force; null before the first. */
  policy(): Promise<{ readonly digest: string; readonly adoptedAt: string } | null>;
  /** Adopts the text if `current` is the digest in force. */
  adopt(yaml: string, current: string): Promise<Adopted>;
  /** A one-time address for a person named by policy key or name. */
  loginLink(
    person: string,
  ): Promise<
    | { readonly url: string; readonly expires: string }
    | { readonly unknown: true; readonly nearest: readonly string[] }
  >;
}

/** `same`: this policy was in force already, nothing was recorded. */
export type Adopted =
  | {
      readonly is: "adopted";
      readonly digest: string;
      readonly index: number;
      readonly looser: readonly string[];
    }
  | { readonly is: "same"; readonly digest: string }
  | { readonly is: "moved"; readonly current: string }
  | { readonly is: "invalid"; readonly problems: readonly string[] };

/** What /readyz and /metrics ask. */
export interface Health {
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  headSize(): Promise<number>;
  backlog(): Promise<{
    readonly deliveries: number;
    readonly outbox: number;
    readonly oldestOutboxAge: Millis | null;
  }>;
  /** Since the last tick ended; null before the first. */
  tickAge(): Millis | null;
  /** Each chat and, where it cannot work (a scope is missing), why. */
  chats(): readonly { readonly name: string; readonly problem: string | null }[];
}
