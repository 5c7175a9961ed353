import type { Commitment, EntryId, EscalationId, PersonId, ScopeId } from "../ids.ts";
import type { DecisionKind } from "../policy/model.ts";
import type {
  Agreed,
  AuthorityRule,
  Deviation,
  OnCall,
  TimeoutCause,
  Timestamp,
} from "./entry-fields.ts";
import type { EvidenceReference } from "./evidence.ts";

/** What a decision that was said of a group or a model has to say of the others. */
export interface DecidedTogether {
  /** `group:agents` or `model:aurora-3`. */
  readonly name: string;
  /** How many of its deployments were decided by the same line. */
  readonly count: number;
  /** The first of these decisions; missing in that one itself. */
  readonly first?: EntryId;
}

/** Entries about decisions: requested, approved, made, explained and refused. */
export type DecisionBody =
  | {
      readonly kind: "decision.proposed";
      readonly deployment: string;
      readonly escalation: EscalationId | "";
      readonly to: ScopeId;
      readonly reason: Commitment | "";
      readonly authority: AuthorityRule;
      readonly needs: number;
      readonly expires: Timestamp;
      /** The schedules of those who may confirm, and whom they meant; absent in old logs. */
      readonly onCall?: readonly OnCall[];
      /** Set where nobody more is needed, and it waits for an objection all the same. */
      readonly takesEffect?: Timestamp;
      /** Who can say until then that it was not them. */
      readonly unless?: readonly PersonId[];
    }
  | {
      readonly kind: "decision.lapsed";
      readonly deployment: string;
      readonly proposal: EntryId;
      readonly because:
        | "time"
        | "posture changed"
        | "escalation opened"
        | "authority withdrawn"
        | "accounts changed"
        | "disowned";
    }
  | {
      readonly kind: "decision.made";
      readonly decision: DecisionKind;
      readonly deployment: string;
      /** The escalation it was said to, or "" for a review without one. */
      readonly escalation: EscalationId | "";
      readonly settles: readonly EscalationId[];
      readonly authority: AuthorityRule;
      readonly before: ScopeId;
      readonly after: ScopeId;
      /** Posture version after it. */
      readonly version: number;
      readonly deviation: Deviation;
      readonly reassessBy: Timestamp;
      readonly reason: Commitment | "";
      readonly reasonToFollow: boolean;
      /** Everybody behind it, in order: the actor alone, or starter and confirmers of a resume. */
      readonly people: readonly PersonId[];
      /**
       * Those of them who were signed in by a login link of the operator; missing where nobody was.
       */
      readonly byLink?: readonly PersonId[];
      /** Of a resume: the reasons of those who agreed to it; missing where nobody gave one. */
      readonly agreed?: readonly Agreed[];
      /** Of narrow and pause: missing where it was said of one deployment. */
      readonly group?: DecidedTogether;
      readonly undoes: EntryId | "";
      /** Of an undo: the escalations it opens again, each with the time that was left to it. */
      readonly reopens?: readonly {
        readonly escalation: EscalationId;
        readonly acknowledgeBy: Timestamp | "";
        readonly decideBy: Timestamp | "";
      }[];
      readonly breakGlass: boolean;
      readonly cause: TimeoutCause | "";
      readonly suite: string;
      readonly by: PersonId | "";
      readonly due: Timestamp | "";
      readonly monitor: string;
      /**
       * Of resume and keep: the newest signals since the decision before; missing where none came,
       * and in old logs. `moreEvidence`: how many further ones came, counted among the newest 500;
       * missing where none did.
       */
      readonly evidence?: readonly EvidenceReference[];
      readonly moreEvidence?: number;
      /** Of resume and keep: as of an escalation. */
      readonly model?: string;
    }
  | {
      /** One confirmer of several: the resume still waits for `needs` more. */
      readonly kind: "decision.confirmed";
      readonly deployment: string;
      readonly proposal: EntryId;
      readonly needs: number;
      /** Why they agreed; missing where they gave no reason. */
      readonly reason?: Commitment;
      /**
       * Set where nobody more is needed: from when it is in force, unless one of `unless` says
       * before that it was not them.
       */
      readonly takesEffect?: Timestamp;
      readonly unless?: readonly PersonId[];
    }
  | {
      readonly kind: "decision.explained";
      readonly deployment: string;
      readonly explains: EntryId;
      readonly reason: Commitment;
    }
  | {
      readonly kind: "decision.denied";
      readonly deployment: string;
      readonly escalation: EscalationId | "";
      readonly asked: string;
      readonly because: string;
      /** The reason that was given for it; missing where none was. */
      readonly reason?: Commitment;
      /** The line as it was typed, or as a button gives it; absent in old logs. */
      readonly line?: Commitment;
    };
