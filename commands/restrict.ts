import {
  type Found,
  form,
  personIn,
  type Refused,
  type Reply,
  type Room,
  refused,
  type Said,
} from "../src/app/command.ts";
import type { Millis } from "../src/core/ids.ts";
import { meantAnywhere, meantFirst, scopeMeant } from "../src/core/meant.ts";
import { nearest } from "../src/core/nearest.ts";
import type { Policy } from "../src/core/policy/model.ts";
import { restrict } from "../src/core/restrict.ts";
import { parseDuration } from "../src/core/time.ts";
import { bare, isFiller, unfilled } from "../src/core/typed-words.ts";
import { answers } from "../src/core/words.ts";
import * as typed from "../src/core/words-typed.ts";
import { reasonWith } from "./clauses.ts";
import { deploymentField, reasonField, scopeField } from "./fields.ts";

/** What narrow and pause share: never refused for grammar. Words that are no clause are the reason. */
export const restricting = async (
  room: Room,
  said: Said,
  what: "narrow" | "pause",
  breakGlass = false,
): Promise<Reply> => {
  const policy = room.rules.policy((await room.look([])).org.policy);
  const { askAgainIn, clause, words } = durationIn(said.words);
  const isBare = unfilled(words).length === 0;
  const command = [breakGlass ? "breakglass" : "", what, clause]
    .filter((one) => one !== "")
    .join(" ");
  if (isBare && said.invocation.escalation === null) return restrictForm(policy, what, command);
  const target = await room.restricted(said, isBare ? [] : words);
  if ("refusal" in target) return target;
  const asked = scoped(policy, what, target);
  if ("refusal" in asked) return asked;
  const { to, left } = asked;
  const reason = reasonWith(left, said.reason);
  if (breakGlass && reason === "") return needsReason(`breakglass ${what} ${words.join(" ")}`);
  const { escalation } = target;
  const { version } = said.invocation;
  const restriction = { do: what, to, askAgainIn, breakGlass, version, escalation };
  const reply = await room.decide({ ...said, reason }, target, what, (situation, committed) =>
    restrict(situation, { ...restriction, actor: personIn(said), reason: committed }),
  );
  if ("refusal" in reply) return reply;
  return { ...reply, text: [reply.text, ...unused(policy, target, left, askAgainIn)].join(" ") };
};

const needsReason = (line: string): Refused =>
  refused({ refused: "needs-reason", asked: "breakglass", line: line.trim() });

/** The scope that was named, and the words that are neither it nor a duration. A mistyped scope is asked back. */
const scoped = (
  policy: Policy,
  what: "narrow" | "pause",
  { deployment, left }: Found,
): { readonly to: string | null; readonly left: readonly string[] } | Refused => {
  const rules = policy.deployments.get(deployment);
  if (what === "pause" || !rules) return { to: null, left: meaningful(left) };
  const { to, unknown, left: others } = scopeMeant(left, rules);
  if (unknown === null) return { to, left: meaningful(others) };
  const near = nearest(
    bare(unknown),
    rules.scopes.map(({ id }) => id),
  );
  return refused(
    { refused: "unknown-scope", name: unknown, deployment, nearest: near },
    deployment,
  );
};

/** Polite words alone are no reason. */
const meaningful = (words: readonly string[]): readonly string[] =>
  words.every(isFiller) ? [] : words;

/** What is said of words that were taken for something, or for nothing. */
const unused = (
  policy: Policy,
  target: Found,
  left: readonly string[],
  askAgainIn: Millis | null,
): readonly string[] => {
  if (left.length === 0) return [];
  const unread = askAgainIn === null ? durationMeant(left) : null;
  const names = [...policy.deployments.values()];
  const other = meantFirst(left, names) ?? meantAnywhere(left, names);
  const name = other?.escalation ?? policy.deployments.get(other?.deployments[0] ?? "")?.name;
  const isOther =
    other?.deployments[0] !== target.deployment && other?.escalation !== target.escalation;
  return [
    typed.takenAsReason(left.join(" ")),
    ...(name !== undefined && isOther ? [typed.alsoNamed(name)] : []),
    ...(unread === null ? [] : [answers.noDuration(unread)]),
  ];
};

const unit = /^(second|minute|hour|day|night|week|fortnight|month|quarter|year)s?$/i;

/** “for 1 fortnight”: words that were meant as a duration and are none we can read. Null where there are none. */
const durationMeant = (left: readonly string[]): string | null => {
  for (const [at, word] of left.entries()) {
    if (bare(word) !== "for") continue;
    const [count = "", of = ""] = left.slice(at + 1, at + 3);
    if (unit.test(bare(of))) return `for ${count} ${of}`;
    if (/^\d/.test(count)) return `for ${count}`;
  }
  return null;
};

interface Lasting {
  readonly askAgainIn: Millis | null;
  /** As it is typed: `for 2h`; "" without one. */
  readonly clause: string;
  readonly words: readonly string[];
}

/** Takes the first `for <duration>` out of the words. */
const durationIn = (words: readonly string[]): Lasting => {
  for (const [at, word] of words.entries()) {
    const length = bare(word) === "for" ? bare(words[at + 1] ?? "") : "";
    const askAgainIn = parseDuration(length);
    if (askAgainIn !== null)
      return {
        ...{ askAgainIn, clause: `for ${length}` },
        words: [...words.slice(0, at), ...words.slice(at + 2)],
      };
  }
  return { askAgainIn: null, clause: "", words };
};

const restrictForm = (policy: Policy, what: "narrow" | "pause", command: string): Reply => {
  const fields = [
    deploymentField(policy),
    ...(what === "narrow" ? [scopeField(policy)] : []),
    reasonField(false),
  ];
  return form(what === "narrow" ? "Narrow what?" : "Pause what?", command, fields);
};
