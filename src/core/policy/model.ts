import type { Commitment, Digest, Instant, Millis, PersonId } from "../ids.ts";
import type { Hours, Recurrence } from "../time.ts";
import type { Condition } from "./condition.ts";
import type { Mapping } from "./mapping.ts";
import type { Memory } from "./memory.ts";
import type { Severity } from "./severity.ts";
import type { SignedPart } from "./signed-text.ts";

/** A person, or whoever a schedule names at the instant. */
export type Ref = PersonId | `schedule:${string}`;

export interface Schedule {
  readonly id: string;
  readonly timezone: string;
  readonly rotation: readonly PersonId[];
  readonly handoff: Recurrence;
  /** Half-open [from, to) in instants. */
  readonly overrides: readonly {
    readonly person: PersonId;
    readonly from: Instant;
    readonly to: Instant;
  }[];
}

interface Channel {
  readonly id: string;
  readonly slack: string | null;
  readonly teams: string | null;
}

export type DecisionKind = "narrow" | "pause" | "resume" | "retest" | "monitor" | "keep";

export interface Authority {
  readonly acknowledge: readonly Ref[];
  readonly restrict: {
    readonly decider: Ref;
    readonly deputies: readonly Ref[];
    readonly alsoMay: readonly Ref[];
  };
  readonly widen: {
    readonly decider: Ref;
    readonly deputies: readonly Ref[];
    /** Further people a resume needs: `people` of `by`, none of them the starter, nor the owner. */
    readonly confirm: {
      readonly by: readonly Ref[];
      readonly people: number;
      readonly notOwner: boolean;
    };
  };
  readonly breakGlass: readonly PersonId[];
}

/** What a trigger or a severity says in place of a deployment's authority, key by key. */
export interface AuthorityChange {
  readonly acknowledge?: readonly Ref[];
  readonly restrict?: Partial<Authority["restrict"]>;
  readonly widen?: {
    readonly decider?: Ref;
    readonly deputies?: readonly Ref[];
    readonly confirm?: Partial<Authority["widen"]["confirm"]>;
  };
  readonly breakGlass?: readonly PersonId[];
}

interface Reassess {
  readonly every: Recurrence | null;
  readonly within: Readonly<Record<DecisionKind, Millis>>;
  /**
   * Working-day offsets before the due instant; 0 = at it. Whole days are working days, shorter
   * ones plain time.
   */
  readonly remind: readonly Millis[];
  readonly overdueEvery: Millis;
  /** What follows by policy when nobody answers; null = reminders alone. */
  readonly onOverdue: OverdueResponse | null;
  readonly on: readonly string[];
}

/** A restriction that follows `grace` after a review date; scope null = the next narrower one. */
export interface OverdueResponse {
  readonly kind: "narrow" | "pause";
  readonly scope: string | null;
  readonly grace: Millis;
}

export interface Deployment {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly owner: PersonId | null;
  readonly channel: string;
  /** A scope id or "paused". */
  readonly starts: string;
  /** Widest first. */
  readonly scopes: readonly {
    readonly id: string;
    /** "" where the policy does not say it. */
    readonly audience: string;
    /** Null where the policy does not say it. */
    readonly tools: boolean | null;
    readonly more: Readonly<Record<string, string | number | boolean>>;
  }[];
  readonly authority: Authority;
  /** What differs for escalations of a severity. */
  readonly severities: ReadonlyMap<Severity, AuthorityChange>;
  readonly undo: Millis;
  readonly hours: Hours;
  readonly reassess: Reassess;
  /** Who carries a posture out and has to say so; null = nobody is known to. */
  readonly enforcement: {
    readonly gateways: readonly string[];
    readonly confirmWithin: Millis;
  } | null;
}

/** What was written down beforehand as the answer to a trigger. */
export type Response =
  | { readonly kind: "retest" }
  | { readonly kind: "monitor" }
  | { readonly kind: "narrow"; readonly scope: string }
  | { readonly kind: "pause" };

/** One part of a written response, with what it says further. */
export type ResponsePart =
  | Extract<Response, { readonly kind: "narrow" | "pause" }>
  | {
      readonly kind: "retest";
      /** "" = that of the run that fired. */
      readonly suite: string;
      readonly by: PersonId | "";
      readonly within: Millis | null;
    }
  | { readonly kind: "monitor"; readonly monitor: string };

export interface Trigger {
  readonly id: string;
  readonly deployments: readonly string[];
  readonly method: string;
  /** CEL source. */
  readonly when: string;
  readonly severity: Severity;
  /** Null where the deployment's authority counts. */
  readonly authority: AuthorityChange | null;
  /** What restricts, of several the only one that does; else the first. */
  readonly response: Response;
  /** All of it, in order. */
  readonly parts: readonly ResponsePart[];
  readonly acknowledgeWithin: Millis | null;
  readonly decideWithin: Millis | null;
  readonly onTimeout: "respond" | "pass" | null;
  /** Whether the response is applied at once, and people are asked afterwards. */
  readonly actsFirst: boolean;
  /** So much worse than when it was answered it is asked again; null = half as far again. */
  readonly worseBy: number | null;
  /** Why, in the policy's own words: a commitment; the text is in the erasable table. */
  readonly because: Commitment;
  /** The address of what to follow; "" = none. */
  readonly runbook: string;
  /** What people do besides, in order, as commitments. */
  readonly steps: readonly Commitment[];
  /** Evaluated and recorded only: it opens nothing. */
  readonly shadow: boolean;
  /** What people call that which it measures; "" = what the sender calls it. */
  readonly title: string;
  /**
   * What stands behind a value: `percent` = values are shares of one; "" = nothing is known of it.
   */
  readonly unit: string;
  /** The compiled condition. */
  readonly evaluate: Condition["evaluate"];
  readonly measureOf: Condition["measureOf"];
  readonly isAbout: Condition["isAbout"];
  readonly isOfValue: boolean;
  /** What it remembers of earlier signals; null = nothing. */
  readonly memory: Memory | null;
  /** Under what its signals are remembered; "" where neither it nor another rule asks for them. */
  readonly rule: string;
}

