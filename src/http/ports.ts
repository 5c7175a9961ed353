import type { FastifyInstance } from "fastify";
import type {
  Adoption,
  Applied,
  AppliedReport,
  Clock,
  Coverage,
  DecisionBody,
  DecisionFilter,
  Delivery,
  DeploymentBody,
  EscalationBody,
  EscalationFilter,
  Finding,
  Page,
  ProofBody,
  Random,
  Unfit,
} from "../app/ports.ts";
import type { EscalationId, Instant, Millis } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";
import type { ClockDifference } from "../core/true-clock.ts";

/**
 * What the server needs of the rest. Main hands it over; nothing here is optional. Every time in a
 * body is RFC 3339 UTC.
 */
export interface ServerDeps {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly publicUrl: string;
  /** What opens demo mode; null = demo mode is off. */
  readonly demo: DemoKey | null;
  /** Bearer tokens; null = the role is off. */
  readonly tokens: Readonly<Record<Role, string | null>>;
  readonly clock: Clock;
  readonly random: Pick<Random, "id">;
  readonly log: Log;
  readonly intake: Intake;
  /**
   * How long a sender waits until its delivery is stored, before it is told that it is not known to
   * be; missing = as senders wait.
   */
  readonly senderWaits?: Millis;
  readonly sources: Sources;
  readonly reads: Reads;
  readonly reports: Reports;
  /** Calls after every commit of this process; answers how to stop. */
  readonly subscribe: (changed: () => void) => () => void;
  readonly record: RecordReads;
  readonly operator: Operator;
  readonly health: Health;
  /**
   * Adds the console's and the chats' routes. Bodies arrive as a Buffer (or undefined where there
   * is none), whatever their content type, up to 1 MiB. Streams that stay open (SSE) must end in a
   * `preClose` hook.
   */
  readonly register: (app: FastifyInstance, guard: DemoGuard) => void;
}

/** operator: everything but decisions · auditor: all reads · gateway: `/v1/deployments` only. */
export type Role = "operator" | "auditor" | "gateway";

/** See demo-key.ts. */
export interface DemoKey {
  matches(sent: string): boolean;
  cookie(port: number): { readonly name: string; readonly value: string };
}

/** Null where demo mode is on and open to this request, else which condition failed. */
export type DemoGuard = (request: GuardedRequest) => DemoRefusal | null;

/**
 * `no-key`: it came from this machine, to an address of ours, and may be let in by the key alone.
 */
interface DemoRefusal {
  readonly is: "off" | "elsewhere" | "no-key";
  /** A sentence for whoever asked. */
  readonly because: string;
}

/** A pino logger fits. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** See app/intake/intake.ts. */
interface Intake {
  accept(delivery: Delivery): Promise<{ readonly id: string; readonly duplicate: boolean }>;
  idle(): Promise<void>;
}

/** The sources of the policy in force. */
interface Sources {
  find(name: string): Source | undefined;
  /** sources/authenticate.ts with the secrets filled in. */
  checking(
    source: Source,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    now: Instant,
  ): Checking;
  /**
   * Why the body says nothing Holdpoint can read, as a sentence for its sender; null where it does.
   */
  unmapped(source: Source, delivery: Delivery): string | null;
  /** What the body says, for a sender who asks: as JSON. */
  understood(delivery: Delivery): object;
}

/**
 * A sender being checked: `refused` by the headers alone, or known once every byte of the body has
 * passed `update`.
 */
export interface Checking {
  readonly refused: string | null;
  update(chunk: Uint8Array): void;
  /** `kept` is the body, or its beginning where it was too large to be kept. */
  end(
    kept: Uint8Array,
  ):
    | { readonly ok: true; readonly identity: string | null }
    | { readonly ok: false; readonly because: string };
}

