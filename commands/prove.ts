import {
  type Command,
  type CommandContext,
  type CommandResult,
  form,
  refused,
  told,
} from "../src/app/commands/command.ts";
import type { Recorded } from "../src/app/ports.ts";
import { proofText, recordedDecision } from "../src/app/reads/proof.ts";
import type { Line } from "../src/core/card/card.ts";
import { clockOf, historyLine, textsIn } from "../src/core/card/history-line.ts";
import { recordedEvidence } from "../src/core/card/recorded-evidence.ts";
import { plainWord } from "../src/core/command-line/phone-typing.ts";
import type { EscalationId } from "../src/core/ids.ts";
import { oddWords } from "./clauses.ts";
import { wordField } from "./fields.ts";

export const prove: Command = {
  name: "prove",
  usage: "prove <HP-…|index>",
  summary: "who, what, when and under which rule; then the proof as a file",
  anybody: false,
  prepare: async (context, said) => {
    const [first = "", ...left] = said.words;
    const asked = first === "" ? (said.invocation.escalation ?? "") : plainWord(first);
    if (left.length > 0) return oddWords(left, { usage: prove.usage });
    if (asked === "")
      return form("Prove what?", "prove", [
        wordField("word", "Escalation (HP-…) or record number"),
      ]);
    const recorded = await find(context, asked);
    if (!recorded) return refused({ refused: "unknown-escalation", name: asked, nearest: [] });
    return proven(context, recorded);
  },
};

/** An escalation's proof is that of its own decision, or of its opening while undecided. */
async function find(context: CommandContext, word: string): Promise<Recorded | undefined> {
  if (/^\d{1,12}$/.test(word))
    return (await context.store.entriesFrom(Number(word), Number(word) + 1))[0];
  const number = /^hp-?(\d{1,9})$/i.exec(word)?.[1];
  if (!number) return undefined;
  const escalation: EscalationId = `HP-${Number(number)}`;
  const own = await recordedDecision(context.store, escalation);
  return (
    own ?? (await context.store.entries({ escalation, kinds: ["escalation.opened"], limit: 1 }))[0]
  );
}

async function proven(context: CommandContext, recorded: Recorded): Promise<CommandResult> {
  const { entry, index } = recorded;
  const texts = new Map(
    [...(await context.store.texts(textsIn(entry)))].map(([commitment, { text }]) => [
      commitment,
      text,
    ]),
  );
  const view = { ...(await context.viewContext("")), texts };
  const rule = await ruleLines(context, recorded, clockOf(view, entry));
  const lines: readonly Line[] = [historyLine(view, recorded), ...rule, ...recordedEvidence(entry)];
  const text = await proofText(context.store, recorded);
  return {
    ...told(`Record ${index}:`, lines),
    file: { name: `holdpoint-record-${index}.txt`, text },
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
