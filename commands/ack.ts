import {
  type Command,
  type Found,
  personIn,
  type Refused,
  type Reply,
  type Room,
  refused,
  type Said,
  type Target,
} from "../src/app/command.ts";
import { acknowledge } from "../src/core/escalation.ts";
import { escalationIn } from "../src/core/situation.ts";
import { bare, unfilled } from "../src/core/typed-words.ts";
import { withWords } from "./clauses.ts";

const usage = "ack [HP-…]";

export const ack: Command = {
  name: "ack",
  usage,
  summary: "acknowledge; the decision stays with whoever decides",
  anybody: false,
  run: async (room, said) => {
    const words = unfilled(said.words);
    if (words.length === 0 && said.invocation.escalation === null) {
      const only = await onlyOpen(room, said);
      return "refusal" in only ? only : acking(room, said, [only]);
    }
    const named = await allNamed(room, said, words);
    if ("refusal" in named) return named;
    return acking(room, withWords(said, named.left), named.targets);
  },
};

interface Named {
  readonly targets: readonly Target[];
  /** What was said of them. */
  readonly left: readonly string[];
}

/** Every escalation that the words begin with; what follows them is a note. */
const allNamed = async (
  room: Room,
  said: Said,
  words: readonly string[],
  before: readonly Target[] = [],
): Promise<Named | Refused> => {
  const found = await room.target(said, words);
  if ("refusal" in found) return before.length === 0 ? found : afterSome(found, before, words);
  const target = await oneOpen(room, found);
  if ("refusal" in target) return before.length === 0 ? target : afterSome(target, before, words);
  const targets = [...before, target];
  const left = isAnd(found.left[0]) ? found.left.slice(1) : found.left;
  return left.length === 0 ? { targets, left } : allNamed(room, said, left, targets);
};

/** Words that name nothing are a note; what they name and cannot be acknowledged is said, and nothing is done by half. */
const afterSome = (
  { refusal, deployment }: Refused,
  targets: readonly Target[],
  words: readonly string[],
): Named | Refused =>
  refusal.refused === "unknown-deployment"
    ? { targets, left: words }
    : refused({ refused: "usage", usage, problem: notAll(words[0] ?? "") }, deployment);

const isAnd = (word = ""): boolean => word === "&" || bare(word) === "and";

const notAll = (word: string): string =>
  `“${word}” is nothing that can be acknowledged, so nothing was.`;

const acking = (room: Room, said: Said, targets: readonly Target[]): Promise<Reply> =>
  room.decideEach(said, targets, "ack", ({ escalation }) => (situation, reason) => {
    const one = escalation && escalationIn(situation.state, escalation);
    if (!one) return { refused: "closed", escalation: escalation ?? "HP-0" };
    return acknowledge(situation, one, personIn(said), reason);
  });

/** Bare: the channel's only open escalation. */
const onlyOpen = async (room: Room, { invocation }: Said): Promise<Target | Refused> => {
  const live = (await room.store.liveEscalations()).filter(
    (one) =>
      one.status === "open" && (invocation.channel === null || one.channel === invocation.channel),
  );
  const [only] = live;
  if (!only) return refused({ refused: "nothing-open", deployment: null });
  if (live.length > 1) return several(live.map((one) => one.id));
  return { deployment: only.deployment, escalation: only.id };
};

const several = (escalations: readonly `HP-${number}`[], deployment = ""): Refused =>
  refused({ refused: "several-open", asked: "ack", escalations }, deployment);

/** Of a deployment, its only open one. */
const oneOpen = async (
  room: Room,
  { deployment, escalation }: Found,
): Promise<Target | Refused> => {
  if (escalation !== null) return { deployment, escalation };
  const open = (await room.look([deployment]))
    .state(deployment)
    .escalations.filter((one) => one.status === "open");
  const [only] = open;
  if (!only) return refused({ refused: "nothing-open", deployment }, deployment);
  if (open.length > 1)
    return several(
      open.map((one) => one.id),
      deployment,
    );
  return { deployment, escalation: only.id };
};
