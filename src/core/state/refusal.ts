import type { EntryId, EscalationId, Instant, PersonId, ScopeId } from "../ids.ts";
import type { AccountChat } from "../people/person.ts";

/**
 * An expected "no". `refusalText` (core/card/refusal-text.ts) says for each what happened, why, and
 * who can do it or what to do next.
 */
export type Refusal =
  | {
      readonly refused: "not-authorized";
      readonly asked: string;
      readonly deployment: string;
      /** Who may, now. For a resume: who starts it. */
      readonly who: readonly PersonId[];
      /** For a resume: who confirms it. */
      readonly confirmers: readonly PersonId[];
      readonly mayRestrict: boolean;
      /** Set when this very person is barred as release owner. */
      readonly bar: "owner" | null;
    }
  | {
      readonly refused: "unknown-deployment";
      readonly name: string;
      readonly nearest: readonly string[];
    }
  | {
      readonly refused: "unknown-escalation";
      readonly name: string;
      readonly nearest: readonly string[];
      /** The deployments of those nearest. */
      readonly of?: Readonly<Record<string, string>>;
    }
  | {
      readonly refused: "unknown-scope";
      readonly name: string;
      readonly deployment: string;
      readonly nearest: readonly string[];
    }
  | {
      readonly refused: "unknown-person";
      readonly name: string;
      readonly nearest: readonly string[];
    }
  /** Neither a trigger nor a source. */
  | {
      readonly refused: "unknown-watch";
      readonly name: string;
      readonly nearest: readonly string[];
    }
  | { readonly refused: "closed"; readonly escalation: EscalationId }
  | { readonly refused: "acknowledge-only"; readonly escalation: EscalationId }
  /** A rehearsal is already running. */
  | { readonly refused: "rehearsing"; readonly escalation: EscalationId }
  /** A rehearsal changed nothing, so there is nothing to undo or explain. */
  | { readonly refused: "only-rehearsed"; readonly escalation: EscalationId }
  | { readonly refused: "rehearsed"; readonly escalation: EscalationId }
  | {
      readonly refused: "already-acknowledged";
      readonly escalation: EscalationId;
      readonly by: PersonId;
      readonly at: Instant;
    }
  | {
      readonly refused: "several-open";
      readonly asked: string;
      readonly escalations: readonly EscalationId[];
    }
  | { readonly refused: "nothing-open"; readonly deployment: string | null }
  | {
      readonly refused: "others-open";
      readonly asked: string;
      readonly deployment: string;
      readonly escalations: readonly EscalationId[];
    }
  | {
      readonly refused: "stale";
      readonly deployment: string;
      readonly asked: string;
      readonly scope: ScopeId;
      readonly by: readonly PersonId[];
      readonly at: Instant;
      readonly entry: EntryId | null;
    }
  | {
      readonly refused: "not-wider";
      readonly deployment: string;
      readonly scope: ScopeId;
      readonly to: ScopeId;
    }
  | {
      readonly refused: "name-scope";
      readonly deployment: string;
      readonly scopes: readonly ScopeId[];
    }
  | { readonly refused: "already-widest"; readonly deployment: string }
  | { readonly refused: "already-narrowest"; readonly deployment: string; readonly scope: ScopeId }
  | { readonly refused: "needs-reason"; readonly asked: string; readonly line: string }
  | {
      readonly refused: "waits-for-second";
      readonly deployment: string;
      readonly by: PersonId;
      readonly to: ScopeId;
      readonly confirmers: readonly PersonId[];
      readonly expires: Instant;
    }
  /** Everybody needed has agreed; it waits for whoever may say that it was not them. */
  | {
      readonly refused: "takes-effect-later";
      readonly deployment: string;
      readonly to: ScopeId;
      readonly by: readonly PersonId[];
      readonly until: Instant;
      readonly unless: readonly PersonId[];
    }
  /** The accounts of everybody behind a resume are new, of these people until then. */
  | {
      readonly refused: "new-accounts";
      readonly deployment: string;
      readonly people: readonly PersonId[];
      readonly until: Instant;
      /** Who may confirm it and has no new account. */
      readonly confirmers: readonly PersonId[];
    }
  /** No login link of theirs is known, or all have ended. */
  | { readonly refused: "no-login-link" }
  | { readonly refused: "other-proposal"; readonly deployment: string; readonly to: ScopeId }
  /** Deliveries that were accepted earlier are not evaluated yet; how many wait. */
  | {
      readonly refused: "still-reading";
      readonly deployment: string;
      readonly deliveries: number;
    }
  /** The record is in doubt, as this sentence says: nothing is widened. */
  | { readonly refused: "in-doubt"; readonly deployment: string; readonly sentence: string }
  | { readonly refused: "already-raised"; readonly escalation: EscalationId }
  | { readonly refused: "no-reason-asked"; readonly deployment: string }
  | {
      readonly refused: "no-undo";
      readonly because:
        | "none"
        | "not-yours"
        | "no-longer"
        | "decided-since"
        | "too-late"
        | "too-often"
        | "by-link"
        | "others-open";
      readonly until: Instant | null;
    }
  | { readonly refused: "not-a-time"; readonly text: string }
  | { readonly refused: "not-later"; readonly deployment: string; readonly by: Instant }
  | { readonly refused: "in-the-past"; readonly text: string }
  /** Codes are shown only in private. */
  | { readonly refused: "not-private" }
  /** A known person's account is in every chat. */
  | { readonly refused: "nothing-to-link" }
  /** An unknown account entered `link` without the code. */
  | { readonly refused: "needs-code" }
  /** The console has no accounts. */
  | { readonly refused: "link-in-chat" }
  | {
      readonly refused: "account-known";
      readonly person: PersonId;
      readonly chat: AccountChat;
    }
  /** Unknown, used or expired; a person who guesses does not learn which. */
  | { readonly refused: "no-such-code" }
  | {
      readonly refused: "has-account";
      readonly person: PersonId;
      readonly chat: AccountChat;
      /** Linked by themselves, or named by the policy. */
      readonly linked: boolean;
    }
  | { readonly refused: "guessed-too-often"; readonly minutes: number }
  | { readonly refused: "nothing-linked"; readonly chats: readonly AccountChat[] }
  | { readonly refused: "several-linked"; readonly chats: readonly AccountChat[] }
  | { readonly refused: "not-a-person" }
  /** Something that does more than ask, where only questions are answered. */
  | { readonly refused: "asks-only"; readonly verb: string }
  | { readonly refused: "stranger" }
  /** The policy says who may read, and whoever asks is none of them. */
  | { readonly refused: "not-a-reader" }
  /** Whoever asks is a reader, and nobody else in the policy. */
  | { readonly refused: "reads-only" }
  | {
      readonly refused: "unknown-command";
      readonly name: string;
      readonly nearest: readonly string[];
    }
  | { readonly refused: "usage"; readonly usage: string; readonly problem: string }
  /** A group or a model that the policy does not have; `nearest` as they are said. */
  | {
      readonly refused: "unknown-group";
      readonly name: string;
      readonly nearest: readonly string[];
    }
  /** Said of a group or a model, and possible for one deployment at a time only. */
  | {
      readonly refused: "one-by-one";
      /** As it was typed. */
      readonly name: string;
      readonly nearest: readonly string[];
    }
  /** Several deployments are called so. */
  | {
      readonly refused: "several-called";
      readonly name: string;
      readonly nearest: readonly string[];
    }
  /**
   * Words that no clause of the command has a place for. `again`: the line without them; null where
   * it would say nothing.
   */
  | {
      readonly refused: "odd-words";
      readonly words: string;
      readonly usage: string;
      readonly again: string | null;
    }
  /** Something that widens, said so that it may be meant. */
  | { readonly refused: "say-plainly"; readonly verb: string; readonly typed: string }
  | { readonly refused: "too-long"; readonly length: number; readonly most: number }
  | { readonly refused: "too-long-for-form"; readonly length: number; readonly most: number };

/** Whether a result is a refusal. */
export function isRefusal(value: object): value is Refusal {
  return "refused" in value;
}

const denials = ["not-authorized", "stranger", "reads-only", "new-accounts"] as const;

/** Whether it is refused for who asks: such an attempt is on the record. */
export function isDenial({ refused }: Refusal): boolean {
  return denials.some((denial) => denial === refused);
}
