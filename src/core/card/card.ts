import type { EscalationId, Instant, PersonId } from "../ids.ts";
import type { Line, Part } from "../words/line.ts";

export type { Line, Part };

/** The small form a button opens: two taps, no typing. */
export interface Form {
  readonly title: string;
  /** Reason filled in beforehand, from the rule. */
  readonly reason: string;
  readonly reasonRequired: boolean;
  /** What is read before it is submitted; missing where there is nothing to read. */
  readonly told?: readonly Line[];
  /** A submit button that names the deed, e.g. "Pause Assistant (production)". */
  readonly submit: string;
}

/** A button is a typed command: `command` is the line it stands for, without the reason. */
export interface Button {
  readonly label: string;
  readonly command: string;
  readonly style: "primary" | "danger" | "plain";
  /** null = acts at once. */
  readonly form: Form | null;
  /** The posture version it is offered at, where that is not the one of what was pressed before. */
  readonly version?: number;
}

/**
 * What a chat shows of one escalation: at most ten lines and two rows of buttons. The last button,
 * More…, is the chat's own and opens `more`.
 */
export interface Card {
  readonly escalation: EscalationId;
  readonly deployment: string;
  /**
   * Posture version it shows; buttons carry it. null where there is no posture (unknown
   * deployment).
   */
  readonly version: number | null;
  readonly status: "open" | "settled" | "closed";
  readonly severity: "info" | "warning" | "high" | "critical";
  /** "🔴 Assistant (production) · HP-142" */
  readonly title: Line;
  readonly lines: readonly Line[];
  readonly buttons: readonly (readonly Button[])[];
  /** Evidence, rule text, digest, deputies' table. */
  readonly more: readonly { readonly heading: string; readonly lines: readonly Line[] }[];
  /**
   * Who acknowledges and who decides: mentioned when the card first appears, and reached when its
   * channel cannot be.
   */
  readonly notify: readonly PersonId[];
  /** ≤ 120 characters. */
  readonly lockScreen: string;
  readonly openedAt: Instant;
}
