import { type Line, line, listed, type Part } from "./line.ts";

/** The words of a resume that waits for its second person. Part of the words of words.ts. */

const asks = (starter: Part | Line, to: string, reason: Part | null): Line =>
  reason === null
    ? line`${starter} requests resume to ${to}`
    : line`${starter} requests resume to ${to}: “${reason}”`;

export function waitsForSecond(
  to: string,
  {
    starter,
    confirmers,
    until,
  }: { readonly starter: Line; readonly confirmers: readonly Part[]; readonly until: Part },
): Line {
  return line`${asks(starter, to, null)}. ${listed(confirmers, "or")} must approve by ${until}`;
}

/** "Chidi Lindt (10:05): “patched”" */
export function asked(by: Line, at: Part, reason: Part | null): Line {
  return reason === null ? line`${by} (${at}) gave no reason` : line`${by} (${at}): “${reason}”`;
}

/** "Erin Sato: “read 200 transcripts”" */
export function because(by: Part, reason: Part): Line {
  return line`${by}: “${reason}”`;
}

/** Why one more person has to be somebody whose account did not change. */
export function newAccounts(people: readonly Part[], until: Part): Line {
  const accounts = people.length > 1 ? "accounts" : "account";
  return line`The ${accounts} of ${listed(people)} changed a short time ago: until ${until} the resume needs somebody whose account has not changed`;
}

export function since(news: readonly Line[]): Line {
  return line`Since the request: ${listed(news)}`;
}
export const nothingNew = "nothing new";

/** Posted beside the card, to those who may confirm it. */
export function proposed(
  name: string,
  {
    by,
    to,
    reason,
    until,
  }: { readonly by: Part; readonly to: string; readonly reason: Part | null; readonly until: Part },
): Line {
  return line`${name}: ${asks(by, to, reason)}. One more person must approve; it expires ${until}.`;
}
