import type { CommandReply, ParsedCommand } from "../src/app/commands/command.ts";
import type { FileFormat } from "../src/app/ports.ts";
import { plainWord } from "../src/core/command-line/phone-typing.ts";
import { csvText } from "../src/core/csv.ts";

/** “csv” or “jsonl” at the end of a question: its answer as a file. */

/** What is written for them. */
export const formats: ReadonlyMap<string, FileFormat> = new Map([
  ["csv", "csv"],
  ["jsonl", "jsonl"],
  ["json", "jsonl"],
]);

/** The format that the last word names, null = none, and what was asked without it. */
export function formatAtEnd(said: ParsedCommand): {
  readonly format: FileFormat | null;
  readonly asked: ParsedCommand;
} {
  const format = formats.get(plainWord(said.words.at(-1) ?? "")) ?? null;
  return { format, asked: format === null ? said : { ...said, words: said.words.slice(0, -1) } };
}

/** An answer as rows; every row has a cell for each column. */
export interface AnswerTable {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What a reply needs beside its lines where a file is asked for. */
export function fileOf(
  { name, columns, rows }: AnswerTable,
  format: FileFormat | null,
): Pick<CommandReply, "file" | "isExport"> {
  if (format === null) return {};
  const text =
    format === "csv"
      ? csvText([columns, ...rows])
      : rows
          .map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? ""])))
          .map((row) => `${JSON.stringify(row)}\n`)
          .join("");
  return { file: { name: `${name}.${format}`, text }, isExport: true };
}
