import type {
  Command,
  CommandContext,
  CommandResult,
  ParsedCommand,
} from "../src/app/commands/command.ts";
import type { EntryFilter, FileFormat } from "../src/app/ports.ts";
import { allEntries, entryFile, mostExported } from "../src/app/reads/entry-table.ts";
import { historyLine } from "../src/core/card/history-line.ts";
import { decisionFilter, paging, readQuestion, withTexts } from "./question.ts";

const pageSize = 10;

export const decisions: Command = {
  name: "decisions",
  usage:
    "decisions [deployment or HP-…] [by <person>] [on <date>] [since …] [until …] [filters] [csv or jsonl]",
  summary: "what was decided, newest first; also as a file",
  anybody: false,
  asks: true,
  prepare: async (context, said) => {
    const question = await readQuestion(context, said, decisions.usage);
    if ("refusal" in question) return question;
    const { zone, asked, format } = question;
    const filter = await decisionFilter(context, asked, decisions.usage);
    if ("refusal" in filter) return filter;
    return format === null
      ? page(context, { said, zone, filter })
      : exported(context, filter, format);
  },
};

/** The whole answer as a file. */
async function exported(
  context: CommandContext,
  filter: Omit<EntryFilter, "limit">,
  format: FileFormat,
): Promise<CommandResult> {
  const found = await allEntries(context.store, filter);
  const view = await withTexts(context, found);
  const file = entryFile(view, found, { format, name: "holdpoint-decisions" });
  const lines = `${found.length} ${found.length === 1 ? "line" : "lines"}, newest first, times in UTC`;
  const last = found.at(-1);
  const more =
    found.length === mostExported && last
      ? ` There may be more: the next begin with “before:${last.index}”.`
      : "";
  return { text: `${lines}.${more}`, file, isExport: true };
}

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
  const view = await withTexts(context, shown);
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
