import type { Digest, Instant } from "../../core/ids.ts";
import type { KeyPeriod } from "../../core/log/key-chain.ts";
import type { PolicyLine } from "../../core/policy/policy-words.ts";
import type { Line } from "../../core/words/line.ts";
import type { DecisionFilter, HistoryView, Unfit } from "./queries.ts";

/** What the console's pages for an auditor show. */

/** The log's name, its keys, and what of it was signed. */
export interface LogView {
  readonly name: string;
  readonly size: number;
  /** Of the last entry. */
  readonly at: Instant;
  /** The newest checkpoint with its cosignatures; null while none is signed. */
  readonly note: string | null;
  /** The first to the newest. */
  readonly keys: readonly KeyPeriod[];
  /** Names of the witnesses in the policy. */
  readonly witnesses: readonly string[];
  /** The newest checkpoints that witnesses cosigned, newest first. */
  readonly cosigned: readonly CosignedView[];
}

/** A checkpoint, and who cosigned it when; `at` is null where that cannot be believed. */
export interface CosignedView {
  readonly size: number;
  readonly by: readonly { readonly name: string; readonly at: Instant | null }[];
}

export interface PageViews {
  log(): Promise<LogView>;
  /** Those of the policy, then those that it has no more, by name. */
  deployments(): Promise<readonly DeploymentName[]>;
  /** Undefined where nothing of the record is about it. */
  timeline(deployment: string, asked: TimelineAsked): Promise<TimelineView | undefined>;
  /**
   * Every entry that the history finds, up to 10,000, the newest first: `limit` does not count. In
   * CSV nothing is run by a spreadsheet.
   */
  historyFile(asked: DecisionFilter, format: FileFormat): Promise<NamedFile | Unfit>;
  /**
   * `digest` may be the beginning of one; "" = the policy in force. Undefined = there is none such.
   */
  policies(digest: string): Promise<PoliciesView | undefined>;
}

/** A policy that was adopted, when, by whom and why. */
export interface AdoptionView {
  readonly index: number;
  readonly at: Instant;
  readonly digest: Digest;
  readonly line: Line;
}

/** The adopted policies, newest first, and one of them. */
export interface PoliciesView {
  readonly adoptions: readonly AdoptionView[];
  /** Whether there are older ones. */
  readonly isCut: boolean;
  /** What waits for a second person; null = nothing. */
  readonly proposed: {
    readonly line: Line;
    /** Against the policy in force. */
    readonly changes: readonly string[];
    /** What confirms it. */
    readonly command: string;
  } | null;
  /** What shadow triggers did lately, newest first, at most 20. */
  readonly shadows: readonly Line[];
  readonly shown: {
    readonly adoption: AdoptionView;
    /** Null = it is in force. */
    readonly until: Instant | null;
    /** Every line of it. */
    readonly words: readonly PolicyLine[];
    /** The one that it replaced; what follows is against that one. */
    readonly before: AdoptionView | null;
    readonly looser: readonly string[];
    readonly stricter: readonly string[];
    readonly changes: readonly string[];
  };
}

export type FileFormat = "csv" | "jsonl";

export interface NamedFile {
  readonly name: string;
  readonly text: string;
}

export interface DeploymentName {
  readonly id: string;
  readonly name: string;
  readonly isRetired: boolean;
}

/** One deployment over a time. */
export interface TimelineView {
  readonly id: string;
  readonly name: string;
  /** Whether the policy in force has it no more. */
  readonly isRetired: boolean;
  readonly from: Instant;
  readonly to: Instant;
  /**
   * When the asked time begins, where more was decided in it than is shown: the rest is before
   * `from`.
   */
  readonly cut: Instant | null;
  /** Whether there is more evidence than `events` has. */
  readonly isShort: boolean;
  /**
   * From the widest to paused; those of the newest policy that has it, and what else was in force.
   */
  readonly lanes: readonly string[];
  readonly postures: readonly PostureSpan[];
  readonly models: readonly ModelSpan[];
  /** Oldest first. */
  readonly events: readonly TimelineEvent[];
}

interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

export interface PostureSpan extends Span {
  readonly lane: string;
  readonly state: "open" | "narrowed" | "paused" | "retired";
  /** "open to everyone, tools on" */
  readonly words: string;
  /** The record that it began with; null = before the time shown. */
  readonly index: number | null;
}

/** Which model the policy says it has; "" = none. */
export interface ModelSpan extends Span {
  readonly model: string;
  readonly index: number | null;
}

export interface TimelineEvent extends HistoryView {
  readonly is: "decision" | "evidence" | "policy";
  /** Model versions that it names. */
  readonly models: readonly string[];
}

export interface TimelineAsked {
  /** Null = ninety days before the end, or the beginning. */
  readonly since: Instant | null;
  /** Exclusive; null = now. */
  readonly until: Instant | null;
}
