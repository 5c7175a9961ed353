import {
  type Command,
  type CommandContext,
  type CommandResult,
  type ParsedCommand,
  personAsking,
  type Refused,
  refused,
} from "../src/app/commands/command.ts";
import { linkForOneself } from "../src/app/commands/own-sessions.ts";
import { findTarget } from "../src/app/commands/target.ts";
import { oddWords } from "./clauses.ts";

export const console: Command = {
  name: "console",
  usage: "console [HP-…]",
  summary: "sign in to the web console by a link for you alone, once",
  anybody: false,
  isOwn: true,
  prepare: async (context, said) => {
    const { account, private: isPrivate } = said.invocation;
    const to = await pathAsked(context, said);
    if (typeof to !== "string") return to;
    if (account === null) return no("You are in the console already.");
    if (!isPrivate)
      return no("No link was made: everybody here would read it. Say console to me directly.");
    return linkForOneself(context, { person: personAsking(said), to });
  },
};

const no = (problem: string): Refused =>
  refused({ refused: "usage", usage: console.usage, problem });

/** The page that is asked for. */
async function pathAsked(
  context: CommandContext,
  said: ParsedCommand,
): Promise<string | CommandResult> {
  if (said.words.length === 0) return "/";
  const target = await findTarget(context, said, said.words);
  if ("refusal" in target) return target;
  const { escalation, left } = target;
  if (left.length > 0) return oddWords(left, { usage: console.usage });
  return escalation === null ? "/" : `/escalations/${escalation}`;
}
