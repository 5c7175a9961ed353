import type { Reading } from "../../core/escalation/readings.ts";
import type { Commitment, Digest, EntryId, EscalationId, Instant, Millis } from "../../core/ids.ts";
import type { Entry } from "../../core/log/entry.ts";
import type { FoundKey } from "../../core/log/found-keys.ts";
import type { Named, Person } from "../../core/people/person.ts";
import type { EscalationEvidence, ShownConditions } from "../../core/state/evidence.ts";
import type { LogRow } from "../../core/state/log-fold.ts";
import type {
  DeploymentState,
  EscalationState,
  NumbersState,
  OrgState,
} from "../../core/state/state.ts";
import type { Cosignatures } from "./cosignatures.ts";
import type { ErasureStore } from "./erasure.ts";
import type {
  ConditionRow,
  ReceivedSince,
  RememberedSignals,
  SignalRow,
  WantedConditions,
} from "./evidence-rows.ts";
import type { Pace } from "./fault.ts";
import type { LinkRow, SessionRow } from "./identity.ts";
import type { EntryFilter, Head, QuarterFigures, Recorded } from "./log-queries.ts";
import type { Claimed, Outgoing } from "./outbox.ts";
import type { ToldStore } from "./outbox-store.ts";
import type { UpkeepStore } from "./upkeep.ts";

/**
 * What the shell asks of the database. The adapter implements it whole; nothing here is optional.
 */

export type StreamName = "org" | "numbers" | `deployment:${string}`;
export type StreamState = OrgState | NumbersState | DeploymentState;
type Streams = ReadonlyMap<
  StreamName,
  { readonly version: number; readonly state: StreamState | null }
>;

/** A row that says: look at this stream again at this time. */
export interface Due {
  readonly stream: StreamName;
  readonly kind: string;
  readonly at: Instant;
}

/** A stream as the database keeps it. */
export interface WrittenStream {
  readonly state: StreamState | null;
  readonly dues: readonly Pick<Due, "kind" | "at">[];
}

export interface Text {
  readonly commitment: Commitment;
  readonly salt: Uint8Array;
  readonly text: string;
}

/**
 * Everything one state change is, computed beforehand. Applied whole or not at all.
 * `expect` names every stream that was read to decide; a moved version is a conflict.
 */
export interface Change {
  /** Idempotency key of the press or command; null for the system's own steps. */
  readonly key: string | null;
  readonly expect: readonly { readonly stream: StreamName; readonly version: number }[];
  /** With canonical bytes. `at` of every entry must not be before the head's, else conflict. */
  readonly entries: readonly { readonly entry: Entry; readonly bytes: Uint8Array }[];
  readonly streams: readonly { readonly stream: StreamName; readonly state: StreamState }[];
  /** Escalations changed by this, for lists and pages. */
  readonly escalations: readonly EscalationState[];
  /** Replaces all due rows of the streams in `streams`. */
  readonly dues: readonly Due[];
  readonly outbox: readonly Outgoing[];
  readonly texts: readonly Text[];
  /** As a policy names them; what they linked is left as it is. */
  readonly people: readonly Person[];
  readonly policies: readonly PolicyRow[];
  readonly conditions: readonly ConditionRow[];
  /** What is shown of these escalations' conditions, in place of what was. */
  readonly shown: readonly { readonly escalation: EscalationId; readonly shown: ShownConditions }[];
  readonly signals: readonly SignalRow[];
  /** What rules with a memory remember; the last of one occurrence counts. */
  readonly readings: readonly Reading[];
  /**
   * New deliveries that this evaluates: they are stored with it. If one is stored already, or an
   * earlier one of the same source waits, conflict.
   */
  readonly stored: readonly Delivery[];
  /** Stored deliveries that this evaluates, by id; if one is evaluated already, conflict. */
  readonly deliveries: readonly string[];
  /**
   * Of a widening: the waiting deliveries that were looked through for it, by id; if any other
   * waits when this is committed, conflict. Null where nothing widens.
   */
  readonly heard: readonly string[] | null;
  /** Sessions, login links and codes, by hash of their token. */
  readonly sessions: readonly SessionRow[];
  /** Accounts linked and given back; after `people`. */
  readonly links: readonly LinkRow[];
  /** Codes, login links and sessions used up by this, by hash; if one is already, conflict. */
  readonly spent: readonly string[];
  /** The answer to give again for the same key. Plain JSON. */
  readonly result: unknown;
}

export type Committed =
  /** `index` is the log index of the first entry; null when there was none. */
  | { readonly is: "done"; readonly index: number | null; readonly result: unknown }
  | { readonly is: "repeat"; readonly result: unknown }
  | { readonly is: "conflict"; readonly because: string };

export interface PolicyRow {
  readonly digest: Digest;
  /** Canonical bytes: SHA-256 of these is the digest. */
  readonly canonical: Uint8Array;
  /** The file as adopted (erasable). */
  readonly yaml: string;
  readonly adoptedAt: Instant;
}

