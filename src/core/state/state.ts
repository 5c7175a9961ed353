import type {
  Commitment,
  Digest,
  EntryId,
  EscalationId,
  Instant,
  PersonId,
  ScopeId,
} from "../ids.ts";
import type { DecidedTogether } from "../log/decision-entries.ts";
import type { NamedSignal, RunSeen, SignalEvidence, SignalName, WorstOf } from "../log/entry.ts";
import type {
  Agreed,
  AuthorityRule,
  Deviation,
  IdentityPart,
  TimeoutCause,
} from "../log/entry-fields.ts";
import type { AccountChat, SignInAccount } from "../people/person.ts";
import type { DecisionKind, Response } from "../policy/model.ts";
import type { Severity } from "../policy/severity.ts";

/**
 * What the log says so far, folded. Everything here is rebuilt from entries alone
 * (core/state/fold.ts). Plain JSON; instants in ms.
 */

/** Stream `org`: state that belongs to no single deployment. */
export interface OrgState {
  readonly policy: Digest;
  readonly adoptedAt: Instant;
  readonly away: Readonly<Record<PersonId, Instant>>;
  /** The chats in which somebody linked an account. Which one is kept beside the log. */
  readonly linked: Readonly<Record<PersonId, readonly AccountChat[]>>;
  /** Those of them that rest on a login link: the code was shown in its session. By that link. */
  readonly linkedBy: Readonly<Record<PersonId, Readonly<Partial<Record<AccountChat, EntryId>>>>>;
  /** Login links of the last days by the entry that made each. */
  readonly links: Readonly<Record<EntryId, LoginLink>>;
  /** When a policy last said otherwise by what somebody is known. */
  readonly changed: Readonly<Record<PersonId, Instant>>;
  /** What the record says each person is known by: the commitments that were written last. */
  readonly bound: Readonly<Record<PersonId, Readonly<Partial<Record<IdentityPart, Commitment>>>>>;
  /** Until when somebody with a new account does not complete a resume with only others like it. */
  readonly rebound: Readonly<Record<PersonId, Instant>>;
  /**
   * What somebody asked to be erased, and nobody else has agreed to yet, by the entry that asked.
   */
  readonly erasures: Readonly<Record<EntryId, AskedErasure>>;
  /**
   * Legal holds that stand, by the entry that placed each; missing in what older versions wrote.
   */
  readonly holds?: Readonly<Record<EntryId, Hold>>;
  /** The policy that was proposed last, until another is adopted. */
  readonly proposed?: ProposedPolicy;
}

/** A policy that loosens, and waits for a second person until `until`. */
export interface ProposedPolicy {
  readonly entry: EntryId;
  readonly digest: Digest;
  readonly before: Digest;
  readonly person: PersonId;
  readonly reason: Commitment;
  readonly basis?: Commitment;
  readonly until: Instant;
  /** About which it loosens something. */
  readonly deployments: readonly string[];
}

/** A person, or the texts of an entry; the other one is "". */
export interface AskedErasure {
  readonly by: PersonId;
  readonly person: PersonId | "";
  readonly entry: EntryId | "";
  readonly until: Instant;
}

/** What a legal hold is of; `target` is "" for everything. */
export interface Held {
  readonly what: "everything" | "person" | "deployment" | "escalation";
  readonly target: string;
}

/** A hold that stands; `by` is "" for the operator. */
export interface Hold extends Held {
  readonly by: PersonId | "";
}

/** A login link of the operator, or the session it became. */
export interface LoginLink {
  readonly person: PersonId;
  /** When it expires. */
  readonly until: Instant;
  readonly used: boolean;
  /** The account by which its person made it; missing where the operator did. */
  readonly from?: SignInAccount;
  /** The OpenID Connect issuer at which they signed in; missing where they did at none. */
  readonly issuer?: string;
  /** Logged out, or disowned. */
  readonly ended: boolean;
  /** Whether its person said that it was not them; missing where nobody has. */
  readonly disowned?: true;
}

/** Stream `numbers`: the last HP number given. */
export interface NumbersState {
  readonly escalations: number;
}

