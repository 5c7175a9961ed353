import type { Commitment, Digest, EntryId, EscalationId, PersonId, ScopeId } from "../ids.ts";
import type { Actor } from "../people/person.ts";
import type { DecisionKind, Response } from "../policy/model.ts";
import type { Severity } from "../policy/severity.ts";
import type { AccountBody } from "./account-entries.ts";
import type { DecisionBody } from "./decision-entries.ts";
import type { AuthorityRule, HandedDuty, OnCall, Surface, Timestamp } from "./entry-fields.ts";
import type {
  EvidenceReference,
  NamedSignal,
  RunSeen,
  SignalEvidence,
  SignalName,
  WorstOf,
} from "./evidence.ts";
import type { LogBody } from "./log-entries.ts";

export type {
  EvidenceReference,
  NamedSignal,
  RunSeen,
  SignalEvidence,
  SignalName,
  WorstOf,
} from "./evidence.ts";

interface Base {
  readonly v: 1;
  readonly origin: string;
  /** Never before the entry above. */
  readonly at: Timestamp;
  /** What the clock showed, where that was before the entry above: deadlines count from it. */
  readonly clock?: Timestamp;
  readonly id: EntryId;
  /** What it folds into: `deployment:<id>` or `org`. */
  readonly subject: string;
  readonly actor: Actor;
  readonly surface: Surface;
  /** The `session.issued` of the operator's login link by which whoever did this was signed in. */
  readonly link?: EntryId;
  /** The policy in force; "" before the first. */
  readonly policy: Digest;
}

