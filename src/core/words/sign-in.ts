import type { SignInAccount } from "../people/person.ts";

/** The words of signing in at an OpenID Connect issuer. Part of the words of words.ts. */

/** Why somebody is not signed in whom the issuer knows. */
export type NotAdmitted = "elsewhere" | "guest" | "bot" | "closed" | "unknown" | "silent";

const otherAccount =
  "Sign in with another account, or ask whoever runs Holdpoint for a login link.";

/** Of an account in a chat that has its own issuer. */
export function notAdmitted(chat: string, because: NotAdmitted): string {
  switch (because) {
    case "elsewhere":
      return `That account belongs to another organization in ${chat}, and only people of Holdpoint's sign in here. ${otherAccount}`;
    case "guest":
      return `That account is a guest's in ${chat}, and guests do not sign in here. ${otherAccount}`;
    case "bot":
      return `That account is an app's in ${chat}, and only people sign in here. ${otherAccount}`;
    case "closed":
      return `That account in ${chat} is closed. ${otherAccount}`;
    case "unknown":
      return `${chat} does not know that account as one of its own. ${otherAccount}`;
    case "silent":
      return `${chat} does not say at this moment whether that account is of this organization, so nobody was signed in. Try again in a minute, or use a login link.`;
  }
}

/** `id`: the account, as whoever runs Holdpoint writes it into the policy. */
export function notInPolicy(name: string, account: SignInAccount, id: string): string {
  return `${name} knows you, but Holdpoint's policy names nobody with that account, so nobody was signed in. Ask whoever keeps the policy to write “${account}: ${id}” under your name in people.`;
}

export const usedBefore =
  "This answer was used before: it signs in once. If you are not signed in, begin again.";

export function declined(name: string, code: string): string {
  return `${name} did not sign you in (${code}). Begin again, or ask whoever runs Holdpoint.`;
}

export function spent(name: string): string {
  return `${name} does not accept its own answer any more: it was used before, or is too old. Begin again.`;
}

export function unreachable(name: string, reference: string): string {
  return `${name} cannot be reached at this moment, so nobody was signed in. Try again in a minute, or use a login link. Reference ${reference}.`;
}

export function rejected(name: string, reference: string): string {
  return `${name} does not accept Holdpoint as its client, so nobody can sign in with it. Whoever runs Holdpoint must look at its log (reference ${reference}); until then use a login link.`;
}

export function invalid(name: string, reference: string): string {
  return `The answer of ${name} could not be accepted, so nobody was signed in. Begin again; if it happens again, whoever runs Holdpoint must look at its log (reference ${reference}). Until then use a login link.`;
}

export function unnamed(name: string): string {
  return `${name} did not say which account you have, so nobody was signed in. Whoever runs Holdpoint must look at how it is set up there; until then use a login link.`;
}

export const busy =
  "Too many people are signing in at the same time. Nobody was signed in; try again in a moment.";
