import { type Command, personAsking } from "../src/app/commands/command.ts";
import { unlinkAccount } from "../src/app/commands/linking.ts";

export const unlink: Command = {
  name: "unlink",
  usage: "unlink [slack|teams]",
  summary: "unlink your Slack or Teams account",
  anybody: false,
  isOwn: true,
  prepare: (_context, said) => unlinkAccount(said, personAsking(said)),
};