export type Body =
  | {
      /** A policy that loosens waits for a second person until `expires`. */
      readonly kind: "policy.proposed";
      readonly digest: Digest;
      /** The policy in force, which it would replace. */
      readonly before: Digest;
      readonly looser: readonly { readonly deployment: string; readonly what: string }[];
      /** For whom the operator proposed it, and why. */
      readonly person: PersonId;
      readonly reason: Commitment;
      readonly basis?: Commitment;
      readonly expires: Timestamp;
    }
  | {
      readonly kind: "policy.adopted";
      readonly digest: Digest;
      readonly before: Digest;
      readonly looser: readonly { readonly deployment: string; readonly what: string }[];
      /**
       * Posture each deployment new in this policy starts with, and when it is first looked at
       * again.
       */
      readonly started: readonly {
        readonly deployment: string;
        readonly scope: ScopeId;
        readonly reassessBy: Timestamp | "";
      }[];
      /**
       * For whom the operator adopted it and why, and who agreed, as the operator said; each
       * missing where nothing was said.
       */
      readonly person?: PersonId;
      readonly reason?: Commitment;
      readonly confirmer?: PersonId;
      /** The address of what it is based on. */
      readonly basis?: Commitment;
      /** The proposal that the actor, a second person, confirmed. */
      readonly proposal?: EntryId;
    }
  | {
      readonly kind: "escalation.opened";
      readonly escalation: EscalationId;
      readonly deployment: string;
      /** A trigger's id, or `unmatched`, `by-hand`, `raised`, `unconfirmed`, `rehearsal`. */
      readonly trigger: string;
      readonly severity: Severity;
      readonly verdict: "fired" | "indeterminate" | "none";
      readonly because: string;
      readonly seen: SignalEvidence | null;
      /** The signal that opened it; missing where none did, and in old logs. */
      readonly evidence?: readonly EvidenceReference[];
      /** The deployment's model by the policy; missing where it names none, and in old logs. */
      readonly model?: string;
      readonly reason: Commitment | "";
      readonly response: Response | null;
      readonly decider: PersonId | "";
      readonly acknowledgeBy: Timestamp | "";
      readonly decideBy: Timestamp | "";
      /**
       * When the written response follows at the latest, whoever is named until then; "" without
       * one, absent in old logs.
       */
      readonly answerBy?: Timestamp | "";
      /** The schedules by which people are asked here, and whom they meant; absent in old logs. */
      readonly onCall?: readonly OnCall[];
      readonly channel: string;
      /**
       * Of `unmatched`: what it is about. Logs before it had one escalation `unmatched` a
       * deployment.
       */
      readonly about?: SignalName;
      /** The first names on one that is shared. */
      readonly named?: readonly NamedSignal[];
    }
  | {
      readonly kind: "escalation.updated";
      readonly escalation: EscalationId;
      readonly firing: boolean;
      readonly verdict: "fired" | "indeterminate";
      readonly worst: string;
      readonly seen: SignalEvidence | null;
      /**
       * The condition that `worst` is of, and what it was held against; absent in old logs, and
       * where nothing was measured.
       */
      readonly of?: WorstOf;
      /** The last that was heard of that condition, where it is not the worst. */
      readonly latest?: {
        readonly value: string;
        readonly at: Timestamp;
        /** As in {@link WorstOf}. */
        readonly bound?: "at least" | "at most";
      };
      /** Of `unmatched`: it is worse than before. What had been answered by then is open again. */
      readonly severity?: Severity;
      /** Names that came to one that is shared. What had been answered by then is open again. */
      readonly named?: readonly NamedSignal[];
      /** How many names it has by now, those that are only counted among them. */
      readonly names?: number;
      /**
       * It is so much worse than when it was kept, monitored or re-tested that it is asked again:
       * the value of then, and the clocks that begin now.
       */
      readonly worse?: {
        readonly was: string;
        readonly decision: DecisionKind;
        readonly acknowledgeBy: Timestamp | "";
        readonly decideBy: Timestamp | "";
        readonly answerBy: Timestamp | "";
      };
    }
  | {
      readonly kind: "escalation.acknowledged";
      readonly escalation: EscalationId;
      /** What they said of it; missing where they said nothing. */
      readonly reason?: Commitment;
    }
  | {
      readonly kind: "acknowledge.missed";
      readonly escalation: EscalationId;
      readonly due: Timestamp;
    }
  | {
      readonly kind: "authority.passed";
      readonly escalation: EscalationId;
      readonly from: PersonId | "";
      readonly to: PersonId | "";
      readonly because: "time" | "away" | "unreachable";
      readonly decideBy: Timestamp | "";
    }
  | {
      /**
       * Another policy names another channel: the question is asked there from now on. Keys of the
       * policy's channels.
       */
      readonly kind: "escalation.moved";
      readonly escalation: EscalationId;
      readonly from: string;
      readonly to: string;
    }
  | {
      /** A schedule handed off while something waits: no deadline moves by it. */
      readonly kind: "oncall.changed";
      readonly deployment: string;
      /** What is open; "" where it is the resume `proposal` that waits. */
      readonly escalation: EscalationId | "";
      readonly proposal: EntryId | "";
      readonly schedule: string;
      readonly from: PersonId | "";
      readonly to: PersonId;
      /** Empty where nothing is left to be asked of them. */
      readonly asked: readonly HandedDuty[];
      /** Who is named to decide from here on. */
      readonly decider: PersonId | "";
    }
  | {
      readonly kind: "reassessment.set";
      readonly deployment: string;
      readonly reassessBy: Timestamp;
      readonly because: "asked" | "change" | "policy";
      readonly change: string;
      /** Why somebody asked for it; missing where they gave no reason. */
      readonly reason?: Commitment;
    }
  | {
      readonly kind: "reassessment.reminded";
      readonly deployment: string;
      readonly reassessBy: Timestamp;
      /** When it was due to be said. */
      readonly due: Timestamp;
      readonly to: PersonId | "";
    }
  | {
      readonly kind: "reassessment.overdue";
      readonly deployment: string;
      readonly reassessBy: Timestamp;
      readonly due: Timestamp;
      /** 1, 2, … */
      readonly step: number;
      readonly to: PersonId | "";
      readonly insteadOf: PersonId | "";
    }
  | {
      /** What the policy does to an overdue review is said at least a day before. */
      readonly kind: "reassessment.warned";
      readonly deployment: string;
      readonly reassessBy: Timestamp;
      readonly due: Timestamp;
      readonly to: PersonId | "";
      /** What will be in force, unless somebody decides before `takesEffect`. */
      readonly scope: ScopeId;
      readonly takesEffect: Timestamp;
    }
  | {
      readonly kind: "escalation.closed";
      readonly escalation: EscalationId;
      readonly because: "quiet" | "undone" | "resumed" | "confirmed" | "matched";
    }
  | {
      /**
       * What became of a posture outside: an endpoint took the news of it, or could not be told; a
       * gateway says which version it carries out.
       */
      readonly kind: "enforcement.reported";
      readonly deployment: string;
      /** The gateway's name, or the endpoint's key in `notify`. */
      readonly gateway: string;
      readonly what: "told" | "failed" | "applied";
      readonly version: number;
    }
  | {
      /** What somebody would have done; "" = nobody answered in time. It changes nothing. */
      readonly kind: "rehearsal.answered";
      readonly escalation: EscalationId;
      readonly asked: string;
      readonly authority: AuthorityRule | "";
      readonly reason: Commitment | "";
    }
  | {
      /** What became of a re-test that was asked for. */
      readonly kind: "retest.followed";
      readonly deployment: string;
      readonly escalation: EscalationId | "";
      /** The decision that asked for it. */
      readonly retest: EntryId;
      readonly suite: string;
      /** A run came, complete or not; somebody was reminded; nothing complete had come by `due`. */
      readonly what: "complete" | "incomplete" | "errored" | "reminded" | "missed";
      readonly to: PersonId | "";
      readonly due: Timestamp | "";
      /** When it was due to remind of it. */
      readonly remind: Timestamp | "";
      readonly run: RunSeen | null;
    }
  | {
      /** What a shadow trigger would have opened an escalation by. It asks nobody. */
      readonly kind: "trigger.shadowed";
      readonly deployment: string;
      readonly trigger: string;
      readonly verdict: "fired" | "indeterminate";
      readonly source: string;
      /** The commitment to all of it. */
      readonly signal: Commitment;
    }
  | {
      /**
       * Shown, and nothing else: what a sender sent to try whether it arrives, or what was over
       * before anybody here had heard of it. No clock runs for it.
       */
      readonly kind: "signal.noted";
      readonly deployment: string;
      readonly what: "test" | "over";
      readonly source: string;
      /** The commitment to all of it. */
      readonly signal: Commitment;
    }
  | DecisionBody
  | AccountBody
  | LogBody;

export type EntryKind = Body["kind"];

/** One line of the log. */
export type Entry = Base & Body;

/** An entry of one kind. */
export type EntryOf<K extends EntryKind> = Base & Extract<Body, { kind: K }>;

/** An entry that says whose account is whose. */
export type AboutIdentity = EntryOf<"identity.linked" | "identity.unlinked">;
