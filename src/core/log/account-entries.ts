import type { Commitment, EntryId, PersonId } from "../ids.ts";
import type { AccountChat, SignInAccount } from "../people/person.ts";
import type { BoundIdentity, IdentityChange, Timestamp } from "./entry-fields.ts";

/** Who vouched for somebody: the issuer's address, and whose account it was there. */
export interface SignIn {
  readonly account: SignInAccount;
  readonly issuer: string;
}

/** Entries about people and their accounts, which belong to no deployment. */
export type AccountBody =
  | { readonly kind: "person.away"; readonly person: PersonId; readonly until: Timestamp }
  | {
      readonly kind: "session.issued";
      readonly person: PersonId;
      readonly expires: Timestamp;
      /** Set where they signed in at an OpenID Connect issuer, in place of a login link. */
      readonly signIn?: SignIn;
    }
  | {
      /** The login link that `issued` made was used. */
      readonly kind: "session.used";
      readonly person: PersonId;
      readonly issued: EntryId;
      readonly expires: Timestamp;
    }
  | {
      /** Nobody is let in any more by these login links, nor by the sessions they became. */
      readonly kind: "session.ended";
      readonly person: PersonId;
      readonly issued: readonly EntryId[];
      readonly because: "logout" | "disowned";
    }
  | {
      /**
       * Binds people to their names and accounts: everybody the first policy names, and whoever an
       * older version never recorded.
       */
      readonly kind: "identity.bound";
      readonly bound: readonly BoundIdentity[];
    }
  | {
      /** A policy says otherwise who somebody is: a name, an account in a chat. */
      readonly kind: "identity.changed";
      readonly person: PersonId;
      readonly what: "added" | "removed" | "changed";
      readonly changes: readonly IdentityChange[];
      /** Where they have authority, by the policy before or by this one. */
      readonly deployments: readonly string[];
      /**
       * Set where an account in a chat is new: until then they do not complete a resume with only
       * people of whom the same is true.
       */
      readonly rebind?: Timestamp;
    }
  | {
      readonly kind: "identity.linked";
      readonly person: PersonId;
      readonly chat: AccountChat;
      /** The chat's id of it: whoever keeps the text can show which one it was. */
      readonly account: Commitment;
      /** As of `identity.changed`; absent in old logs. */
      readonly rebind?: Timestamp;
    }
  | {
      readonly kind: "identity.unlinked";
      readonly person: PersonId;
      readonly chat: AccountChat;
      /** The person asked, or a policy names somebody's account otherwise. */
      readonly because: "asked" | "policy";
    };
