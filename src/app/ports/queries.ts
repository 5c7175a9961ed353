import type { EscalationId, Instant } from "../../core/ids.ts";
import type { Line } from "../../core/words/line.ts";

/** A page, newest first. `next` is where the following one begins, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

/** A question with values that nothing is called, a sentence for each; nothing was looked for. */
export interface Unfit {
  readonly unfit: readonly string[];
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
  /** Counts the decisions about it; a gateway reports the one it carries out. */
  readonly version: number;
  /** The policy's scopes, widest first, each with what is allowed in it. */
  readonly scopes: readonly ScopeBody[];
  /** What gateways reported; empty while none is connected. */
  readonly applied: readonly {
    readonly gateway: string;
    readonly version: number;
    readonly at: string;
  }[];
}

/** What a gateway says it carries out (`POST /v1/deployments/:id/applied`). */
export interface AppliedReport {
  readonly deployment: string;
  readonly gateway: string;
  readonly version: number;
}

/**
 * What became of a gateway's report. `known`: it had said so before. `current` is the version in
 * force.
 */
export type Applied =
  | { readonly is: "recorded" | "known"; readonly current: number }
  | { readonly is: "unknown-deployment" }
  | { readonly is: "unknown-gateway"; readonly known: readonly string[] }
  | { readonly is: "not-yet"; readonly current: number };

/** A scope with its settings (`audience`, `tools`, and what else the policy says). */
interface ScopeBody {
  readonly id: string;
  readonly allows: Readonly<Record<string, string | number | boolean>>;
}

/** `GET /v1/escalations/:id`. People by name. */
export interface EscalationBody {
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
  /** Of `unmatched`: which source said what; null otherwise, and where several names share it. */
  readonly about: { readonly source: string; readonly name: string } | null;
  /**
   * Of `unmatched` where several names share it: how many they are, and those that are named; null
   * otherwise.
   */
  readonly others: {
    readonly counted: number;
    readonly names: readonly {
      readonly source: string;
      readonly name: string;
      readonly severity: string;
    }[];
  } | null;
}

/** One line of `GET /v1/decisions`: the entry as recorded, its index, and a sentence with names. */
export interface DecisionBody {
  readonly index: number;
  readonly entry: unknown;
  readonly text: string;
}

/**
 * Filters of `GET /v1/decisions` and the history; null = not given. Values that nothing is called
 * are refused.
 */
export interface DecisionFilter {
  readonly deployment: string | null;
  /** A person's key in the policy, or random id. */
  readonly actor: string | null;
  /** The same, of whoever is behind a decision. */
  readonly decider: string | null;
  /** A decision (`pause`) or a kind of entry (`authority.passed`). */
  readonly kind: string | null;
  readonly trigger: string | null;
  readonly escalation: string | null;
  readonly severity: string | null;
  readonly model: string | null;
  /** `denied`, `overdue`, or marks of decisions (core/filters); empty = everything. */
  readonly only: readonly string[];
  readonly since: Instant | null;
  /** Exclusive. */
  readonly until: Instant | null;
  /** Only indexes below this. */
  readonly below: number | null;
  readonly limit: number;
}

/** One line of the history as people read it. */
export interface HistoryView {
  readonly index: number;
  readonly at: Instant;
  readonly kind: string;
  readonly deployment: string;
  readonly escalation: EscalationId | "";
  /** A sentence with names: who did what, why, under which rule. */
  readonly line: Line;
}

/** Something that was so, when; null = at no single time. */
export interface RecordItem {
  readonly at: Instant | null;
  readonly line: Line;
}

/** Everything that the record has of one escalation, in the order in which it is read. */
export interface RecordView {
  readonly id: EscalationId;
  readonly title: Line;
  readonly timezone: string;
  readonly sections: readonly { readonly heading: string; readonly items: readonly RecordItem[] }[];
  /** The proof of its decision, or of its opening; "" where there is none. */
  readonly proof: string;
  /** The entry that is proved. */
  readonly proves: number | null;
}

/** Filters of `GET /v1/escalations`. `below`: only numbers (HP-n) below this. */
export interface EscalationFilter {
  readonly status: "open" | "settled" | "closed" | null;
  readonly deployment: string | null;
  readonly below: number | null;
  readonly limit: number;
}

/** `GET /log/consistency`: the newest checkpoint extends the first `from` entries. */
export interface ConsistencyBody {
  readonly from: number;
  readonly size: number;
  readonly hashes: readonly string[];
  readonly checkpoint: string;
}

/** A piece of the log of c2sp.org/tlog-tiles. `width` is 1 to 256, 256 = whole. */
export interface Tile {
  /** 0 to 7, or the entries themselves. */
  readonly level: number | "entries";
  readonly index: number;
  readonly width: number;
}

/** `GET /log/proof/:index`. */
export interface ProofBody {
  readonly index: number;
  readonly size: number;
  /** Canonical bytes of the entry, as text. */
  readonly entry: string;
  readonly leafHash: string;
  readonly hashes: readonly string[];
  readonly checkpoint: string;
}
