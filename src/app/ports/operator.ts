import type { Digest } from "../../core/ids.ts";

/** For whom a policy is adopted and why, as the operator says; people by key or full name. */
export interface AdoptionSaid {
  readonly as: string;
  readonly because: string;
  /** Who agreed to it; null where nobody is named. */
  readonly confirmedBy: string | null;
  /** The address of what it is based on, such as a paper or an incident; null where none is. */
  readonly basis: string | null;
}

/** What came of adopting a policy. */
export type Adoption =
  | {
      readonly is: "adopted";
      readonly digest: Digest;
      readonly index: number;
      readonly looser: readonly string[];
    }
  /** It loosens something, and the policy in force has a second person confirm that. */
  | {
      readonly is: "proposed";
      readonly digest: Digest;
      /** RFC 3339: until when it waits. */
      readonly until: string;
      readonly looser: readonly string[];
      /** By name, who may confirm it. */
      readonly confirmers: readonly string[];
    }
  /** This policy was in force already, nothing was recorded. */
  | { readonly is: "same"; readonly digest: Digest }
  /** Another policy came into force since the caller looked. */
  | { readonly is: "moved"; readonly current: Digest }
  /** The text is no policy, or what is in force could not go on under it. */
  | { readonly is: "invalid"; readonly problems: readonly string[] };

/** What the policy in force names and nothing stored has ever answered to, by name. */
export interface Coverage {
  readonly digest: Digest;
  /** Rules that no stored signal ever met. */
  readonly rulesNeverMet: readonly string[];
  /** Rules of which it could never be told: what they need was missing each time. */
  readonly rulesNeverTold: readonly string[];
  readonly sourcesNeverHeard: readonly string[];
  /** Deployments that no rule watches. */
  readonly deploymentsWithoutTrigger: readonly string[];
}

/** A policy and the one in force, over stored signals. */
export interface Backtest {
  /** RFC 3339: signals since then. */
  readonly since: string;
  readonly signals: number;
  /** Whether a deployment had more signals than are replayed; the oldest are left out. */
  readonly isCut: boolean;
  readonly rules: readonly BacktestRule[];
  /** Signals that wait for an answer and that no trigger matches. */
  readonly unmatched: { readonly before: number; readonly after: number };
}

/** One trigger on one deployment; null where a policy has no such trigger, or it saw nothing. */
export interface BacktestRule {
  readonly deployment: string;
  readonly trigger: string;
  readonly before: BacktestFigures | null;
  readonly after: BacktestFigures | null;
}

export interface BacktestFigures {
  readonly shadow: boolean;
  /** Signals at which it fired. */
  readonly fired: number;
  /** Signals of which it could not be told. */
  readonly untold: number;
  readonly escalations: number;
  /** Escalations of one signal alone. */
  readonly alone: number;
  /** How often each person would have been named to decide, by name. */
  readonly named: Readonly<Record<string, number>>;
  /** Escalations in which the response follows by policy, unless somebody decides. */
  readonly byPolicy: number;
  /** As in `narrow to no-tools`. */
  readonly response: string;
}