export interface Snapshot {
  readonly headAt: Instant;
  readonly headSize: number;
  readonly streams: Streams;
}

export interface Delivery {
  /** `d_` + random. */
  readonly id: string;
  readonly source: string;
  readonly receivedAt: Instant;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Identity for duplicates, unique per source; null = none. */
  readonly identity: string | null;
  /**
   * What headers said beside the body and a reader may need, by their names in lower case: at most
   * 16, 4 KiB together.
   */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * The database. THE COMMIT POINT is `commit`: before it nothing has happened, after it everything
 * has.
 */
export interface Store
  extends ToldStore,
    ErasureStore,
    UpkeepStore,
    Cosignatures,
    RememberedSignals {
  read(streams: readonly StreamName[]): Promise<Snapshot>;
  commit(change: Change): Promise<Committed>;
  /**
   * The result kept for an idempotency key, or undefined. Asked after any connection error, before
   * answering.
   */
  receipt(key: string): Promise<{ readonly result: unknown } | undefined>;

  /**
   * Stores all or throws; answers per delivery whether its identity was seen before (then nothing
   * is stored for it).
   */
  storeDeliveries(
    deliveries: readonly Delivery[],
  ): Promise<readonly { readonly id: string; readonly duplicate: boolean }[]>;
  /**
   * Takes up to `limit` unevaluated deliveries for `leaseMs`; no two takers get the same. Each
   * source has a lane: the oldest of each, then the next of each, beginning with the sources behind
   * `after` in the alphabet. Bodies of about 256 KiB together, one body more at most. Answers in
   * the order in which they came.
   */
  claimDeliveries(limit: number, leaseMs: number, after: string): Promise<readonly Delivery[]>;
  /** Takes those of these that wait and that nobody has taken, in the order in which they came. */
  claimNamed(ids: readonly string[], leaseMs: number): Promise<readonly Delivery[]>;
  /**
   * Deliveries that nobody has evaluated, oldest first, without `except`: at most 200 and about 2
   * MiB, and whether somebody has taken each.
   */
  unread(
    except: readonly string[],
  ): Promise<readonly { readonly delivery: Delivery; readonly taken: boolean }[]>;
  /** Which of these rules an escalation has conditions of. */
  rulesAmong(escalation: EscalationId, rules: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Conditions as counted so far, oldest first: however many there are, only what is asked for is
   * read.
   */
  conditionsOf(wanted: WantedConditions): Promise<readonly ConditionRow[]>;
  evidenceOf(
    escalations: readonly EscalationId[],
  ): Promise<ReadonlyMap<EscalationId, EscalationEvidence>>;
  /** Signals of a deployment since then, newest first. */
  /** The newest signals about a deployment after an instant, with the SHA-256 of each body. */
  receivedSince(deployment: string, since: Instant, limit: number): Promise<ReceivedSince>;
  signalsSince(deployment: string, since: Instant, limit: number): Promise<readonly SignalRow[]>;

  /** The last delivery of each source, and the oldest that nobody has looked into. */
  heardFrom(
    sources: readonly string[],
  ): Promise<
    ReadonlyMap<string, { readonly at: Instant | null; readonly waitingSince: Instant | null }>
  >;
  /** When the last complete run of each was kept, in this order; null = never. */
  lastRuns(
    wanted: readonly {
      readonly source: string;
      readonly deployment: string;
      readonly suite: string;
    }[],
  ): Promise<readonly (Instant | null)[]>;
  /** What stored signals have made of each rule, at best. */
  verdictsOf(
    triggers: readonly string[],
  ): Promise<ReadonlyMap<string, "fired" | "indeterminate" | "never">>;

  dueBy(now: Instant, limit: number): Promise<readonly Due[]>;
  people(): Promise<readonly Named[]>;
  policy(digest: Digest): Promise<PolicyRow | undefined>;
  policies(): Promise<readonly PolicyRow[]>;
  texts(commitments: readonly Commitment[]): Promise<ReadonlyMap<Commitment, Text>>;
  /** Salts of texts already known, so that adopting the same policy again gives the same digest. */
  textsLike(texts: readonly string[]): Promise<ReadonlyMap<string, Text>>;
  session(hash: string): Promise<SessionRow | undefined>;

  /** Open and settled escalations of all deployments, newest first. */
  liveEscalations(): Promise<readonly EscalationState[]>;
  /** The deployments that have any, by name. */
  liveDeployments(): Promise<readonly string[]>;
  /** The escalations that were open or settled at an instant, in the order of their numbers. */
  liveAt(
    at: Instant,
  ): Promise<readonly { readonly id: EscalationId; readonly deployment: string }[]>;
  escalation(id: EscalationId): Promise<EscalationState | undefined>;
  escalations(filter: {
    readonly status?: string;
    readonly deployment?: string;
    readonly below?: number;
    readonly limit: number;
  }): Promise<readonly EscalationState[]>;
  entries(filter: EntryFilter): Promise<readonly Recorded[]>;
  /** Where they are, newest first. */
  entryIndexes(filter: Omit<EntryFilter, "limit">): Promise<readonly number[]>;
  /**
   * What became of escalations and decisions in each quarter (UTC), of each group of deployments.
   */
  figures(
    groups: readonly { readonly deployment: string; readonly group: string }[],
  ): Promise<readonly QuarterFigures[]>;
  /** The models that escalations were about, by name. */
  recordedModels(): Promise<readonly string[]>;
  /**
   * Of entries with a smaller index than `below`, in index order: of each deployment the last
   * decision, the last date for looking again that was set, and the last version that each of the
   * gateways said it carries out. Reads these entries and no others.
   */
  lastOfPostures(
    of: readonly { readonly deployment: string; readonly gateways: readonly string[] }[],
    below: number,
  ): Promise<readonly Recorded[]>;
  entryById(ids: readonly EntryId[]): Promise<readonly Recorded[]>;
  /** In index order, `[from, to)`. */
  entriesFrom(from: number, to: number): Promise<readonly Recorded[]>;
  /** The same with what was computed from the bytes, as the rows have it. */
  logRows(from: number, to: number): Promise<readonly LogRow[]>;
  /** The first of these keys by which the entry is not found; undefined = all are there. */
  missingKey(keys: readonly FoundKey[]): Promise<FoundKey | undefined>;
  /** The next `limit` keys by which entries are found, after one, in an order of the database's. */
  keysAfter(after: FoundKey, limit: number): Promise<readonly FoundKey[]>;
  /** What these streams and their due times are, and how long the log is at that moment. */
  written(streams: readonly StreamName[]): Promise<{
    readonly size: number;
    readonly streams: ReadonlyMap<StreamName, WrittenStream>;
  }>;
  /** The list of the escalations that are not closed, and how long the log is at that moment. */
  writtenEscalations(): Promise<{
    readonly size: number;
    readonly escalations: readonly EscalationState[];
  }>;
  leafHashes(from: number, to: number): Promise<readonly Uint8Array[]>;
  /** Hashes of the complete subtrees `[from, to)` at `level`, a multiple of 8 (0 = leaves). */
  storedHashes(level: number, from: number, to: number): Promise<readonly Uint8Array[]>;
  /**
   * Hash of the complete subtree `index` at `level` (0 = leaf), from leaves and stored level-8 and
   * level-16 nodes.
   */
  subtree(level: number, index: number): Promise<Uint8Array>;
  head(): Promise<Head>;
  saveCheckpoint(size: number, note: string): Promise<void>;
  checkpoint(): Promise<{ readonly size: number; readonly note: string } | undefined>;

  /**
   * Takes unsent messages of a chat for `pace.leaseMs`: at most `limit`, at most `pace.perLane` of
   * a lane, none of a lane that spoke less than `pace.laneMs` ago or is held, no card edited less
   * than `pace.editMs` ago. Most urgent first.
   */
  claimOutbox(chat: string, limit: number, pace: Pace): Promise<readonly Claimed[]>;
  /** Ms until `claimOutbox` could give something, 0 = now, null = nothing waits. */
  nextOutbox(chat: string, pace: Pace): Promise<Millis | null>;
  /**
   * Settles a claimed row; ignored when the fence has moved on. A later write to the same key keeps
   * it pending.
   */
  sent(id: number, fence: number): Promise<void>;
  failed(id: number, fence: number, failure: SendFailure): Promise<void>;
  /** The `chat` of everything that waits in the outbox. */
  waitingChats(): Promise<readonly string[]>;
  /**
   * Under which adoption of a policy an endpoint said that it is gone for good; null = it never
   * did.
   */
  goneUnder(endpoint: string): Promise<Instant | null>;
  saveGone(endpoint: string, adoptedAt: Instant): Promise<void>;

  /**
   * Runs `work`. On the embedded database its statements let those of people who wait for an answer
   * go first.
   */
  inBackground<T>(work: () => Promise<T>): Promise<T>;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /**
   * False while the last write found no room on the database's disk. After a minute without
   * another, PostgreSQL is asked by a small write; of the embedded database nobody knows then:
   * true.
   */
  hasRoom(): Promise<boolean>;
  /** What the database's clock shows. */
  now(): Promise<Instant>;
  /** Waiting work, for /metrics. Ages in ms, null when nothing waits. */
  backlog(): Promise<{
    readonly deliveries: number;
    /**
     * When the oldest delivery that nobody has evaluated came, by source; sources without one are
     * left out.
     */
    readonly unread: ReadonlyMap<string, Instant>;
    readonly outbox: number;
    /** Messages given up. */
    readonly dead: number;
    readonly oldestOutboxAge: number | null;
  }>;
  close(): Promise<void>;
}

/** What is known of a send that failed. Times count from now, by the database's clock. */
export interface SendFailure {
  /** Null = never again. */
  readonly retryIn: Millis | null;
  /** Whether it may have arrived: then the next claim says so. */
  readonly doubt: boolean;
  /** Nothing more to this lane for so long. */
  readonly holdLane: Millis | null;
  readonly error: string;
}
