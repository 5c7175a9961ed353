import { type Command, personIn } from "../src/app/commands/command.ts";
import { unlinkAccount } from "../src/app/commands/linking.ts";

export const unlink: Command = {
  name: "unlink",
  usage: "unlink [slack|teams]",
  summary: "unlink your Slack or Teams account",
  anybody: false,
  run: (context, said) => unlinkAccount(context, said, personIn(said)),
};
