import type { FastifyInstance } from "fastify";
import type {
  Adoption,
  AdoptionSaid,
  Applied,
  AppliedReport,
  Backtest,
  Clock,
  ConsistencyBody,
  Coverage,
  DecisionBody,
  DecisionFilter,
  Delivery,
  DeploymentBody,
  DoctorFinding,
  EscalationBody,
  EscalationFilter,
  KeptCheckpoint,
  Page,
  ProofBody,
  Random,
  RecordView,
  Reply,
  Tile,
  Unfit,
} from "../app/ports.ts";
import type { EscalationId, Instant, Millis } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";
import type { ClockDifference } from "../core/true-clock.ts";

/**
 * What the server needs of the application; nothing here is optional. Every time in a body is RFC
 * 3339 UTC.
 */
export interface ServerDeps {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly publicUrl: string;
  /** Demo mode's key; null = demo mode is off. */
  readonly demo: DemoKey | null;
  /** Bearer tokens; null = the role is off. */
  readonly tokens: Readonly<Record<Role, string | null>>;
  readonly clock: Clock;
  readonly random: Pick<Random, "id">;
  readonly log: Log;
  readonly intake: Intake;
  /**
   * How long a sender waits for its delivery to be stored before it is answered that this is not
   * known; missing = the default.
   */
  readonly senderWaits?: Millis;
  readonly sources: Sources;
  readonly reads: Reads;
  /** Answers a typed line, as the chats do; only questions. */
  ask(role: Reader, line: string): Promise<Reply>;
  /** Puts on the record that something was read, by its address. */
  noteRead(role: Reader, what: "question" | "export", address: string): Promise<void>;
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

/** Who may read everything. */
export type Reader = Exclude<Role, "gateway">;

/** See demo-key.ts. */
export interface DemoKey {
  matches(sent: string): boolean;
  cookie(port: number): { readonly name: string; readonly value: string };
}

/** Null where demo mode is on and open to this request, else the condition that failed. */
export type DemoGuard = (request: GuardedRequest) => DemoRefusal | null;

/**
 * `no-key`: the request came from this machine to one of our addresses, and only the key is
 * missing.
 */
interface DemoRefusal {
  readonly is: "off" | "elsewhere" | "no-key";
  /** A sentence for the client. */
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
  /** sources/authenticate.ts with the secrets. */
  checking(
    source: Source,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    now: Instant,
  ): Checking;
  /** Why the body cannot be read, as a sentence for its sender; null where it can. */
  unmapped(delivery: Delivery): string | null;
  /** What the body was understood as, in JSON, for a sender who asks for it. */
  understood(delivery: Delivery): object;
}

/**
 * A sender being checked: `refused` by the headers alone, or authenticated when every byte of the
 * body has passed `update`.
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
  record(id: EscalationId): Promise<RecordView | undefined>;
}

/** Reports of gateways. */
export interface Reports {
  /** A gateway reports which version of a posture it has applied. */
  applied(report: AppliedReport): Promise<Applied>;
  /**
   * A gateway got a version before deciding on a request; a version older than an earlier one is
   * ignored.
   */
  asked(report: AppliedReport): Promise<Applied>;
}

/** The log, for verification by others. */
export type ProofFileAnswer =
  | { readonly index: number; readonly text: string }
  | "unknown"
  | "unsigned";

export interface RecordReads {
  /** The newest signed note (C2SP) with its cosignatures, null before the first. */
  checkpoint(): Promise<string | null>;
  /** The newest that every witness of the policy cosigned; else a sentence that says why not. */
  witnessed(): Promise<
    | { readonly ok: true; readonly checkpoint: KeptCheckpoint; readonly note: string }
    | { readonly ok: false; readonly because: string }
  >;
  /**
   * The inclusion proof of an entry under a checkpoint; hashes as base64. Undefined where no signed
   * checkpoint covers the index.
   */
  proof(index: number): Promise<ProofBody | undefined>;
  /**
   * The proof of a record number, or of the decision that answered an escalation, as a C2SP
   * tlog-proof; "unknown" = there is none, "unsigned" = no signed checkpoint covers it yet.
   */
  proofFile(what: string): Promise<ProofFileAnswer>;
  /** A tile of hashes or a bundle of entries; null where no checkpoint covers all of it. */
  tile(tile: Tile): Promise<Uint8Array | null>;
  /**
   * The proof that the newest checkpoint extends the first `from` entries; "unsigned" = there is
   * none, else how many entries it covers, which is less than `from`.
   */
  consistency(from: number): Promise<ConsistencyBody | "unsigned" | number>;
  /**
   * The files of an export in the order in which they are written; the chunks of a file are
   * consecutive.
   */
  export(
    upTo: KeptCheckpoint | null,
  ): AsyncIterable<{ readonly file: string; readonly chunk: Uint8Array }>;
}

/** What an operator may do. */
export interface Operator {
  /** The policy in force; null before the first. */
  policy(): Promise<{ readonly digest: string; readonly adoptedAt: string } | null>;
  /** Adopts the text if `current` is the digest in force. `said`: for whom and why, if anything. */
  adopt(yaml: string, current: string, said: AdoptionSaid | null): Promise<Adoption>;
  /** A one-time address for a person named by policy key or name. */
  loginLink(
    person: string,
  ): Promise<
    | { readonly url: string; readonly expires: string }
    | { readonly unknown: true; readonly nearest: readonly string[] }
  >;
  /** Opens a rehearsal in the real channel; it cannot change anything. */
  rehearse(
    deployment: string,
  ): Promise<
    | { readonly is: "open"; readonly escalation: EscalationId; readonly told: string }
    | { readonly is: "unknown" | "running"; readonly told: string }
  >;
  /** Records that the database was restored on purpose; this server signs again. */
  restored(because: string): Promise<{
    readonly is: "recorded" | "known" | "refused";
    readonly told: string;
  }>;
  /** Replaces the log's key; `distrusted`: after a theft, up to how many entries it counts. */
  rotateKey(
    because: string,
    distrusted: number | null,
  ): Promise<{ readonly is: "recorded" | "refused"; readonly told: string }>;
  /** Replays stored signals on a policy and the one in force; nothing is written. */
  backtest(
    yaml: string,
    days: number,
  ): Promise<Backtest | { readonly problems: readonly string[] } | null>;
  /**
   * The triggers and sources of the policy in force that never received data; null before the first
   * policy.
   */
  coverage(): Promise<Coverage | null>;
  /**
   * Asks each chat now whether it would reach everybody the policy names; empty where no chat is
   * connected.
   */
  doctor(): Promise<readonly DoctorFinding[]>;
}

/** The data of /readyz and /metrics. */
export interface Health {
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** False while the database's disk is full. */
  hasRoom(): Promise<boolean>;
  headSize(): Promise<number>;
  backlog(): Promise<{
    readonly deliveries: number;
    /**
     * The age of the oldest delivery that is not evaluated, for each source of the policy, for
     * Holdpoint's own and, as "other", for all others; 0 = none waits.
     */
    readonly unread: ReadonlyMap<string, Millis>;
    readonly outbox: number;
    readonly dead: number;
    readonly oldestOutboxAge: Millis | null;
  }>;
  /** Since the last tick ended; null before the first. */
  tickAge(): Millis | null;
  /**
   * The difference of other clocks from the one used for deadlines; null where it is compared with
   * none.
   */
  clock(): ClockDifference | null;
  /** What makes the record doubtful: then nothing is signed, and nothing widened. */
  inDoubt(): readonly string[];
  /** Why what was signed last cannot be kept outside the database; null = it is. */
  signing(): string | null;
  /**
   * The free space of the embedded database's disk, and a sentence where it is little; null where
   * another server keeps the data.
   */
  disk(): Promise<{ readonly freeBytes: number; readonly note: string | null } | null>;
  /**
   * Each chat: why it cannot work (a scope is missing), and how many problems its doctor found
   * besides; names are only for operators.
   */
  chats(): readonly {
    readonly name: string;
    readonly problem: string | null;
    readonly note: string | null;
  }[];
}

/** The part of a request that the guard reads; a Fastify request fits. */
export interface GuardedRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly localPort?: number | undefined;
  };
}
