import type { EntryOf } from "../log/entry.ts";
import type { IdentityChange } from "../log/entry-fields.ts";
import type { AccountChat } from "../people/person.ts";
import type { LoginLink } from "../state/state.ts";
import { chatNames } from "./account-linking.ts";
import { type Line, line, listed } from "./line.ts";

/** The words of who is let in, and of who somebody is. Part of the words of words.ts. */

export function linkMade(name: string, until: string): Line {
  return line`The operator made a login link to the console in the name of ${{ untrusted: name }}. Whoever has it can decide as ${{ untrusted: name }}; it works once, until ${until}. If ${{ untrusted: name }} did not ask for it, report it now.`;
}

/** `by`: the link as the record has it; null = it is not known any more. */
export function linkUsed(
  name: string,
  until: string,
  by: Pick<LoginLink, "from" | "issuer"> | null,
): Line {
  return line`Somebody signed in to the console as ${{ untrusted: name }}, ${howSignedIn(by)}, and can decide as ${{ untrusted: name }} until ${until}.`;
}

function howSignedIn(by: Pick<LoginLink, "from" | "issuer"> | null): string {
  if (by?.issuer !== undefined) return `with ${hostIn(by.issuer)}`;
  if (by?.from === undefined || by.from === "oidc") return "by a link of the operator";
  return `by a link that was made in ${chatNames[by.from]}`;
}

/** Without what a chat would make a link of. */
const hostIn = (address: string): string => /^https?:\/\/([^/]+)/.exec(address)?.[1] ?? address;

export function disowned(name: string): Line {
  return line`${{ untrusted: name }} says that it was not them who signed in to the console. That session has ended. What it stopped stays stopped until somebody decides otherwise.`;
}

export function notMe(dropped: readonly string[], unlinked: readonly AccountChat[]): string {
  return [
    "Ended: nobody can act as you by that link any more.",
    ...unlinked.map(
      (chat) => `The account in ${chatNames[chat]} that was linked by it is unlinked.`,
    ),
    dropped.length === 0
      ? "No resume was waiting on it. Look at what was decided: decisions by you."
      : `The resume of ${dropped.join(" and ")} that waited on it was dropped, and the channel is told.`,
  ].join(" ");
}

const what: Readonly<Record<IdentityChange["of"], string>> = {
  name: "name",
  slack: "Slack account",
  teams: "Microsoft Teams account",
  pagerduty: "PagerDuty user",
  oidc: "OpenID Connect subject",
};

function oneChange({ of, before, after }: IdentityChange): Line {
  if (before === after) return line`${what[of]} ${{ untrusted: after }}`;
  if (before === "") return line`${what[of]} ${{ untrusted: after }}, none before`;
  if (after === "") return line`no ${what[of]} any more, before ${{ untrusted: before }}`;
  return line`${what[of]} ${{ untrusted: after }}, before ${{ untrusted: before }}`;
}

export function changed(
  how: EntryOf<"identity.changed">["what"],
  name: string,
  changes: readonly IdentityChange[],
): Line {
  const all = listed(
    changes.filter(({ before, after }) => before !== "" || after !== "").map(oneChange),
  );
  const who = { untrusted: name };
  switch (how) {
    case "added":
      return line`A policy was adopted that names ${who} from now on: ${all}.`;
    case "removed":
      return line`A policy was adopted that no longer names ${who}: ${all}.`;
    case "changed":
      return line`A policy was adopted that changes who ${who} is: ${all}.`;
  }
}

export function changedYours(sentence: Line): Line {
  return line`${sentence} You are told because this was your account or your name. If nobody agreed it with you, say so in the channel at once.`;
}
