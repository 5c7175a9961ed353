import { type Command, form } from "../src/app/commands/command.ts";
import { rehearse as rehearsing } from "../src/core/decision/rehearsal.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField } from "./fields.ts";

export const rehearse: Command = {
  name: "rehearse",
  usage: "rehearse <deployment>",
  summary: "post a marked test escalation in the real channel; answers change nothing",
  anybody: false,
  run: async (context, said) => {
    if (said.words.length === 0) {
      const policy = context.rules.policy((await context.look([])).org.policy);
      return form("Rehearse with which?", "rehearse", [deploymentField(policy)]);
    }
    const target = await context.target(said, said.words);
    if ("refusal" in target) return target;
    if (target.left.length > 0)
      return oddWords(target.left, {
        usage: rehearse.usage,
        again: `rehearse ${target.deployment}`,
      });
    return context.decide(
      said,
      { ...target, escalation: null },
      {
        command: "rehearse",
        deciding: (situation) => rehearsing(situation, said.invocation.actor),
      },
    );
  },
};
