import {
  type Command,
  type CommandContext,
  type Decision,
  type Found,
  type ParsedCommand,
  personAsking,
  type Refused,
  refused,
  type Target,
} from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import { plainWord, unfilled } from "../src/core/command-line/phone-typing.ts";
import { acknowledge } from "../src/core/escalation/acknowledgement.ts";
import { escalationIn } from "../src/core/state/situation.ts";
import { withWords } from "./clauses.ts";

const usage = "ack [HP-…]";

export const ack: Command = {
  name: "ack",
  usage,
  summary: "acknowledge; the decision stays with whoever decides",
  anybody: false,
  prepare: async (context, said) => {
    const words = unfilled(said.words);
    if (words.length === 0 && said.invocation.escalation === null) {
      const only = await onlyOpen(context, said);
      return "refusal" in only ? only : acking(said, [only]);
    }
    const named = await allNamed(context, { said, words });
    if ("refusal" in named) return named;
    return acking(withWords(said, named.left), named.targets);
  },
};

interface Named {
  readonly targets: readonly Target[];
  /** What was said of them. */
  readonly left: readonly string[];
}

/** Every escalation that the words begin with; what follows them is a note. */
async function allNamed(
  context: CommandContext,
  {
    said,
    words,
    before = [],
  }: {
    readonly said: ParsedCommand;
    readonly words: readonly string[];
    readonly before?: readonly Target[] | undefined;
  },
): Promise<Named | Refused> {
  const found = await findTarget(context, said, words);
  if ("refusal" in found) return before.length === 0 ? found : afterSome(found, before, words);
  const target = await oneOpen(context, found);
  if ("refusal" in target) return before.length === 0 ? target : afterSome(target, before, words);
  const targets = [...before, target];
  const left = isAnd(found.left[0]) ? found.left.slice(1) : found.left;
  return left.length === 0
    ? { targets, left }
    : allNamed(context, { said, words: left, before: targets });
}

/**
 * Words that name nothing are a note; what they name and cannot be acknowledged is said, and
 * nothing is done by half.
 */
const afterSome = (
  { refusal, deployment }: Refused,
  targets: readonly Target[],
  words: readonly string[],
): Named | Refused =>
  refusal.refused === "unknown-deployment"
    ? { targets, left: words }
    : refused({ refused: "usage", usage, problem: notAll(words[0] ?? "") }, deployment);

const isAnd = (word = ""): boolean => word === "&" || plainWord(word) === "and";

const notAll = (word: string): string =>
  `“${word}” is nothing that can be acknowledged, so nothing was.`;

const acking = (said: ParsedCommand, targets: readonly Target[]): Decision => ({
  do: "decide",
  asked: "ack",
  targets,
  reason: said.reason,
  judge: (situation, { target: { escalation }, reason }) => {
    const item = escalation && escalationIn(situation.state, escalation);
    if (!item) return { refused: "closed", escalation: escalation ?? "HP-0" };
    return acknowledge(situation, { escalation: item, actor: personAsking(said), reason });
  },
});

/** Bare: the channel's only open escalation. */
async function onlyOpen(
  context: CommandContext,
  { invocation }: ParsedCommand,
): Promise<Target | Refused> {
  const live = (await context.store.liveEscalations()).filter(
    (escalation) =>
      escalation.status === "open" &&
      (invocation.channel === null || escalation.channel === invocation.channel),
  );
  const [only] = live;
  if (!only) return refused({ refused: "nothing-open", deployment: null });
  if (live.length > 1) return several(live.map((escalation) => escalation.id));
  return { deployment: only.deployment, escalation: only.id };
}

const several = (escalations: readonly `HP-${number}`[], deployment = ""): Refused =>
  refused({ refused: "several-open", asked: "ack", escalations }, deployment);

/** Of a deployment, its only open one. */
async function oneOpen(
  context: CommandContext,
  { deployment, escalation }: Found,
): Promise<Target | Refused> {
  if (escalation !== null) return { deployment, escalation };
  const open = (await context.look([deployment]))
    .state(deployment)
    .escalations.filter((escalation) => escalation.status === "open");
  const [only] = open;
  if (!only) return refused({ refused: "nothing-open", deployment }, deployment);
  if (open.length > 1)
    return several(
      open.map((escalation) => escalation.id),
      deployment,
    );
  return { deployment, escalation: only.id };
}
