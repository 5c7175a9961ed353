import {
  type Meant,
  meantAnywhere,
  meantFirst,
  nearestNamed,
} from "../../core/command-line/find-target.ts";
import {
  type TogetherMeant,
  togetherAnywhere,
  togetherFirst,
  type UnknownTogether,
} from "../../core/command-line/find-together.ts";
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
  type Target,
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
  const together = togetherIn(parts, words);
  if (together) return "refusal" in together ? together : oneByOne(together);
  const names = deploymentsOf(parts);
  const meant = meantFirst(words, names);
  return meant ? resolved(parts, meant) : unknown(words, names);
}

/**
 * The same for what restricts, which is never refused for its grammar: polite words are passed
 * over, one thing that is named anywhere is meant, and below a card its escalation, whatever is
 * said of it. Only a name that may be another one's is asked back.
 */
async function findRestricted(
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

/** What is meant by one line: deployments, or an escalation, and the words behind it. */
export interface FoundAll {
  readonly targets: readonly Target[];
  readonly left: readonly string[];
  /** The group or model that was named; null where one deployment or escalation was. */
  readonly name: string | null;
}

/**
 * Like {@link findTarget}, and a group or a model means each of its deployments. Of what restricts,
 * see {@link findRestricted}.
 */
export async function findEach(
  parts: TargetParts,
  said: ParsedCommand,
  { words, restricts }: { readonly words: readonly string[]; readonly restricts: boolean },
): Promise<FoundAll | Refused> {
  const together = togetherIn(parts, words);
  if (together) return "refusal" in together ? together : each(together);
  const find = restricts ? findRestricted : findTarget;
  const found = await find(parts, said, words);
  if (!("refusal" in found)) return { targets: [found], left: found.left, name: null };
  const elsewhere =
    restricts && said.invocation.escalation === null
      ? togetherAnywhere(unfilled(words), parts.policy)
      : null;
  return elsewhere ? each(elsewhere) : found;
}

const each = ({ name, deployments, left }: TogetherMeant): FoundAll => ({
  targets: deployments.map((deployment) => ({ deployment, escalation: null })),
  left,
  name,
});

/**
 * The group or model that the words begin with; null where they begin with none. A deployment that
 * is called `Group chat` goes before a group that is named without a colon.
 */
function togetherIn(
  { policy }: TargetParts,
  words: readonly string[],
): TogetherMeant | Refused | null {
  const rest = unfilled(words);
  const meant = togetherFirst(rest, policy);
  if (!meant) return null;
  const isSaidPlainly = rest[0]?.includes(":") ?? false;
  if (!isSaidPlainly && meantFirst(rest, [...policy.deployments.values()])) return null;
  return "unknown" in meant ? unknownTogether(meant) : meant;
}

const unknownTogether = ({ unknown: name, nearest }: UnknownTogether): Refused =>
  refused({ refused: "unknown-group", name, nearest });

const oneByOne = ({ typed: name, deployments: nearest }: TogetherMeant): Refused =>
  refused({ refused: "one-by-one", name, nearest });

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
