import {
  type Command,
  type CommandContext,
  form,
  no,
  type ParsedCommand,
} from "../src/app/commands/command.ts";
import { indexOf, liftHold, placeHold } from "../src/app/commands/holding.ts";
import { findTarget } from "../src/app/commands/target.ts";
import { plainWord } from "../src/core/command-line/phone-typing.ts";
import type { EntryId } from "../src/core/ids.ts";
import type { Held } from "../src/core/state/state.ts";
import { hold as words } from "../src/core/words/hold.ts";
import { isNo, personNamed } from "./clauses.ts";
import { reasonField, wordField } from "./fields.ts";

export const legalHold: Command = {
  name: "legal-hold",
  usage:
    "legal-hold <person|deployment|HP-…|everything> because … · legal-hold lift <record> because …",
  summary:
    "keep what is there of it from removal and erasure, until somebody who may erase lifts it",
  anybody: false,
  prepare: async (context, said) => {
    if (said.words.length === 0)
      return form(`${words.whom} ${await standing(context)}`, "legal-hold", [
        wordField("word", "Person, deployment, escalation or everything; or lift and the record"),
        reasonField(true),
      ]);
    if (said.reason === "") return no(words.noReason);
    const text = said.words.join(" ");
    const lifted = /^lift (?:record )?#?(\d{1,12})$/i.exec(text)?.[1];
    if (lifted !== undefined) return liftHold(context.store, said, Number(lifted));
    const found = await find(context, said, text);
    return found === null ? no(words.unknown(text)) : placeHold(context.store, said, found);
  },
};

async function standing({ store, org }: CommandContext): Promise<string> {
  const ids = Object.keys(org.holds ?? {}) as EntryId[];
  return words.standing(await Promise.all(ids.map((id) => indexOf(store, id))));
}

/** What the words name, also a deployment that no policy has any more. */
async function find(
  context: CommandContext,
  said: ParsedCommand,
  text: string,
): Promise<{ readonly held: Held; readonly what: string } | null> {
  if (/^(?:everything|all)$/i.test(text))
    return { held: { what: "everything", target: "" }, what: "everything" };
  const target = await findTarget(context, said, said.words);
  if (!("refusal" in target)) {
    if (target.left.length > 0) return null;
    const { escalation, deployment } = target;
    return escalation === null
      ? { held: { what: "deployment", target: deployment }, what: deployment }
      : { held: { what: "escalation", target: escalation }, what: escalation };
  }
  const people = context.rules.people();
  const person = personNamed(text, people);
  if (!isNo(person))
    return { held: { what: "person", target: person }, what: people.get(person)?.name ?? text };
  const deployment = plainWord(text);
  const [recorded] = await context.store.entries({ deployment, limit: 1 });
  return recorded ? { held: { what: "deployment", target: deployment }, what: deployment } : null;
}
