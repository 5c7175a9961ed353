/** What is said to the people who place and lift legal holds. */

export const hold = {
  whom: "What is to be kept: a person, a deployment, an escalation, or everything?",
  noReason: "Nothing was recorded: a legal hold needs a reason. Add “because …”.",
  placed: (what: string) =>
    `Recorded. Of ${what} nothing is removed because it is old, and nothing is erased, until the hold is lifted.`,
  stands: (what: string, index: number) =>
    `${what} is under a legal hold already (record ${index}). It is lifted with “legal-hold lift ${index} because …”.`,
  unknown: (text: string) =>
    `Nothing was recorded: “${text}” is no person, deployment or escalation on the record. To keep everything say “legal-hold everything because …”.`,
  noHold: (text: string, standing: string) =>
    `Nothing was recorded: record ${text} is no legal hold that stands. ${standing}`,
  standing: (indices: readonly number[]) =>
    indices.length === 0
      ? "No legal hold stands."
      : `Legal holds that stand: record ${indices.join(", record ")}.`,
  mayNot: (who: readonly string[]) =>
    `Nothing was recorded: a hold is lifted by somebody who may erase, and you are not among them. Ask ${who.join(" or ")}.`,
  byLink:
    "Nothing was recorded: who is signed in by a login link of the operator, or uses an account that rests on one, can lift no hold. Use your own account.",
  lifted: (index: number) =>
    `Recorded. The hold of record ${index} is lifted: what it alone kept is removed and erased again as the rules say.`,
  mayWait: (indices: readonly number[]) =>
    `If it also stands in something that a legal hold keeps (record ${indices.join(", record ")}), all of it stays until that hold is lifted.`,
  covers: (what: string, index: number) =>
    `Nothing was recorded: a legal hold (record ${index}) covers ${what}. It can be erased once the hold is lifted, by “legal-hold lift ${index} because …”.`,
} as const;
