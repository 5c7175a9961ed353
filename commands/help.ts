import { type Command, refused, told } from "../src/app/command.ts";
import { nearest } from "../src/core/nearest.ts";
import { commandMeant } from "../src/core/typed-line.ts";
import { oddWords } from "./clauses.ts";

export const help: Command = {
  name: "help",
  usage: "help [command]",
  summary: "this list, or one command",
  anybody: true,
  run: async (room, said) => {
    const [first = "", ...left] = said.words;
    const name = commandMeant(first);
    if (left.length > 0) return oddWords(left, help.usage);
    const names = room.commands.map((one) => one.name);
    if (name === "")
      return told(
        "Say one of these:",
        room.commands.map((one) => [`${one.usage}: ${one.summary}`]),
      );
    const found = room.commands.find((one) => one.name === name);
    return found
      ? told(`${found.usage}: ${found.summary}.`)
      : refused({ refused: "unknown-command", name, nearest: nearest(name, names) });
  },
};