/**
 * How a sender proves who it is. Secrets are `env:NAME`; of several, any may have been used. Header
 * names in lower case.
 */
type SourceAuth =
  | { readonly bearer: string }
  | { readonly standardWebhooks: readonly string[] }
  /** The vendor's own signature, named by the source's type. */
  | { readonly signature: { readonly of: string; readonly secrets: readonly string[] } }
  | { readonly header: { readonly name: string; readonly secrets: readonly string[] } }
  | { readonly basic: { readonly username: string; readonly secrets: readonly string[] } }
  | {
      readonly hmac: {
        readonly name: string;
        readonly prefix: string;
        readonly encoding: "hex" | "base64";
        readonly secrets: readonly string[];
        /** What is signed; absent where that is the body alone. */
        readonly signed?: SignedText;
      };
    };

/** The text that a sender signs, and where what stands in it comes from. */
export interface SignedText {
  readonly parts: readonly SignedPart[];
  /** Header names in lower case; "" where the text has no such part. */
  readonly id: string;
  readonly timestamp: string;
  /** How far the timestamp may be off, either way. */
  readonly tolerance: Millis;
}

export interface Source {
  readonly id: string;
  readonly type: string;
  readonly auth: SourceAuth;
  readonly deployment: string;
  readonly map: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly expect: readonly Expectation[];
  /** How a source of type mapped is read; null for the types that are known. */
  readonly mapping: Mapping | null;
}

/** What must be heard from a source; otherwise the silence is a signal about these deployments. */
export type Expectation =
  | {
      readonly kind: "heartbeat";
      readonly every: Millis;
      readonly deployments: readonly string[];
    }
  | {
      readonly kind: "run";
      readonly suite: string;
      readonly by: Recurrence;
      readonly timezone: string;
      readonly deployment: string;
    };

/** Who is told of entries by signed webhook. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  /** `env:NAME` each; every one of them signs. */
  readonly secrets: readonly string[];
  /** Kinds of entries. */
  readonly events: ReadonlySet<string>;
  /** Null = all. */
  readonly deployments: ReadonlySet<string> | null;
  /** Addresses and CIDR ranges it may be at although they are private. */
  readonly privateAddresses: readonly string[];
}

/** Where signed checkpoints of the log go: out of reach of whoever can change the database. */
export type AuditAddress = { readonly id: string } & (
  | { readonly kind: "channel"; readonly channel: string }
  | ({ readonly kind: "webhook" } & Pick<Endpoint, "url" | "secrets" | "privateAddresses">)
  | { readonly kind: "directory"; readonly directory: string }
  | WitnessAddress
);

/** A C2SP witness: `vkey` is its key, `url` what stands before `/add-checkpoint`. */
export interface WitnessAddress extends Pick<Endpoint, "id" | "url" | "privateAddresses"> {
  readonly kind: "witness";
  readonly vkey: string;
}

/** The keys of the witnesses that a policy names. */
export function witnessesOf({ audit }: Pick<Policy, "audit">): readonly string[] {
  return [...audit.values()].flatMap((place) => (place.kind === "witness" ? [place.vkey] : []));
}

/** On-call paging: PagerDuty Events API v2. */
export interface Pager {
  readonly id: string;
  /** `env:NAME`. */
  readonly routingKey: string;
  readonly deployments: ReadonlySet<string>;
  readonly severities: ReadonlySet<Severity>;
  readonly region: "us" | "eu";
}

/**
 * The rules, loaded: every reference resolved, every condition compiled, people as random ids.
 * Immutable.
 */
export interface Policy {
  readonly digest: Digest;
  readonly people: ReadonlySet<PersonId>;
  /** Who may read which deployments, whatever they may do; null = whoever is named reads all. */
  readonly readers: ReadonlyMap<PersonId, "all" | ReadonlySet<string>> | null;
  /** Who may erase, two of them together; null = whoever is named. */
  readonly redact: ReadonlySet<PersonId> | null;
  /**
   * Who confirms a policy that loosens; null = nobody has to. `by` null: who may confirm a resume of
   * each deployment about which it does.
   */
  readonly adoption: { readonly by: ReadonlySet<PersonId> | null } | null;
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly deployments: ReadonlyMap<string, Deployment>;
  /** The deployments of each group, in the order of the policy. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly triggers: ReadonlyMap<string, Trigger>;
  /** For how long the account of a person counts as new after it changed; 0 = not at all. */
  readonly rebind: Millis;
  /** Channel for escalations nobody wrote a rule for; null = the deployment's own, else none. */
  readonly unmatchedChannel: string | null;
  readonly sources: ReadonlyMap<string, Source>;
  readonly notify: ReadonlyMap<string, Endpoint>;
  readonly wake: ReadonlyMap<string, Pager>;
  readonly audit: ReadonlyMap<string, AuditAddress>;
}

/** The triggers that name a deployment; none where the policy has no such deployment. */
export function triggersOf(
  { deployments, triggers }: Pick<Policy, "deployments" | "triggers">,
  deployment: string,
): readonly Trigger[] {
  return deployments.has(deployment)
    ? [...triggers.values()].filter((trigger) => trigger.deployments.includes(deployment))
    : [];
}
