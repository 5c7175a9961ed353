/** The few words that only Slack needs; all others are the core's. */

export const more = "More…";
export const cancel = "Cancel";
export const close = "Close";
export const loading = "One moment…";
export const say = "Say it";
export const nextPage = "More";
export const fillIn = "Fill in…";
export const forWhom = "For: ";
export const because = "Because";
export const goesOnRecord = "It goes on the record.";
export const youSaid = (line: string): string => `You said: ${line}`;
export const andMore = (count: number): string =>
  `… and ${count} more ${count === 1 ? "line" : "lines"}`;
export const fileElsewhere = (name: string): string =>
  `${name} is too long for Slack: say the same in the console to save it.`;
export const moreAtHome = (count: number): string =>
  `… and ${count} more: open the Home tab of this app`;
export const stranger =
  "The policy does not name you, so nothing here waits for you. Whoever keeps your organisation's policy file can add you, by your Slack member id (your profile, Copy member ID). Until then you can still raise a concern: /holdpoint raise <deployment> because …";
export const atConsole = "Everything else: the console";
export const moreHere = (count: number): string => `… and ${count} more`;
export const mayDecide = "What you may decide now";
export const nothingToDecide = "Nothing waits for your decision.";
export const otherOpen = "Also open";
export const due = "To look at again";
export const postures = "What runs, and how";
export const yourTurn = (named: boolean, until: string): string => {
  const end = until === "" ? "" : ` until ${until}`;
  return named ? `You decide${end}` : `You may decide too${end}`;
};
export const standingSince = (since: string, by: string, overdue: boolean): string => {
  if (by === "") return `, since ${since}`;
  return overdue ? `, since ${since}; overdue since ${by}` : `, since ${since}; again by ${by}`;
};
