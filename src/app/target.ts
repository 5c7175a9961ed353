import type { EscalationId } from "../core/ids.ts";
import { type Meant, meantAnywhere, meantFirst, nearestNamed } from "../core/meant.ts";
import { nearest } from "../core/nearest.ts";
import type { Deployment } from "../core/policy/model.ts";
import type { Refusal } from "../core/refusal.ts";
import { isFiller, unfilled } from "../core/typed-words.ts";
import { type Found, type Refused, refused, type Said } from "./command.ts";
import type { Journal } from "./journal.ts";
import type { Store } from "./ports.ts";
import type { Rules } from "./rules.ts";

/** What the words of a command are said to. */

export interface TargetParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: Rules;
}

/** What the words begin with; without words, the escalation of the thread. */
export const findTarget = async (
  parts: TargetParts,
  said: Said,
  words: readonly string[],
): Promise<Found | Refused> => {
  const inThread = said.invocation.escalation;
  if (words.length === 0 && inThread !== null) return ofEscalation(parts, inThread, inThread, []);
  const names = await deploymentsOf(parts);
  const meant = meantFirst(words, names);
  return meant ? resolved(parts, meant) : unknown(words, names);
};

/**
 * The same for what restricts, which is never refused for its grammar: polite words are passed over, one thing that is named anywhere
 * is meant, and below a card its escalation, whatever is said of it. Only a name that may be another one's is asked back.
 */
export const findRestricted = async (
  parts: TargetParts,
  said: Said,
  words: readonly string[],
): Promise<Found | Refused> => {
  const names = await deploymentsOf(parts);
  const first = meantFirst(words, names) ?? meantFirst(unfilled(words), names);
  if (first) return resolved(parts, first);
  const thread = said.invocation.escalation;
  const rest = unfilled(words);
  const elsewhere = meantAnywhere(rest, names);
  if (thread === null) return elsewhere ? resolved(parts, elsewhere) : unknown(rest, names);
  const above = await ofEscalation(parts, thread, thread, rest);
  if ("refusal" in above) return above;
  const other = elsewhere ? await resolved(parts, elsewhere) : null;
  if (other && ("refusal" in other || other.deployment !== above.deployment))
    return unknown(rest, names, thread);
  return other ?? (isLikeName(rest) ? unknown(rest, names, thread) : above);
};

/** Whether a word is written as ids are, so that somebody may have meant one. */
const isLikeName = ([first = ""]: readonly string[]): boolean =>
  /[\p{L}\p{N}][-_\p{Pd}]+[\p{L}\p{N}]|\d/u.test(first);

const deploymentsOf = async ({ journal, rules }: TargetParts): Promise<readonly Deployment[]> => {
  const { org } = await journal.look([]);
  return [...rules.policy(org.policy).deployments.values()];
};

const resolved = async (parts: TargetParts, meant: Meant): Promise<Found | Refused> => {
  const { escalation, deployments, typed, left } = meant;
  if (escalation !== null) return ofEscalation(parts, escalation, typed, left);
  const [deployment = "", ...others] = deployments;
  if (others.length === 0) return { deployment, escalation: null, left };
  return refused({ refused: "several-called", name: typed, nearest: deployments });
};

const ofEscalation = async (
  { store }: TargetParts,
  id: EscalationId,
  typed: string,
  left: readonly string[],
): Promise<Found | Refused> => {
  const found = await store.escalation(id);
  if (found) return { deployment: found.deployment, escalation: id, left };
  const live = await store.liveEscalations();
  const near = nearest(
    id,
    live.map((one) => one.id),
  );
  const of = Object.fromEntries(live.map((one) => [one.id, one.deployment]));
  return refused({ refused: "unknown-escalation", name: typed, nearest: near, of });
};

const unknown = (
  words: readonly string[],
  names: readonly Deployment[],
  thread: EscalationId | null = null,
): Refused => {
  const name = words.find((word) => !isFiller(word)) ?? words[0] ?? "";
  const near = nearestNamed(words, names);
  const refusal: Refusal = {
    refused: "unknown-deployment",
    name,
    nearest: thread === null ? near : [thread, ...near.slice(0, 2)],
  };
  return refused(refusal);
};
