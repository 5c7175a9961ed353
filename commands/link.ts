import { type Command, refused } from "../src/app/commands/command.ts";
import { enterCode, showCode } from "../src/app/commands/linking.ts";

export const link: Command = {
  name: "link",
  usage: "link [code]",
  summary: "link your Slack or Teams account, by a code to enter there",
  anybody: true,
  isOwn: true,
  prepare: (context, said) => {
    const { actor, account } = said.invocation;
    if (said.words.length > 0)
      return account ? enterCode(context, said, account) : refused({ refused: "link-in-chat" });
    if (actor.type === "person") return showCode(context, said, actor.person);
    return refused({ refused: "needs-code" });
  },
};
