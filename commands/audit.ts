import {
  type Command,
  type CommandContext,
  type ParsedCommand,
  refused,
} from "../src/app/commands/command.ts";
import type { EntryFilter, Recorded } from "../src/app/ports.ts";
import { entryFile } from "../src/app/reads/entry-table.ts";
import { historyLine } from "../src/core/card/history-line.ts";
import { plainWord } from "../src/core/command-line/phone-typing.ts";
import { digestOf } from "../src/core/log/commitment.ts";
import { drawn } from "../src/core/sample.ts";
import { decisionFilter, paging, readQuestion, withTexts } from "./question.ts";

/** More than anybody reads one by one. */
const mostDrawn = 200;

export const audit: Command = {
  name: "audit",
  usage: "audit sample <count> --seed <word> [filters as of decisions]",
  summary: "a sample of decisions that anybody can draw again",
  anybody: false,
  asks: true,
  prepare: async (context, said) => {
    const { usage } = audit;
    const asked = sampleAsked(said);
    if (typeof asked === "string") return refused({ refused: "usage", usage, problem: asked });
    const question = await readQuestion(context, asked.rest, usage);
    if ("refusal" in question) return question;
    const below = question.asked.below ?? (await context.store.head()).size;
    const filter = await decisionFilter(context, { ...question.asked, below }, usage);
    if ("refusal" in filter) return filter;
    const { found, among } = await sample(context, filter, asked);
    const view = await withTexts(context, found);
    return {
      text: `${found.length} of ${among} decisions among the first ${below} entries: those with the lowest SHA-256 of “${asked.seed}:<record>”. The same again: ${sameAgain(asked, below)}`,
      lines: found.map((recorded) => historyLine(view, recorded, question.zone)),
      file: entryFile(view, found, { format: question.format ?? "csv", name: "holdpoint-sample" }),
      isExport: true,
    };
  },
};

interface SampleAsked {
  readonly count: number;
  readonly seed: string;
  /** The filters. */
  readonly rest: ParsedCommand;
}

/** What is asked for, or what is wrong with it. */
function sampleAsked(said: ParsedCommand): SampleAsked | string {
  const [first = "", number = "", ...words] = said.words;
  if (plainWord(first) !== "sample") return "An audit draws a sample.";
  const count = /^\d{1,3}$/.test(number) ? Number(number) : 0;
  if (count < 1 || count > mostDrawn) return `Say how many, from 1 to ${mostDrawn}.`;
  const at = words.findIndex((word) => plainWord(word) === "seed");
  const seed = at < 0 ? undefined : words[at + 1];
  if (seed === undefined) return "Say a seed, so that others can draw the same.";
  const rest = [...words.slice(0, at), ...words.slice(at + 2)];
  return { count, seed: seed.slice(0, 100), rest: { ...said, words: rest } };
}

/** The line that draws the same, however long the log has become. */
function sameAgain({ count, seed, rest }: SampleAsked, below: number): string {
  const filters = rest.words.filter((word) => !paging.test(word));
  return ["audit sample", count, "--seed", seed, ...filters, `before:${below}`].join(" ");
}

async function sample(
  { store }: CommandContext,
  filter: Omit<EntryFilter, "limit">,
  { count, seed }: SampleAsked,
): Promise<{ readonly found: readonly Recorded[]; readonly among: number }> {
  const indexes = await store.entryIndexes(filter);
  const rank = (text: string) => digestOf(new TextEncoder().encode(text));
  const chosen = drawn(indexes, { seed, count, rank });
  const found = await Promise.all(chosen.map((index) => store.entriesFrom(index, index + 1)));
  return { found: found.flat(), among: indexes.length };
}
