import { type Command, form, refused } from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import { recordText } from "../src/app/reads/record.ts";
import { oddWords } from "./clauses.ts";
import { wordField } from "./fields.ts";

export const record: Command = {
  name: "record",
  usage: "record <HP-…>",
  summary:
    "one printable record: rule, evidence, who could, was told, saw and decided; and its proof",
  anybody: false,
  asks: true,
  prepare: async (context, said) => {
    if (said.words.length === 0 && said.invocation.escalation === null)
      return form("The record of which escalation?", "record", [
        wordField("word", "Escalation (HP-…)"),
      ]);
    const target = await findTarget(context, said, said.words);
    if ("refusal" in target) return target;
    const { usage } = record;
    if (target.left.length > 0) return oddWords(target.left, { usage });
    if (target.escalation === null)
      return refused({ refused: "usage", usage, problem: "A record is that of one escalation." });
    const found = await context.record(target.escalation);
    if (!found)
      return refused({ refused: "unknown-escalation", name: target.escalation, nearest: [] });
    const [short, ...others] = found.sections;
    const headings = others.map(({ heading }) => heading.toLowerCase()).join(", ");
    return {
      text: `Record of ${found.id}:`,
      lines: [
        ...(short?.items.map(({ line }) => line) ?? []),
        [`In the file: ${headings}, and the proof.`],
      ],
      file: {
        name: `holdpoint-${found.id}.txt`,
        text: recordText(found, context.now),
      },
      isExport: true,
    };
  },
};
