import {
  type CommandContext,
  type CommandReply,
  form,
  type ParsedCommand,
  type Prepared,
  personAsking,
  refused,
} from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import type { FormField } from "../src/app/ports.ts";
import { unmarked } from "../src/core/command-line/phone-typing.ts";
import { nothingYet, watcherNamed, watchers } from "../src/core/decision/monitoring.ts";
import { watch } from "../src/core/decision/retest-or-monitor.ts";
import type { Instant, PersonId } from "../src/core/ids.ts";
import type { Policy } from "../src/core/policy/model.ts";
import { unnamedSuite } from "../src/core/reassessment/retest.ts";
import type { Refusal } from "../src/core/state/refusal.ts";
import { atWall, dateIn } from "../src/core/time.ts";
import { parseDate } from "../src/core/typed-dates.ts";
import { clausesOf, isNo, personNamed } from "./clauses.ts";
import { dateField, deploymentField, reasonField, wordField } from "./fields.ts";

/** What retest and monitor share: answers that restrict nothing. */
export async function watching(
  context: CommandContext,
  {
    said,
    what,
    usage,
  }: { readonly said: ParsedCommand; readonly what: "retest" | "monitor"; readonly usage: string },
): Promise<Prepared> {
  const { loose, clauses } = clausesOf(said.words, what === "retest" ? ["by"] : []);
  if (loose.length === 0 && said.invocation.escalation === null) return watchForm(context, what);
  const target = await findTarget(context, said, loose);
  if ("refusal" in target) return target;
  const { policy } = context;
  const name = nameOf(policy, { what, text: unmarked(target.left.join(" ")), usage });
  if (isNo(name)) return refused(name, target.deployment);
  const by = whoAndWhen(context, {
    policy,
    deployment: target.deployment,
    texts: clauses.get("by") ?? [],
  });
  if (isNo(by)) return refused(by, target.deployment);
  const asked = {
    do: what,
    actor: personAsking(said),
    escalation: target.escalation,
    breakGlass: false,
    version: said.invocation.version,
    suite: what === "retest" && name !== unnamedSuite ? name : "",
    monitor: what === "monitor" ? name : "",
    ...by,
  };
  return {
    do: "decide",
    asked: what,
    targets: [target],
    reason: said.reason,
    judge: (situation, { reason }) => watch(situation, { ...asked, reason }),
  };
}

const longestName = 200;

/** How a re-test is asked for. */
export const retestUsage = "retest <what> <suite> [by <person>] [by <date>]";

/** A suite is whatever the next run calls itself; what watches must be there. */
function nameOf(
  policy: Policy,
  {
    what,
    text,
    usage,
  }: { readonly what: "retest" | "monitor"; readonly text: string; readonly usage: string },
): string | Refusal {
  if (text === "") {
    const problem =
      what === "retest" ? "Say which suite." : `Say which rule or source, or: ${nothingYet}.`;
    return { refused: "usage", usage, problem };
  }
  if (text.length > longestName) {
    const problem = `The name has ${text.length} characters; at most ${longestName} can be stored.`;
    return { refused: "usage", usage, problem };
  }
  return what === "retest" ? text : watcherNamed(policy, text);
}

function watchForm(context: CommandContext, what: "retest" | "monitor"): CommandReply {
  const { policy } = context;
  const fields =
    what === "retest"
      ? [
          deploymentField(policy),
          wordField("word", "Suite"),
          personField(context, policy),
          dateField("by", "By", false),
          reasonField(false),
        ]
      : [deploymentField(policy), watcherField(policy), reasonField(false)];
  return form(what === "retest" ? "Re-test what?" : "Monitor what?", what, fields);
}

function personField(context: CommandContext, policy: Policy): FormField {
  const people = [...context.rules.people().values()].filter(({ id }) => policy.people.has(id));
  const options = people.map(({ key, name }) => ({ value: key, label: name }));
  const nobody = { value: "", label: "whoever asks" };
  return {
    name: "by",
    label: "Who sees to it",
    kind: "choice",
    required: false,
    value: "",
    options: [nobody, ...options],
  };
}

function watcherField(policy: Policy): FormField {
  const { rules, sources } = watchers(policy);
  const nothing = { value: nothingYet, label: "none yet" };
  const options = [
    ...rules.map((id) => ({ value: id, label: `rule ${id}` })),
    ...sources
      .filter((id) => !rules.includes(id))
      .map((id) => ({ value: id, label: `source ${id}` })),
    nothing,
  ];
  return {
    name: "word",
    label: "Rule or source",
    kind: "choice",
    required: true,
    value: "",
    options,
  };
}

/**
 * A day without a time is that day until its working hours end: nobody who says “by Friday” means
 * the night before it.
 */
function endOfDay(
  policy: Policy,
  {
    deployment,
    text,
    at,
  }: { readonly deployment: string; readonly text: string; readonly at: Instant },
): Instant {
  const hours = policy.deployments.get(deployment)?.hours;
  if (!hours || !/^(\d{4}-\d\d-\d\d|[a-z]+)$/i.test(text)) return at;
  return atWall(dateIn(at, hours.timezone), hours.to, hours.timezone);
}

/** `by erin by friday`: each is a time if it reads as one, else a person. */
function whoAndWhen(
  context: CommandContext,
  {
    policy,
    deployment,
    texts,
  }: { readonly policy: Policy; readonly deployment: string; readonly texts: readonly string[] },
): { by: PersonId | ""; due: Instant | null } | Refusal {
  const { now } = context;
  const zone = policy.deployments.get(deployment)?.hours.timezone ?? "UTC";
  const read = texts.map((text) => personOrTime(context, { policy, deployment, text, zone, now }));
  const no = read.find((person): person is Refusal => "refused" in person);
  if (no) return no;
  const people = read.flatMap((person) => ("person" in person ? [person.person] : []));
  const times = read.flatMap((person) => ("due" in person ? [person.due] : []));
  if (people.length > 1 || times.length > 1)
    return {
      refused: "usage",
      usage: retestUsage,
      problem: `“by ${texts.at(-1)}” is one too many.`,
    };
  return { by: people[0] ?? "", due: times[0] ?? null };
}

interface Read {
  readonly policy: Policy;
  readonly deployment: string;
  readonly text: string;
  readonly zone: string;
  readonly now: Instant;
}

function personOrTime(
  context: CommandContext,
  { policy, deployment, text, zone, now }: Read,
): { readonly person: PersonId } | { readonly due: Instant } | Refusal {
  const time = parseDate(text, zone, now);
  if (time === null) {
    const person = personNamed(text, context.rules.people());
    return isNo(person) ? person : { person };
  }
  const due = endOfDay(policy, { deployment, text, at: time });
  return due <= now ? { refused: "in-the-past", text } : { due };
}