export interface Decided {
  readonly entry: EntryId;
  readonly decision: DecisionKind;
  readonly at: Instant;
  /** Empty = by policy. */
  readonly people: readonly PersonId[];
  /** Those of them who were signed in by a login link; missing where nobody was. */
  readonly byLink?: readonly PersonId[];
  /**
   * Those of `byLink` who spoke from an account that was linked in such a session; missing where
   * nobody did.
   */
  readonly fromLinked?: readonly PersonId[];
  /** The login link of who decided; missing without one. */
  readonly link?: EntryId;
  readonly authority: AuthorityRule;
  readonly before: ScopeId;
  readonly after: ScopeId;
  readonly deviation: Deviation;
  readonly reassessBy: Instant;
  readonly reason: Commitment | "";
  /** Of a resume: why those who agreed to it did; missing where nobody gave a reason. */
  readonly agreed?: readonly Agreed[];
  readonly reasonToFollow: boolean;
  readonly undoes: EntryId | "";
  readonly breakGlass: boolean;
  readonly cause: TimeoutCause | "";
  readonly settles: readonly EscalationId[];
  readonly escalation: EscalationId | "";
  readonly suite: string;
  readonly by: PersonId | "";
  readonly due: Instant | null;
  readonly monitor: string;
  /** Where it was said of a group or a model; missing where of one deployment. */
  readonly group?: Required<DecidedTogether>;
}

/** A resume that somebody started. */
export interface Proposal {
  readonly entry: EntryId;
  readonly by: PersonId;
  readonly at: Instant;
  readonly to: ScopeId;
  readonly escalation: EscalationId | "";
  readonly reason: Commitment | "";
  readonly authority: AuthorityRule;
  readonly confirmedBy: readonly PersonId[];
  /** When each of them did; missing in what older versions wrote. */
  readonly confirmedAt?: readonly Instant[];
  /** Why they did, of those who gave a reason; missing where nobody did. */
  readonly agreed?: readonly Agreed[];
  readonly needs: number;
  /**
   * How many besides its starter it needed when it was started; missing in what older versions
   * wrote.
   */
  readonly people?: number;
  readonly expires: Instant;
  /** The login links of those behind it who were signed in by one; missing where nobody was. */
  readonly links?: Readonly<Record<PersonId, EntryId>>;
  /**
   * Those of them who spoke from an account that was linked in such a session; missing where nobody
   * did.
   */
  readonly fromLinked?: readonly PersonId[];
  /**
   * Set once nobody more is needed: when it takes effect, unless one of these says that it was not
   * them.
   */
  readonly waits?: { readonly until: Instant; readonly unless: readonly PersonId[] };
  /**
   * Whom each schedule of its confirmers meant when last somebody was asked; absent in states of
   * older versions.
   */
  readonly onCall?: Readonly<Record<string, PersonId>>;
}

export interface EscalationState {
  readonly id: EscalationId;
  readonly trigger: string;
  readonly deployment: string;
  readonly channel: string;
  readonly severity: Severity;
  /** The policy it opened under and keeps. */
  readonly policy: Digest;
  readonly verdict: "fired" | "indeterminate" | "none";
  readonly because: string;
  readonly seen: SignalEvidence | null;
  readonly worst: string;
  /**
   * The condition that `worst` is of; missing where only one was recorded, which is that of `seen`.
   */
  readonly worstOf?: WorstOf;
  readonly firing: boolean;
  readonly updatedAt: Instant;
  readonly openedAt: Instant;
  readonly openedBy: PersonId | "";
  readonly reason: Commitment | "";
  readonly response: Response | null;
  readonly status: "open" | "settled" | "closed";
  readonly acknowledged: readonly {
    readonly by: PersonId;
    readonly at: Instant;
    /** What they said of it; missing where they said nothing. */
    readonly reason?: Commitment;
  }[];
  readonly acknowledgeBy: Instant | null;
  readonly acknowledgeMissed: boolean;
  /** Who is named now; "" = nobody reachable. */
  readonly decider: PersonId | "";
  /**
   * Everybody named so far, in order; passing adds, a hand-off puts whoever is on call now in the
   * place of who was.
   */
  readonly named: readonly PersonId[];
  readonly unreachable: readonly PersonId[];
  readonly decideBy: Instant | null;
  /**
   * When the written response follows at the latest; null without one, absent in states of older
   * versions.
   */
  readonly answerBy?: Instant | null;
  /** Whom each schedule meant when last somebody was asked; absent in states of older versions. */
  readonly onCall?: Readonly<Record<string, PersonId>>;
  readonly decided: Decided | null;
  /** The worst value when it was kept, monitored or re-tested; missing where it was not. */
  readonly answered?: string;
  /** Since it is asked again: the value at which it was answered, and how. */
  readonly worsened?: { readonly was: string; readonly decision: DecisionKind };
  /** Who took a restriction of it back, once for each time; missing where nobody has. */
  readonly undone?: readonly PersonId[];
  /**
   * How a rehearsal ended: who would have done what, `asked` "" = nobody answered; null = it has
   * not, or is none.
   */
  readonly rehearsed: {
    readonly by: PersonId | "";
    readonly asked: string;
    readonly at: Instant;
  } | null;
  readonly settledAt: Instant | null;
  readonly closedAt: Instant | null;
  /** Of `unmatched`: what it is about. */
  readonly about?: SignalName;
  /** Of one that several names share: those named, and how many there are in all. */
  readonly others?: { readonly names: readonly NamedSignal[]; readonly counted: number };
}

