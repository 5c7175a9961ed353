import {
  type Command,
  type CommandContext,
  type CommandResult,
  type ParsedCommand,
  refused,
} from "../src/app/commands/command.ts";
import type { EntryFilter } from "../src/app/ports.ts";
import { readFilter } from "../src/app/reads/filters.ts";
import { historyLine, textsIn } from "../src/core/card/history-line.ts";
import { filterUsage, paging, problemText, readQuestion } from "./question.ts";

const pageSize = 10;

export const decisions: Command = {
  name: "decisions",
  usage: `decisions ${filterUsage}`,
  summary: "what was decided, newest first",
  anybody: false,
  prepare: async (context, said) => {
    const question = await readQuestion(context, said, decisions.usage);
    if ("refusal" in question) return question;
    const { zone, asked } = question;
    const people = context.rules.people();
    const read = await readFilter({ ...context, people }, { ...asked, limit: pageSize });
    if ("unfit" in read) {
      const problem = read.unfit.map(problemText).join(" ");
      return refused({ refused: "usage", usage: decisions.usage, problem }, asked.deployment ?? "");
    }
    return page(context, {
      said,
      zone,
      filter: { kinds: ["decision.made"], ...read.filter },
    });
  },
};

async function page(
  context: CommandContext,
  {
    said,
    zone,
    filter,
  }: {
    readonly said: ParsedCommand;
    readonly zone: string;
    readonly filter: Omit<EntryFilter, "limit">;
  },
): Promise<CommandResult> {
  const found = await context.store.entries({ ...filter, limit: pageSize + 1 });
  const shown = found.slice(0, pageSize);
  const reasons = shown.flatMap(({ entry }) => textsIn(entry));
  const texts = new Map(
    [...(await context.store.texts(reasons))].map(([commitment, { text }]) => [commitment, text]),
  );
  const view = { ...(await context.viewContext("")), texts };
  const lines = shown.map((recorded) => historyLine(view, recorded, zone));
  const last = shown.at(-1);
  const asked = said.words.filter((word) => !paging.test(word)).join(" ");
  const next =
    found.length > pageSize && last
      ? `decisions ${asked} before:${last.index}`.replace("  ", " ")
      : null;
  return {
    text:
      lines.length === 0
        ? `No decisions found (times in ${zone}).`
        : `Newest first, times in ${zone}:`,
    lines,
    next,
  };
}
