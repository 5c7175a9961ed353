import {
  type Command,
  type CommandContext,
  type CommandReply,
  type ParsedCommand,
  type Refused,
  refused,
} from "../src/app/commands/command.ts";
import type { Recorded } from "../src/app/ports.ts";
import { adoptionWords } from "../src/app/reads/policy-adopted.ts";
import {
  adoptedAfter,
  adoptedAs,
  adoptedAt,
  looserAndStricter,
  wordsOf,
} from "../src/app/reads/policy-then.ts";
import type { Line } from "../src/core/card/card.ts";
import { momentText } from "../src/core/clock-text.ts";
import type { Instant } from "../src/core/ids.ts";
import { policyChanges } from "../src/core/policy/policy-words.ts";
import { timeOf } from "../src/core/time.ts";
import { parsePastDate } from "../src/core/typed-dates.ts";
import { withTexts } from "./question.ts";

export const policy: Command = {
  name: "policy",
  usage: "policy [at <date>] · policy diff <date or digest> [<date or digest>]",
  summary: "the rules in words, now or at a time, and how two of them differ",
  anybody: false,
  asks: true,
  prepare: async (context, said) => {
    const [first = "", ...rest] = said.words.map((word) => word.toLowerCase());
    if (first === "diff") return difference(context, said, rest);
    if (first !== "" && first !== "at") return usage(`“${first}” is neither at nor diff.`);
    const asked = first === "at" ? rest.join(" ") : "now";
    const found = await adopted(context, asked);
    if ("refusal" in found) return found;
    return inWords(context, found);
  },
};

const usage = (problem: string): Refused =>
  refused({ refused: "usage", usage: policy.usage, problem });

const zoneIn = ({ policy: inForce }: CommandContext): string =>
  [...inForce.deployments.values()][0]?.hours.timezone ?? "UTC";

/** The adoption that a date or a digest means. */
async function adopted(context: CommandContext, asked: string): Promise<Recorded | Refused> {
  if (/^[0-9a-f]{6,64}$/.test(asked)) {
    const found = await adoptedAs(context, asked);
    return found ?? usage(`No policy with the digest “${asked}” was adopted.`);
  }
  const at = parsePastDate(asked, zoneIn(context), context.now);
  if (at === null) return refused({ refused: "not-a-time", text: asked });
  if (at > context.now) return usage(`${momentText(at, zoneIn(context))} is still to come.`);
  return (
    (await adoptedAt(context, at)) ??
    usage(`At ${momentText(at, zoneIn(context))} no policy was in force.`)
  );
}

const digestOf = ({ entry }: Recorded): string =>
  entry.kind === "policy.adopted" ? entry.digest : "";

/** When, by whom and why it was adopted. */
async function adoptionLine(context: CommandContext, found: Recorded): Promise<Line> {
  const view = await withTexts(context, [found]);
  return [`${moment(context, timeOf(found.entry))}: `, ...adoptionWords(view, found)];
}

const moment = (context: CommandContext, at: Instant): string => momentText(at, zoneIn(context));

async function inWords(context: CommandContext, found: Recorded): Promise<CommandReply> {
  const words = await wordsOf(context, digestOf(found));
  const next = await adoptedAfter(context, found.index);
  const text = words.map(({ of, says }) => `${of}: ${says}`).join("\n");
  const shown = words.filter(({ of }) => /^(?:deployment|rule) /.test(of));
  return {
    text: "The policy:",
    lines: [
      await adoptionLine(context, found),
      next
        ? [`In force until ${moment(context, timeOf(next.entry))}, when another was adopted.`]
        : ["In force now."],
      ...shown.map(({ of, says }): Line => [`${of}: `, { untrusted: says }]),
    ],
    file: { name: `policy-${digestOf(found).slice(0, 12)}.txt`, text: `${text}\n` },
  };
}

async function difference(
  context: CommandContext,
  said: ParsedCommand,
  words: readonly string[],
): Promise<CommandReply | Refused> {
  if (words.length === 0) return usage("Say which policies, by a date or a digest.");
  const pair = pairOf(words);
  if (pair === null) return usage(`“${said.words.slice(1).join(" ")}” is not two dates.`);
  const before = await adopted(context, pair[0]);
  if ("refusal" in before) return before;
  const after =
    pair[1] === "next"
      ? ((await adoptedAfter(context, before.index)) ?? usage("No other policy was adopted since."))
      : await adopted(context, pair[1]);
  if ("refusal" in after) return after;
  return differences(context, before, after);
}

/** Two dates or digests; of one alone, it and the policy after it. A time belongs to its date. */
function pairOf(words: readonly string[]): readonly [string, string] | null {
  const joined = words
    .join(" ")
    .replace(/ (?:at )?(\d\d?:\d\d)/g, "T$1")
    .split(" ");
  const [a, b = "next", ...more] = joined.filter((word) => !["to", "and"].includes(word));
  return a === undefined || more.length > 0 ? null : [a, b];
}

async function differences(
  context: CommandContext,
  before: Recorded,
  after: Recorded,
): Promise<CommandReply> {
  const [a, b] = [digestOf(before), digestOf(after)];
  const [was, is] = [await wordsOf(context, a), await wordsOf(context, b)];
  const { looser, stricter } = await looserAndStricter(context, a, b);
  const changes = policyChanges(was, is);
  const lines: readonly Line[] = [
    ["Before: ", ...(await adoptionLine(context, before))],
    ["After: ", ...(await adoptionLine(context, after))],
    ...looser.map((what): Line => ["Looser: ", { untrusted: what }]),
    ...stricter.map((what): Line => ["Stricter; going back would loosen: ", { untrusted: what }]),
    ...changes.map((change): Line => [{ untrusted: change }]),
  ];
  const count = changes.length === 1 ? "one line" : `${changes.length} lines`;
  const text = changes.length === 0 ? "They say the same." : `They differ in ${count}:`;
  return { text, lines };
}
