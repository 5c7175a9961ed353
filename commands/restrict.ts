import {
  type CommandContext,
  type CommandResult,
  form,
  type ParsedCommand,
  type Prepared,
  personAsking,
  type Refused,
  refused,
} from "../src/app/commands/command.ts";
import { type FoundAll, findEach } from "../src/app/commands/target.ts";
import { meantAnywhere, meantFirst, scopeMeant } from "../src/core/command-line/find-target.ts";
import { isFiller, plainWord, unfilled } from "../src/core/command-line/phone-typing.ts";
import { restrict } from "../src/core/decision/restrict.ts";
import { nearestNames } from "../src/core/did-you-mean.ts";
import { parseDuration } from "../src/core/duration.ts";
import type { Millis } from "../src/core/ids.ts";
import type { Deployment, Policy } from "../src/core/policy/model.ts";
import { answers } from "../src/core/words/answers.ts";
import * as typed from "../src/core/words/typed-line.ts";
import { reasonWith } from "./clauses.ts";
import { reasonField, scopeField, targetField } from "./fields.ts";

/**
 * What narrow and pause share: never refused for grammar. Words that are no clause are the reason.
 */
export async function restricting(
  context: CommandContext,
  {
    said,
    what,
    breakGlass = false,
  }: {
    readonly said: ParsedCommand;
    readonly what: "narrow" | "pause";
    readonly breakGlass?: boolean | undefined;
  },
): Promise<Prepared> {
  const { policy } = context;
  const { askAgainIn, clause, words } = durationIn(said.words);
  const isBare = unfilled(words).length === 0;
  const command = [breakGlass ? "breakglass" : "", what, clause]
    .filter((text) => text !== "")
    .join(" ");
  if (isBare && said.invocation.escalation === null) return restrictForm(policy, what, command);
  const found = await findEach(context, said, { words: isBare ? [] : words, restricts: true });
  if ("refusal" in found) return found;
  const asked = scoped(policy, what, found);
  if ("refusal" in asked) return asked;
  const { to, left } = asked;
  const reason = reasonWith(left, said.reason);
  if (breakGlass && reason === "") return needsReason(`breakglass ${what} ${words.join(" ")}`);
  const { targets, name } = found;
  const { version } = said.invocation;
  const restriction = { do: what, to, askAgainIn, breakGlass, version };
  return {
    do: "decide",
    asked: what,
    targets,
    name,
    reason,
    judge: (situation, { target: { escalation }, reason: committed, group }) =>
      restrict(situation, {
        ...restriction,
        actor: personAsking(said),
        escalation,
        reason: committed,
        group,
      }),
    after: [...unused(policy, { found, left, askAgainIn }), ...unseen(context, said, name)],
  };
}

const needsReason = (line: string): Refused =>
  refused({ refused: "needs-reason", asked: "breakglass", line: line.trim() });

/**
 * The scope that was named, and the words that are neither it nor a duration. A mistyped scope is
 * asked back.
 */
function scoped(
  policy: Policy,
  what: "narrow" | "pause",
  { targets, left }: FoundAll,
): { readonly to: string | null; readonly left: readonly string[] } | Refused {
  const scopes = targets.flatMap(({ deployment }) => scopesOf(policy, deployment));
  if (what === "pause" || scopes.length === 0) return { to: null, left: meaningful(left) };
  const { to, unknown, left: others } = scopeMeant(left, { scopes });
  if (unknown === null) return { to, left: meaningful(others) };
  const near = nearestNames(plainWord(unknown), [...new Set(scopes.map(({ id }) => id))]);
  const [{ deployment } = { deployment: "" }] = targets;
  return refused(
    { refused: "unknown-scope", name: unknown, deployment, nearest: near },
    deployment,
  );
}

const scopesOf = (policy: Policy, deployment: string): Deployment["scopes"] =>
  policy.deployments.get(deployment)?.scopes ?? [];

/** Somebody who reads only some deployments is not told that a whole group has stopped. */
function unseen(
  { policy }: CommandContext,
  said: ParsedCommand,
  name: string | null,
): readonly string[] {
  const given = policy.readers?.get(personAsking(said)) ?? "all";
  return name === null || given === "all" ? [] : [typed.onlyWhatYouRead(name)];
}

/** Polite words alone are no reason. */
const meaningful = (words: readonly string[]): readonly string[] =>
  words.every(isFiller) ? [] : words;

/** What is said of words that were taken for something, or for nothing. */
function unused(
  policy: Policy,
  {
    found,
    left,
    askAgainIn,
  }: {
    readonly found: FoundAll;
    readonly left: readonly string[];
    readonly askAgainIn: Millis | null;
  },
): readonly string[] {
  if (left.length === 0) return [];
  const unread = askAgainIn === null ? durationMeant(left) : null;
  const names = [...policy.deployments.values()];
  const other = meantFirst(left, names) ?? meantAnywhere(left, names);
  const name = other?.escalation ?? policy.deployments.get(other?.deployments[0] ?? "")?.name;
  const isOther = found.targets.every(
    ({ deployment, escalation }) =>
      other?.deployments[0] !== deployment && other?.escalation !== escalation,
  );
  return [
    typed.takenAsReason(left.join(" ")),
    ...(name !== undefined && isOther ? [typed.alsoNamed(name)] : []),
    ...(unread === null ? [] : [answers.noDuration(unread)]),
  ];
}

const unit = /^(second|minute|hour|day|night|week|fortnight|month|quarter|year)s?$/i;

/**
 * “for 1 fortnight”: words that were meant as a duration and are none we can read. Null where there
 * are none.
 */
function durationMeant(left: readonly string[]): string | null {
  for (const [at, word] of left.entries()) {
    if (plainWord(word) !== "for") continue;
    const [count = "", of = ""] = left.slice(at + 1, at + 3);
    if (unit.test(plainWord(of))) return `for ${count} ${of}`;
    if (/^\d/.test(count)) return `for ${count}`;
  }
  return null;
}

interface Lasting {
  readonly askAgainIn: Millis | null;
  /** As it is typed: `for 2h`; "" without one. */
  readonly clause: string;
  readonly words: readonly string[];
}

/** Takes the first `for <duration>` out of the words. */
function durationIn(words: readonly string[]): Lasting {
  for (const [at, word] of words.entries()) {
    const length = plainWord(word) === "for" ? plainWord(words[at + 1] ?? "") : "";
    const askAgainIn = parseDuration(length);
    if (askAgainIn !== null)
      return {
        askAgainIn,
        clause: `for ${length}`,
        words: [...words.slice(0, at), ...words.slice(at + 2)],
      };
  }
  return { askAgainIn: null, clause: "", words };
}

function restrictForm(policy: Policy, what: "narrow" | "pause", command: string): CommandResult {
  const fields = [
    targetField(policy),
    ...(what === "narrow" ? [scopeField(policy)] : []),
    reasonField(false),
  ];
  return form(what === "narrow" ? "Narrow what?" : "Pause what?", command, fields);
}
