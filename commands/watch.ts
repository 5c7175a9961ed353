import { form, personIn, type Reply, type Room, refused, type Said } from "../src/app/command.ts";
import type { FormField } from "../src/app/ports.ts";
import type { Instant, PersonId } from "../src/core/ids.ts";
import { nothingYet, watcherNamed, watchers } from "../src/core/monitoring.ts";
import type { Policy } from "../src/core/policy/model.ts";
import type { Refusal } from "../src/core/refusal.ts";
import { unnamedSuite } from "../src/core/retest.ts";
import { atWall, dateIn, parseDate } from "../src/core/time.ts";
import { unmarked } from "../src/core/typed-words.ts";
import { watch } from "../src/core/watch.ts";
import { clausesOf, isNo, personNamed } from "./clauses.ts";
import { dateField, deploymentField, reasonField, wordField } from "./fields.ts";

/** What retest and monitor share: answers that restrict nothing. */
export const watching = async (
  room: Room,
  said: Said,
  what: "retest" | "monitor",
  usage: string,
): Promise<Reply> => {
  const { loose, clauses } = clausesOf(said.words, what === "retest" ? ["by"] : []);
  if (loose.length === 0 && said.invocation.escalation === null) return watchForm(room, what);
  const target = await room.target(said, loose);
  if ("refusal" in target) return target;
  const policy = await policyIn(room);
  const name = nameOf(policy, what, unmarked(target.left.join(" ")), usage);
  if (isNo(name)) return refused(name, target.deployment);
  const by = await whoAndWhen(room, policy, target.deployment, clauses.get("by") ?? []);
  if (isNo(by)) return refused(by, target.deployment);
  const asked = {
    do: what,
    actor: personIn(said),
    escalation: target.escalation,
    breakGlass: false,
    version: said.invocation.version,
    suite: what === "retest" && name !== unnamedSuite ? name : "",
    monitor: what === "monitor" ? name : "",
    ...by,
  };
  return room.decide(said, target, what, (situation, reason) =>
    watch(situation, { ...asked, reason }),
  );
};

const longestName = 200;

/** How a re-test is asked for. */
export const retestUsage = "retest <what> <suite> [by <person>] [by <date>]";

const policyIn = async (room: Room): Promise<Policy> =>
  room.rules.policy((await room.look([])).org.policy);

/** A suite is whatever the next run calls itself; what watches must be there. */
const nameOf = (
  policy: Policy,
  what: "retest" | "monitor",
  text: string,
  usage: string,
): string | Refusal => {
  if (text === "") {
    const problem =
      what === "retest" ? "Say which suite." : `Say which rule or source, or: ${nothingYet}.`;
    return { refused: "usage", usage, problem };
  }
  if (text.length > longestName) {
    const problem = `A name of ${text.length} characters is none I can keep; ${longestName} are the most.`;
    return { refused: "usage", usage, problem };
  }
  return what === "retest" ? text : watcherNamed(policy, text);
};

const watchForm = async (room: Room, what: "retest" | "monitor"): Promise<Reply> => {
  const policy = await policyIn(room);
  const fields =
    what === "retest"
      ? [
          deploymentField(policy),
          wordField("word", "Suite"),
          personField(room, policy),
          dateField("by", "By", false),
          reasonField(false),
        ]
      : [deploymentField(policy), watcherField(policy), reasonField(false)];
  return form(what === "retest" ? "Re-test what?" : "Monitor what?", what, fields);
};

const personField = (room: Room, policy: Policy): FormField => {
  const people = [...room.rules.people().values()].filter(({ id }) => policy.people.has(id));
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
};

const watcherField = (policy: Policy): FormField => {
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
};

/** A day without a time is that day until its working hours end: nobody who says “by Friday” means the night before it. */
const endOfDay = (policy: Policy, deployment: string, text: string, at: Instant): Instant => {
  const hours = policy.deployments.get(deployment)?.hours;
  if (!hours || !/^(\d{4}-\d\d-\d\d|[a-z]+)$/i.test(text)) return at;
  return atWall(dateIn(at, hours.timezone), hours.to, hours.timezone);
};

/** `by erin by friday`: each is a time if it reads as one, else a person. */
const whoAndWhen = async (
  room: Room,
  policy: Policy,
  deployment: string,
  texts: readonly string[],
): Promise<{ by: PersonId | ""; due: Instant | null } | Refusal> => {
  const { now } = await room.look([]);
  const zone = policy.deployments.get(deployment)?.hours.timezone ?? "UTC";
  const read = texts.map((text) => personOrTime(room, { policy, deployment, text, zone, now }));
  const no = read.find((one): one is Refusal => "refused" in one);
  if (no) return no;
  const people = read.flatMap((one) => ("person" in one ? [one.person] : []));
  const times = read.flatMap((one) => ("due" in one ? [one.due] : []));
  if (people.length > 1 || times.length > 1)
    return {
      refused: "usage",
      usage: retestUsage,
      problem: `“by ${texts.at(-1)}” is one too many.`,
    };
  return { by: people[0] ?? "", due: times[0] ?? null };
};

interface Read {
  readonly policy: Policy;
  readonly deployment: string;
  readonly text: string;
  readonly zone: string;
  readonly now: Instant;
}

const personOrTime = (
  room: Room,
  { policy, deployment, text, zone, now }: Read,
): { readonly person: PersonId } | { readonly due: Instant } | Refusal => {
  const time = parseDate(text, zone, now);
  if (time === null) {
    const person = personNamed(text, room.rules.people());
    return isNo(person) ? person : { person };
  }
  const due = endOfDay(policy, deployment, text, time);
  return due <= now ? { refused: "in-the-past", text } : { due };
};