/** A re-test somebody asked for, and what has become of it. */
export interface Retest {
  /** The decision. */
  readonly entry: EntryId;
  readonly escalation: EscalationId | "";
  readonly suite: string;
  /** "" = by policy. */
  readonly askedBy: PersonId | "";
  readonly by: PersonId | "";
  readonly at: Instant;
  readonly due: Instant | null;
  /** The last date that somebody was reminded at. */
  readonly reminded: Instant | null;
  /** The first run that was not complete. */
  readonly partial: {
    readonly was: "incomplete" | "errored";
    readonly at: Instant;
    readonly samples: string;
  } | null;
  /** When it was said that nothing had come by its date. */
  readonly missed: Instant | null;
  readonly result: (RunSeen & { readonly at: Instant }) | null;
}

interface Reported {
  readonly version: number;
  readonly at: Instant;
}

/** The latest report of one endpoint or gateway; null = none of that kind. */
export interface Carrier {
  readonly told: Reported | null;
  readonly failed: Reported | null;
  readonly applied: Reported | null;
}

/** Stream `deployment:<id>`. Also for names no policy knows, then without posture. */
export interface DeploymentState {
  readonly id: string;
  readonly posture: {
    readonly scope: ScopeId;
    readonly version: number;
    readonly since: Instant;
    readonly decided: Decided | null;
    /**
     * The decision that made it so, where `decided` is a later one that left it as it was; absent
     * in states of older versions.
     */
    readonly movedBy?: Decided;
    /**
     * What it was restricted for since it was last widened, also once that is closed; missing where
     * nothing was, and in what older versions wrote.
     */
    readonly under?: readonly Pick<EscalationState, "policy" | "trigger" | "severity">[];
    /** The scopes restrictions left behind, oldest first: where a resume goes back to. */
    readonly restrictedFrom: readonly ScopeId[];
    /**
     * The stops of groups and models, by the first decision of each, that it was not resumed since;
     * missing where there are none.
     */
    readonly groups?: readonly EntryId[];
  } | null;
  readonly reassess: {
    readonly by: Instant;
    /** When this date was set: reminders at or before it are not made. */
    readonly setAt: Instant;
    /** Due instants already reminded of. */
    readonly reminded: readonly Instant[];
    readonly overdueSteps: number;
    /**
     * When the last overdue notice was due; absent before the first, and in states of older
     * versions.
     */
    readonly overdueAt?: Instant;
    /** What will follow by policy, as people were told; absent before they were. */
    readonly warned?: { readonly scope: ScopeId; readonly takesEffect: Instant };
  } | null;
  readonly proposal: Proposal | null;
  /** Open and settled ones, oldest first; closed ones leave. */
  readonly escalations: readonly EscalationState[];
  /** Refusals of the last ten minutes: `actor|target|asked` → when. */
  readonly denied: Readonly<Record<string, Instant>>;
  readonly lastDecision: Decided | null;
  /** When what of which source was last shown as no more than that; absent before the first. */
  readonly noted?: Readonly<Record<string, Instant>>;
  /** Each person's last narrowing or pause of it since it was last widened. */
  readonly restrictedBy: Readonly<Record<PersonId, EntryId>>;
  /** Endpoints and gateways by name. */
  readonly carriers: Readonly<Record<string, Carrier>>;
  /** Re-tests that were asked for, oldest first. */
  readonly retests: readonly Retest[];
  /**
   * The last posture version an escalation was opened for because it was not carried out; 0 = none.
   */
  readonly unconfirmed: number;
}
