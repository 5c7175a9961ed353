import { type Command, personAsking } from "../src/app/commands/command.ts";
import { disown } from "../src/app/commands/disown.ts";
import { oddWords } from "./clauses.ts";

export const notme: Command = {
  name: "notme",
  usage: "notme",
  summary:
    "that was not me: ends console sessions opened in your name by a login link, and drops a resume that waits on one",
  anybody: false,
  isOwn: true,
  prepare: (context, said) => {
    const [link = "", ...left] = said.words;
    if (left.length > 0) return oddWords(left, { usage: notme.usage });
    return disown(context, { person: personAsking(said), asked: link === "" ? null : link });
  },
};
