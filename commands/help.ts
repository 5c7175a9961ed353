import { type Command, refused, told } from "../src/app/commands/command.ts";
import { commandMeant } from "../src/core/command-line/parse-line.ts";
import { nearestNames } from "../src/core/did-you-mean.ts";
import { oddWords } from "./clauses.ts";

export const help: Command = {
  name: "help",
  usage: "help [command]",
  summary: "this list, or one command",
  anybody: true,
  asks: true,
  prepare: async (context, said) => {
    const [first = "", ...left] = said.words;
    const name = commandMeant(first);
    if (left.length > 0) return oddWords(left, { usage: help.usage });
    const names = context.commands.map((command) => command.name);
    if (name === "")
      return told(
        "Say one of these:",
        context.commands.map((command) => [`${command.usage}: ${command.summary}`]),
      );
    const found = context.commands.find((command) => command.name === name);
    return found
      ? told(`${found.usage}: ${found.summary}.`)
      : refused({ refused: "unknown-command", name, nearest: nearestNames(name, names) });
  },
};
