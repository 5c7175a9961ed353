import { type Command, personIn } from "../src/app/command.ts";
import { unlinkAccount } from "../src/app/linking.ts";

export const unlink: Command = {
  name: "unlink",
  usage: "unlink [slack|teams]",
  summary: "unlink your Slack or Teams account",
  anybody: false,
  run: (room, said) => unlinkAccount(room, said, personIn(said)),
};
