import { type Command, personAsking } from "../src/app/commands/command.ts";
import { endSessions } from "../src/app/commands/own-sessions.ts";
import { oddWords } from "./clauses.ts";

export const signOut: Command = {
  name: "sign-out",
  usage: "sign-out",
  summary: "end all your console sessions and login links, wherever they are open",
  anybody: false,
  isOwn: true,
  prepare: (_context, said) =>
    said.words.length > 0
      ? oddWords(said.words, { usage: signOut.usage })
      : endSessions(personAsking(said)),
};
