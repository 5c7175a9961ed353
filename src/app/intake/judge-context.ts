import type { EscalationId } from "../../core/ids.ts";
import type { SignalName } from "../../core/log/entry.ts";
import type { Severity } from "../../core/policy/severity.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import type { Conditions, ReceivedSignal } from "./evidence-counts.ts";
import type { Recall } from "./remembering.ts";

/** What evaluating a signal needs, and what it finds. */
export interface JudgeContext {
  readonly work: UnitOfWork;
  readonly known: Conditions;
  /** What rules with a memory ask of earlier signals. */
  readonly recalled: Recall;
  /** Rules that each shared escalation has conditions of. */
  readonly names: Map<EscalationId, Set<string>>;
  readonly news: News;
  /** Closed escalations whose cards say that something fires which is over by now. */
  readonly over: Set<EscalationId>;
}

/**
 * What these deliveries bring to an escalation that was open before: names, each with its severity,
 * and the worst signal.
 */
export type News = Map<EscalationId, NewsOfOne>;

export interface NewsOfOne {
  readonly deployment: string;
  readonly named: UnmatchedSignal[];
  worst: UnmatchedSignal;
}

export interface UnmatchedSignal extends SignalName {
  readonly severity: Severity;
  readonly receivedSignal: ReceivedSignal;
}
