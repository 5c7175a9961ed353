import { type Command, no } from "../src/app/commands/command.ts";
import { waitingProposal } from "../src/core/people/policy-proposal.ts";
import { confirming as words } from "../src/core/words/adoption.ts";

export const adopt: Command = {
  name: "adopt",
  usage: "adopt <digest>",
  summary: "confirm a looser policy that somebody else proposed",
  anybody: false,
  prepare: (context, said) => {
    const waiting = waitingProposal(context.org, context.now);
    if (waiting === null) return no(words.none);
    const asked = said.words.join(" ").toLowerCase();
    const isIt = /^[0-9a-f]{6,64}$/.test(asked) && waiting.digest.startsWith(asked);
    if (!isIt) return no(words.another(asked, waiting.digest.slice(0, 12)));
    return context.confirmPolicy(said, waiting);
  },
};
