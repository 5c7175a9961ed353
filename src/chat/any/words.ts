/** The few words that every chat adds of its own; all others are the core's. */

export const more = "More…";
export const cancel = "Cancel";
export const close = "Close";
export const say = "Say it";
export const nextPage = "More";
export const fillIn = "Fill in…";
export const forWhom = "Asked to look: ";
export const because = "Because";
export const goesOnRecord = "It goes on the record.";
export const youSaid = (line: string): string => `You said: ${line}`;
export const andMore = (count: number): string =>
  `… and ${count} more ${count === 1 ? "line" : "lines"}`;
export const product = "Holdpoint";
