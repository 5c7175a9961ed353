import type { Line } from "../card/card.ts";
import { plural } from "./line.ts";

/** What is said to the people who erase. */

export const erasure = {
  whom: "Erase whom, or the texts of which record?",
  noReason: "Nothing was asked: an erasure needs a reason. Add “because …”.",
  notNamed: (who: readonly string[]) =>
    `Nothing was recorded: the policy says who may erase, two of them together, and you are not among them. Ask ${who.join(" or ")}.`,
  belowZero: (text: string) =>
    `Nothing was asked: records are counted from 0, so there is no record ${text}. The number of a record is in its line of the history.`,
  byLink:
    "Nothing was recorded: who is signed in by a login link of the operator, or uses an account that rests on one, can erase nothing. Use your own account.",
  alone: (who: string, until: string) =>
    `You asked for this yourself. Somebody else whom the policy names has to agree, until ${until}: they enter the same command. So far ${who} has not been erased.`,
  asked: (what: string, line: string, until: string) =>
    `Recorded that you ask for ${what} to be erased. Nothing is erased yet: somebody else whom the policy names has to agree, until ${until}, with the command “${line}”.`,
  inPolicy: (name: string) =>
    `Nothing was recorded: the policy in force names ${name}. First adopt a policy without them; then they can be erased.`,
  isOpen: (index: number, escalation: string) =>
    `Nothing was recorded: record ${index} is about ${escalation}, which is still open and is decided by what it says. Settle it first.`,
  noRecord: (index: number) => `There is no record ${index}. The newest are in “decisions”.`,
  noTexts: (index: number) =>
    `Record ${index} has no texts that could be erased, or they were erased already.`,
  nothingLeft: (name: string) => `Nothing is kept of ${name} that could be erased.`,
  done: (what: string) =>
    `Recorded. Within a minute ${what} will be erased here: in the tables of names and texts, in cards, stored messages and answers, in the bodies of webhooks and in old policy texts. The log itself is unchanged and its proofs hold; “log verify” says REDACTED.`,
} as const;

/** What an erasure cannot reach. */
export function outOfReach(
  {
    messages,
    texts,
  }: {
    readonly messages: readonly { readonly chat: string; readonly count: number }[];
    readonly texts: number;
  },
  isPerson: boolean,
): readonly Line[] {
  const said = messages.map(
    ({ chat, count }): Line => [
      `${plural(count, "message")} in ${chat} about these escalations that ${count === 1 ? "is" : "are"} no card: delete ${count === 1 ? "it" : "them"} there.`,
    ],
  );
  return [
    ["Not reached, to be done by hand:"],
    ...said,
    ...(isPerson && texts > 0
      ? [[`${plural(texts, "text")} by others with the name: erase each by its record number.`]]
      : []),
    ["Backups, exports of the log, and policy files on disk or in version control."],
    ["The server’s own logs, and those of proxies before it: search them for the text."],
  ];
}
