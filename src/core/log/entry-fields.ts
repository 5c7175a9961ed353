import type { Commitment, PersonId } from "../ids.ts";

/** Types that several kinds of entries share. */

/** RFC 3339 UTC with milliseconds, e.g. `2026-11-23T03:40:00.000Z`. */
export type Timestamp = string;

/** Where a step was taken. */
export type Surface =
  | "console"
  | "slack"
  | "teams"
  | "pagerduty"
  | "http"
  | "cli"
  | "webhook"
  | "tick"
  | "start";

/** What a person is known by: their name, or their account in one system. */
export type IdentityPart = "name" | "slack" | "teams" | "pagerduty" | "oidc";

/** What a person is known by, recorded for the first time. Parts they do not have are left out. */
export interface BoundIdentity {
  readonly person: PersonId;
  readonly parts: readonly { readonly of: IdentityPart; readonly value: Commitment }[];
}

/** One thing that a person is known by; "" = none. */
export interface IdentityChange {
  readonly of: IdentityPart;
  readonly before: Commitment | "";
  readonly after: Commitment | "";
}

/**
 * Which rule allowed a decision, e.g. `restrict.decider`, `restrict.alsoMay`, `widen.deputy`,
 * `breakGlass`, `onTimeout.respond`, `act.first`, `reassess.onOverdue`, `undo`.
 */
export type AuthorityRule = string;

/** How a decision differs from the response written down before. */
export type Deviation = "none" | "stricter" | "weaker" | "other" | "unplanned";

/** Why the policy had to answer for people; "at once" = it acts first, and asks then. */
export type TimeoutCause =
  | "nobody seen"
  | "seen, not decided"
  | "unreachable"
  | "at once"
  | "not reviewed";

/** Whom a schedule meant then. */
export interface OnCall {
  readonly schedule: string;
  readonly person: PersonId;
}

/** Why one of those who agreed to a resume did. */
export interface Agreed {
  readonly person: PersonId;
  readonly reason: Commitment;
}

/** What a hand-off asks of whoever is on call now. */
export type HandedDuty = "acknowledge" | "decide" | "confirm";