/** What the read routes show. */
export interface Reads {
  /** `at` null = now. */
  deployments(at: Instant | null): Promise<readonly DeploymentBody[]>;
  deployment(id: string, at: Instant | null): Promise<DeploymentBody | undefined>;
  escalations(filter: EscalationFilter): Promise<Page<EscalationBody> | Unfit>;
  escalation(id: EscalationId): Promise<EscalationBody | undefined>;
  decisions(filter: DecisionFilter): Promise<Page<DecisionBody> | Unfit>;
}

/** What gateways say. */
export interface Reports {
  /** A gateway says which version of a posture it carries out. */
  applied(report: AppliedReport): Promise<Applied>;
  /**
   * A gateway was answered with a version before a request that it holds; an older one than it had
   * says nothing.
   */
  asked(report: AppliedReport): Promise<Applied>;
}

/** The log as others check it. */
export interface RecordReads {
  /** The newest signed note (C2SP), null before the first. */
  checkpoint(): Promise<string | null>;
  /**
   * Inclusion of an entry under a checkpoint; hashes as base64. Undefined where no signed
   * checkpoint covers the index.
   */
  proof(index: number): Promise<ProofBody | undefined>;
  /**
   * The files of an export in the order they are written; several chunks of one file follow each
   * other.
   */
  export(): AsyncIterable<{ readonly file: string; readonly chunk: Uint8Array }>;
}

/** What an operator may do. */
export interface Operator {
  /** The policy in force; null before the first. */
  policy(): Promise<{ readonly digest: string; readonly adoptedAt: string } | null>;
  /** Adopts the text if `current` is the digest in force. */
  adopt(yaml: string, current: string): Promise<Adoption>;
  /** A one-time address for a person named by policy key or name. */
  loginLink(
    person: string,
  ): Promise<
    | { readonly url: string; readonly expires: string }
    | { readonly unknown: true; readonly nearest: readonly string[] }
  >;
  /** Opens a rehearsal through the real channel; nothing can change by it. */
  rehearse(
    deployment: string,
  ): Promise<
    | { readonly is: "open"; readonly escalation: EscalationId; readonly told: string }
    | { readonly is: "unknown" | "running"; readonly told: string }
  >;
  /**
   * What the policy in force names and nothing stored has answered to; null before the first
   * policy.
   */
  coverage(): Promise<Coverage | null>;
  /**
   * Asks each chat now whether it would reach everybody the policy names; empty where no chat is
   * connected.
   */
  doctor(): Promise<readonly Finding[]>;
}

/** What /readyz and /metrics ask. */
export interface Health {
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** False while what is to be stored finds no room on the database's disk. */
  hasRoom(): Promise<boolean>;
  headSize(): Promise<number>;
  backlog(): Promise<{
    readonly deliveries: number;
    /**
     * Age of the oldest delivery that nobody has evaluated, of each source of the policy, of
     * Holdpoint's own and of all "other"; 0 = none waits.
     */
    readonly unread: ReadonlyMap<string, Millis>;
    readonly outbox: number;
    readonly dead: number;
    readonly oldestOutboxAge: Millis | null;
  }>;
  /** Since the last tick ended; null before the first. */
  tickAge(): Millis | null;
  /**
   * How far other clocks are from the one that deadlines go by; null where it is compared with
   * none.
   */
  clock(): ClockDifference | null;
  /** Why no checkpoint is signed any more, as a sentence; null = signing goes on. */
  signing(): string | null;
  /**
   * Room where the embedded database is, and a sentence where it is little; null where another
   * server keeps the data.
   */
  disk(): Promise<{ readonly freeBytes: number; readonly note: string | null } | null>;
  /**
   * Each chat; where it cannot work (a scope is missing), why; and what its doctor found wrong
   * besides, in numbers: names stay with operators.
   */
  chats(): readonly {
    readonly name: string;
    readonly problem: string | null;
    readonly note: string | null;
  }[];
}

/** What the guard looks at; a Fastify request fits. */
export interface GuardedRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly localPort?: number | undefined;
  };
}
