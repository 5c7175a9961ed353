/** Texts that the chats add to those of the core. */

export const more = "More…";
export const cancel = "Cancel";
export const close = "Close";
export const say = "Run";
export const nextPage = "More";
export const fillIn = "Fill in…";
export const forWhom = "Notified: ";
export const because = "Because";
export const goesOnRecord = "It goes on the record.";
export const notRead =
  "The reason for the request and what came in since could not be read just now: the card has them.";
export function youSaid(line: string): string {
  return `You said: ${line}`;
}
export function fileElsewhere(name: string, chat: string): string {
  return `${name} is too long for ${chat}: say the same in the console to save it.`;
}
export function andMore(count: number): string {
  return `… and ${count} more ${count === 1 ? "line" : "lines"}`;
}
/** The text on a card's old copy; `channel` is the policy's key. */
export function moved(channel: string): string {
  return `Moved to #${channel}`;
}
export const openCard = "Open the card";
export const openConsole = "All of it is in the console";
export const product = "Holdpoint";
export const atConsole = "Open the console";
export function moreHere(count: number): string {
  return `… and ${count} more`;
}
export const mayDecide = "What you may decide now";
export const nothingToDecide = "Nothing waits for your decision.";
export const otherOpen = "Also open";
export const due = "Reviews due";
export const postures = "Deployments";
export function yourTurn(named: boolean, until: string): string {
  const end = until === "" ? "" : ` until ${until}`;
  return named ? `You decide${end}` : `You may decide too${end}`;
}
export function yourWord(until: string): string {
  return `A resume waits for approval: you can approve it until ${until}`;
}
export function standingSince(since: string, by: string, overdue: boolean): string {
  if (by === "") return `, since ${since}`;
  return overdue
    ? `, since ${since}; review overdue since ${by}`
    : `, since ${since}; review due ${by}`;
}
export const doneOnce =
  "You edited a message whose command has already run. A command runs once, and the log keeps the reason given then. If it has none yet, say: reason <what> because …";
export const editedBack =
  "Nothing changed now: you edited the message back to a command that has already run, and a command runs once. To run it again, press the button, or send a new message.";
export function saidThen(answer: string): string {
  return `The answer then: ${answer}`;
}
export const editedLate =
  "Nothing changed: you edited a message that is older than 30 minutes. To run the command now, press the button, or send a new message.";
export const mentionFirst =
  "Nothing changed: a command begins with my name, for example: @Holdpoint status. Or write the command to me directly.";
