import {
  type Command,
  type CommandContext,
  type CommandResult,
  form,
  refused,
  told,
} from "../src/app/commands/command.ts";
import type { Recorded } from "../src/app/ports.ts";
import { recordedFor } from "../src/app/reads/proof-file.ts";
import type { Line } from "../src/core/card/card.ts";
import { clockOf, historyLine } from "../src/core/card/history-line.ts";
import { recordedEvidence } from "../src/core/card/recorded-evidence.ts";
import { plainWord } from "../src/core/command-line/phone-typing.ts";
import { oddWords } from "./clauses.ts";
import { wordField } from "./fields.ts";
import { withTexts } from "./question.ts";

export const prove: Command = {
  name: "prove",
  usage: "prove <HP-…|index>",
  summary: "who, what, when and under which rule; then the proof as a file",
  anybody: false,
  asks: true,
  prepare: async (context, said) => {
    const [first = "", ...left] = said.words;
    const asked = first === "" ? (said.invocation.escalation ?? "") : plainWord(first);
    if (left.length > 0) return oddWords(left, { usage: prove.usage });
    if (asked === "")
      return form("Prove what?", "prove", [
        wordField("word", "Escalation (HP-…) or record number"),
      ]);
    const recorded = await recordedFor(context.store, asked);
    if (!recorded) return refused({ refused: "unknown-escalation", name: asked, nearest: [] });
    return proven(context, recorded, said.invocation.surface === "console");
  },
};

/** `withPolicy`: the file has it too; it is long, and a chat shows a short file only. */
async function proven(
  context: CommandContext,
  recorded: Recorded,
  withPolicy: boolean,
): Promise<CommandResult> {
  const { entry, index } = recorded;
  const view = await withTexts(context, [recorded]);
  const rule = await ruleLines(context, recorded, clockOf(view, entry));
  const lines: readonly Line[] = [historyLine(view, recorded), ...rule, ...recordedEvidence(entry)];
  const text = await context.proofFile(recorded, withPolicy);
  const name = `holdpoint-record-${index}.tlog-proof`;
  const how =
    text === null
      ? "No signed checkpoint covers it yet: ask again in a moment for the proof."
      : `The proof, for anybody to check offline: holdpoint prove --check ${name} --key <the log's key>`;
  return {
    ...told(`Record ${index}:`, [...lines, [how]]),
    file: text === null ? null : { name, text },
  };
}

/** The rule as then written, and when it was adopted, in the zone of the sentence above it. */
async function ruleLines(
  context: CommandContext,
  { entry }: Recorded,
  clock: ReturnType<typeof clockOf>,
): Promise<readonly Line[]> {
  if (entry.policy === "") return [];
  await context.rules.load([context.org.policy, entry.policy]);
  const policy = context.rules.policy(entry.policy);
  const row = await context.store.policy(entry.policy);
  const adopted: Line = [
    `Under policy ${entry.policy}, adopted ${row ? clock(row.adoptedAt) : "at a time no longer known"}`,
  ];
  const id = "escalation" in entry && entry.escalation !== "" ? entry.escalation : null;
  const trigger = id
    ? policy.triggers.get((await context.store.escalation(id))?.trigger ?? "")
    : undefined;
  return trigger ? [adopted, [`Rule ${trigger.id}: `, { untrusted: trigger.when }]] : [adopted];
}
