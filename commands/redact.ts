import {
  type Command,
  type CommandContext,
  type CommandReply,
  form,
  no,
  type ParsedCommand,
  refused,
} from "../src/app/commands/command.ts";
import {
  askOrAgree,
  type Erasing,
  personErasing,
  recordErasing,
} from "../src/app/commands/erasing.ts";
import { plainWord } from "../src/core/command-line/phone-typing.ts";
import type { Refusal } from "../src/core/state/refusal.ts";
import { erasure as words } from "../src/core/words/erasure.ts";
import { isNo, personNamed } from "./clauses.ts";
import { reasonField, wordField } from "./fields.ts";

export const redact: Command = {
  name: "redact",
  usage: "redact <person|record number> because <reason>",
  summary: "erase a person or the texts of a record; a second person agrees with the same command",
  anybody: false,
  prepare: async (context, said) => {
    if (said.words.length === 0)
      return form(words.whom, "redact", [
        wordField("word", "Person, or number of the record"),
        reasonField(true),
      ]);
    if (said.reason === "") return no(words.noReason);
    const found = await find(context, said);
    if ("refused" in found) return refused(found);
    return "commitments" in found ? askOrAgree(context.store, said, found) : found;
  },
};

async function find(
  { store, rules, policy }: CommandContext,
  { words: typed, invocation }: ParsedCommand,
): Promise<Erasing | CommandReply | Refusal> {
  const text = typed.join(" ");
  // the dash is no decoration here: another record would be erased
  const [asTyped = ""] = invocation.line.split(/\sbecause\s/i);
  const below = /(?:^|\s)[\p{Pd}\u2212]\s*(\d+)\s*$/u.exec(asTyped)?.[1];
  if (below !== undefined) return no(words.belowZero(`-${below}`));
  const number = /^(?:record )?#?(\d{1,12})$/i.exec(plainWord(text))?.[1];
  if (number !== undefined) return recordErasing(store, Number(number));
  const person = personNamed(text, rules.people());
  if (isNo(person)) return person;
  const name = rules.person(person)?.name ?? text;
  return policy.people.has(person) ? no(words.inPolicy(name)) : personErasing(store, person, name);
}
