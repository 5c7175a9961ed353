import type { PersonId } from "../ids.ts";
import type { AccountChat } from "../people/person.ts";
import type { Refusal } from "../state/refusal.ts";
import { type Line, line, plural } from "./line.ts";

/** The words of one person in several chats. Part of the words of words.ts. */

export const chatNames: Readonly<Record<AccountChat, string>> = {
  slack: "Slack",
  teams: "Microsoft Teams",
};

/** The code stands in a line of its own and not in the text, which a lock screen shows. */
export function code(text: string): { readonly text: string; readonly lines: readonly Line[] } {
  return {
    text: "Here is your code. It can be used once, within 10 minutes.",
    lines: [
      [`Say this to Holdpoint in the other chat: link ${text}`],
      ["Whoever enters it can act as you there, so give it to nobody."],
    ],
  };
}

export function youAre(name: string, chat: AccountChat): string {
  return `Linked: this ${chatNames[chat]} account is ${name} from now on, and may do here what ${name} may. To take it back, say unlink ${chat}.`;
}

export function nobodys(chat: AccountChat): string {
  return `Unlinked: your ${chatNames[chat]} account no longer belongs to anybody here. To link one again, say link.`;
}

export function linked(name: string, chat: AccountChat): Line {
  return line`An account in ${chatNames[chat]} was linked: it counts as ${name} from now on. Was it not you? Say unlink ${chat} at once.`;
}

export function linkedByLink(name: string, chat: AccountChat): Line {
  return line`An account in ${chatNames[chat]} was linked by a login link of the operator: it counts as ${name} from now on, and a resume by it waits as one by the link does. If that was not ${name}, report it now.`;
}

export function unlinked(name: string, chat: AccountChat, because: "asked" | "policy"): Line {
  return because === "asked"
    ? line`The account in ${chatNames[chat]} that ${name} had linked no longer counts as ${name}, as requested. To link one again, say link.`
    : line`The account in ${chatNames[chat]} that ${name} had linked is no longer theirs by that link: a policy was adopted that says whose accounts are whose.`;
}

export const unlinkLabel = "Unlink";

export const aboutIdentity = [
  "not-private",
  "nothing-to-link",
  "needs-code",
  "link-in-chat",
  "account-known",
  "no-such-code",
  "has-account",
  "guessed-too-often",
  "nothing-linked",
  "several-linked",
] as const;

/** Refused because of whose account is whose. */
export type IdentityRefusal = Extract<
  Refusal,
  { readonly refused: (typeof aboutIdentity)[number] }
>;

const wayOut = "Say link in a chat that knows you, or in the console";

export function notLinked(refusal: IdentityRefusal, nameOf: (person: PersonId) => string): string {
  switch (refusal.refused) {
    case "not-private":
      return "No code was made: everybody here would read it, and whoever enters it can act as you. Say link to me directly.";
    case "nothing-to-link":
      return "Nothing to link: you have an account in every chat already. One that you linked goes by unlink, one that the policy names by the next policy.";
    case "needs-code":
      return `Nothing linked: no policy names this account. ${wayOut}, and say link with the code here. If none knows you, the release owner can add you to the policy.`;
    case "link-in-chat":
      return "Nothing linked: the console has no accounts. Say link and the code in Slack or Microsoft Teams, from the account that is to be yours.";
    case "account-known":
      return `Nothing linked: this ${chatNames[refusal.chat]} account is ${nameOf(refusal.person)} already. Say link and the code in the chat where you are not known yet.`;
    case "no-such-code":
      return `Not linked: no such code is waiting. It was mistyped, used, or older than 10 minutes. ${wayOut}, for a new one.`;
    case "has-account":
      return hasAccount(nameOf(refusal.person), refusal);
    case "guessed-too-often":
      return `Not linked, and not looked at: too many codes were tried from this account. Try again in ${plural(refusal.minutes, "minute")}, with a new code.`;
    case "nothing-linked":
      return `Nothing unlinked: ${refusal.chats.length === 0 ? "you have linked no account" : `you have linked one in ${namesOf(refusal.chats)} only`}. An account that the policy names changes with the policy.`;
    case "several-linked":
      return `Nothing unlinked: you have linked accounts in ${namesOf(refusal.chats)}. Say which: unlink ${refusal.chats.join(" or unlink ")}.`;
  }
}

const namesOf = (chats: readonly AccountChat[]): string =>
  chats.map((chat) => chatNames[chat]).join(" and ");

function hasAccount(
  name: string,
  { chat, linked: byLink }: { readonly chat: AccountChat; readonly linked: boolean },
): string {
  const next = byLink
    ? `${name} can say unlink ${chat}, and link this one then`
    : "Another is named by the next policy";
  return `Not linked: ${name} has an account in ${chatNames[chat]} already, ${byLink ? "linked before" : "named by the policy"}. ${next}.`;
}
