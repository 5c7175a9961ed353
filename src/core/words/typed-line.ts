import { clipped } from "./words.ts";

/** The words of what was typed and how it was read. Part of the words of words.ts. */

/** What a command is called on a button, where that is not its name. */
export const deeds: Readonly<Record<string, string>> = {
  ack: "Acknowledge",
  retest: "Ask for a re-test of",
  monitor: "Add monitoring to",
  breakglass: "Break-glass:",
  reassess: "Bring forward",
  reason: "Give the reason for",
};

const mostRepeated = 300;

const quoted = (text: string): string => `“${clipped(text, mostRepeated)}”`;

export function kept(reason: string): string {
  return `Your reason is kept: ${quoted(reason)}.`;
}

/** Of a stop behind another command, in the same line or in a later one. */
export function stopNotDone(line: string): string {
  return `Not done: ${quoted(line)}. One message is one command: press the button, or send it as a message of its own.`;
}

const mostGivenBack = 1_000;

/** Of a reason for something that was not done. */
export function notRecorded(reason: string): string {
  return `Your reason is not on the record, as nothing changed: “${clipped(reason, mostGivenBack)}”.`;
}

/** Of a reason for something that somebody may not do. */
export function wasGiven(reason: string): string {
  return `Your reason was: “${clipped(reason, mostGivenBack)}”.`;
}

/** Of words that have no place on the record. */
export function notKept(command: string, reason: string): string {
  return `Not kept, as ${command} puts no reason on the record: ${quoted(reason)}.`;
}

/** Words that were said before “because”, or without it. */
export function takenAsReason(text: string): string {
  return `Taken as the reason: ${quoted(text)}.`;
}

export function alsoNamed(name: string): string {
  return `${name} was named too: nothing was done to it.`;
}

export function cut(length: number, most: number): string {
  return `The line had ${length} characters: the reason on the record ends with “…” after the first ${most}.`;
}

export function tooLong(length: number, most: number): string {
  return `Nothing changed: the line has ${length} characters, and at most ${most} are read. Say it shorter.`;
}

export function tooLongForForm(length: number, most: number): string {
  return `The reason has ${length} characters, and a form takes ${most}. Say it in one line, with what it is about.`;
}

export function oddWords(words: string, usage: string): string {
  return `I do not understand “${clipped(words, 80)}”. Like this: ${usage}`;
}

export function severalCalled(name: string, ids: readonly string[]): string {
  return `Several deployments are called “${name}”: ${ids.join(", ")}. Say which one.`;
}

/** A group or a model that nobody wrote into the policy, or two that are called alike. */
export function unknownGroup(name: string, nearest: readonly string[]): string {
  const [kind = ""] = name.split(":");
  const next =
    nearest.length > 0
      ? `Did you mean: ${nearest.join(", ")}?`
      : kind === "group"
        ? "The policy has no groups: name a deployment, or model: and a model."
        : "No deployment of the policy says which model it runs: name a deployment or a group.";
  return `Nothing changed: the policy has no ${kind} “${name}”. ${next}`;
}

/** Of a command that one deployment at a time is named for. */
export function oneByOne(name: string, deployments: readonly string[]): string {
  return `Nothing changed: of a group or a model only pause, narrow and status can be said. Everything else is said of one deployment at a time, as each resume needs its own second person. ${name} is ${deployments.join(", ")}.`;
}

/** What was done by one line to several deployments. */
export function together(name: string, done: number, all: number): string {
  if (done === 0) return `${name}: none of ${all} changed.`;
  return done === all
    ? `${name}: all ${all} recorded in one step.`
    : `${name}: ${done} of ${all} recorded in one step; the others did not change.`;
}

/** Of a group or a model of which somebody may read only some deployments. */
export function onlyWhatYouRead(name: string): string {
  return `You read only some deployments: others of ${name}, if there are any, did not change.`;
}

/** Of a command that widens: a word that only looks like it is asked back. */
export function sayPlainly(typed: string, verb: string): string {
  return `Nothing changed: “${clipped(typed, 80)}” may mean ${verb}, which I do only if the line begins with that word. Press the button if you meant it.`;
}
