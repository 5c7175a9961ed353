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
