import {
  type Meant,
  meantAnywhere,
  meantFirst,
  nearestNamed,
} from "../../core/command-line/find-target.ts";
import { isFiller, unfilled } from "../../core/command-line/phone-typing.ts";
import { nearestNames } from "../../core/did-you-mean.ts";
import type { EscalationId } from "../../core/ids.ts";
import type { Deployment } from "../../core/policy/model.ts";
import type { Refusal } from "../../core/state/refusal.ts";
import {
  type CommandContext,
  type Found,
  type ParsedCommand,
  type Refused,
  refused,
} from "./command.ts";

/** What the words of a command are said to. */

type TargetParts = Pick<CommandContext, "store" | "policy">;

/**
 * The escalation or deployment that the words begin with: `HP-142`, an id, a name; without words,
 * the escalation of the thread.
 */
export async function findTarget(
  parts: TargetParts,
  said: ParsedCommand,
  words: readonly string[],
): Promise<Found | Refused> {
  const inThread = said.invocation.escalation;
  if (words.length === 0 && inThread !== null)
    return ofEscalation(parts, { id: inThread, typed: inThread, left: [] });
  const names = deploymentsOf(parts);
  const meant = meantFirst(words, names);
  return meant ? resolved(parts, meant) : unknown(words, names);
}

/**
 * The same for what restricts, which is never refused for its grammar: polite words are passed
 * over, one thing that is named anywhere is meant, and below a card its escalation, whatever is
 * said of it. Only a name that may be another one's is asked back.
 */
export async function findRestricted(
  parts: TargetParts,
  said: ParsedCommand,
  words: readonly string[],
): Promise<Found | Refused> {
  const names = deploymentsOf(parts);
  const first = meantFirst(words, names) ?? meantFirst(unfilled(words), names);
  if (first) return resolved(parts, first);
  const thread = said.invocation.escalation;
  const rest = unfilled(words);
  const elsewhere = meantAnywhere(rest, names);
  if (thread === null) return elsewhere ? resolved(parts, elsewhere) : unknown(rest, names);
  const above = await ofEscalation(parts, { id: thread, typed: thread, left: rest });
  if ("refusal" in above) return above;
  const other = elsewhere ? await resolved(parts, elsewhere) : null;
  if (other && ("refusal" in other || other.deployment !== above.deployment))
    return unknown(rest, names, thread);
  return other ?? (isLikeName(rest) ? unknown(rest, names, thread) : above);
}

/** Whether a word is written as ids are, so that somebody may have meant one. */
const isLikeName = ([first = ""]: readonly string[]): boolean =>
  /[\p{L}\p{N}][-_\p{Pd}]+[\p{L}\p{N}]|\d/u.test(first);

const deploymentsOf = ({ policy }: TargetParts): readonly Deployment[] => [
  ...policy.deployments.values(),
];

async function resolved(parts: TargetParts, meant: Meant): Promise<Found | Refused> {
  const { escalation, deployments, typed, left } = meant;
  if (escalation !== null) return ofEscalation(parts, { id: escalation, typed, left });
  const [deployment = "", ...others] = deployments;
  if (others.length === 0) return { deployment, escalation: null, left };
  return refused({ refused: "several-called", name: typed, nearest: deployments });
}

async function ofEscalation(
  { store }: TargetParts,
  {
    id,
    typed,
    left,
  }: { readonly id: EscalationId; readonly typed: string; readonly left: readonly string[] },
): Promise<Found | Refused> {
  const found = await store.escalation(id);
  if (found) return { deployment: found.deployment, escalation: id, left };
  const live = await store.liveEscalations();
  const near = nearestNames(
    id,
    live.map((escalation) => escalation.id),
  );
  const of = Object.fromEntries(live.map((escalation) => [escalation.id, escalation.deployment]));
  return refused({ refused: "unknown-escalation", name: typed, nearest: near, of });
}

function unknown(
  words: readonly string[],
  names: readonly Deployment[],
  thread: EscalationId | null = null,
): Refused {
  const name = words.find((word) => !isFiller(word)) ?? words[0] ?? "";
  const near = nearestNamed(words, names);
  const refusal: Refusal = {
    refused: "unknown-deployment",
    name,
    nearest: thread === null ? near : [thread, ...near.slice(0, 2)],
  };
  return refused(refusal);
}
