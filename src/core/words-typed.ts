import { clipped } from "./words.ts";

/** The words of what was typed and how it was read. Part of the words of words.ts. */

/** What a command is called on a button, where that is not its name. */
export const deeds: Readonly<Record<string, string>> = {
  ack: "Acknowledge",
  retest: "Ask for a re-test of",
  monitor: "Add monitoring to",
  breakglass: "Break the glass:",
  reassess: "Bring forward",
  reason: "Give the reason for",
};

const mostRepeated = 300;

const quoted = (text: string): string => `“${clipped(text, mostRepeated)}”`;

export const kept = (reason: string): string => `Your reason is kept: ${quoted(reason)}.`;

/** Of a stop behind another command, in the same line or in a later one. */
export const stopNotDone = (line: string): string =>
  `Not done: ${quoted(line)}. One message is one command: press the button, or say it in a message of its own.`;

const mostGivenBack = 1_000;

/** Of a reason for something that was not done. */
export const notRecorded = (reason: string): string =>
  `Your reason is not on the record, as nothing changed: “${clipped(reason, mostGivenBack)}”.`;

/** Of a reason for something that somebody may not do. */
export const wasGiven = (reason: string): string =>
  `Your reason was: “${clipped(reason, mostGivenBack)}”.`;

/** Of words that have no place on the record. */
export const notKept = (command: string, reason: string): string =>
  `Not kept, as ${command} puts no reason on the record: ${quoted(reason)}.`;

/** Words that were said before “because”, or without it. */
export const takenAsReason = (text: string): string => `Taken as the reason: ${quoted(text)}.`;

export const alsoNamed = (name: string): string => `${name} was named too: nothing was done to it.`;

export const cut = (length: number, most: number): string =>
  `The line had ${length} characters: the reason on the record ends with “…” after the first ${most}.`;

export const tooLong = (length: number, most: number): string =>
  `Nothing changed: the line has ${length} characters, and at most ${most} are read. Say it shorter.`;

export const tooLongForForm = (length: number, most: number): string =>
  `The reason has ${length} characters, and a form takes ${most}. Say it in one line, with what it is about.`;

export const oddWords = (words: string, usage: string): string =>
  `I do not understand “${clipped(words, 80)}”. Like this: ${usage}`;

export const severalCalled = (name: string, ids: readonly string[]): string =>
  `Several deployments are called “${name}”: ${ids.join(", ")}. Say which one.`;

/** Of a command that widens: a word that only looks like it is asked back. */
export const sayPlainly = (typed: string, verb: string): string =>
  `Nothing changed: “${clipped(typed, 80)}” may mean ${verb}, which I do only if the line begins with that word. Press the button if it is meant.`;
