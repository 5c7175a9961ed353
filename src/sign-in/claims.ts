import type { SignInAccount } from "../core/people/person.ts";

/** Whose account an ID token is about. The token itself has been checked before. */

/** An account that an issuer vouches for. */
export interface IssuedAccount {
  readonly account: SignInAccount;
  /** The Slack member id, the AAD object id, or the subject. */
  readonly id: string;
  /** The Slack workspace or the Entra tenant that it belongs to; "" with any other issuer. */
  readonly home: string;
  /** Whether the issuer says that it is a guest's. */
  readonly guest: boolean;
}

type Claims = Readonly<Record<string, unknown>>;

/** What the issuer is asked for: Entra ID gives the object id only with `profile`. */
export const scopes: Readonly<Record<SignInAccount, string>> = {
  slack: "openid",
  teams: "openid profile",
  oidc: "openid",
};

/**
 * The account in an ID token; null where the token lacks what names one. Never an e-mail address:
 * it can be given to somebody else, and not every issuer checks it.
 */
export function accountIn(claims: Claims, account: SignInAccount): IssuedAccount | null {
  switch (account) {
    case "slack": {
      const id = text(claims["https://slack.com/user_id"]);
      const home = text(claims["https://slack.com/team_id"]);
      return /^[UW][A-Z0-9]{2,30}$/.test(id) && home !== ""
        ? { account, id, home, guest: false }
        : null;
    }
    case "teams": {
      const id = text(claims["oid"]).toLowerCase();
      const home = text(claims["tid"]).toLowerCase();
      return guid.test(id) && guid.test(home)
        ? { account, id, home, guest: isGuest(claims["acct"]) }
        : null;
    }
    case "oidc": {
      const id = text(claims["sub"]);
      return id === "" ? null : { account, id, home: "", guest: false };
    }
  }
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Entra's optional claim: 0 is a member of the tenant, 1 a guest. */
const isGuest = (acct: unknown): boolean => acct === 1 || acct === "1";

const text = (claim: unknown): string => (typeof claim === "string" ? claim : "");
