import { type Command, form } from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import { rehearse as rehearsing } from "../src/core/decision/rehearsal.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField } from "./fields.ts";

export const rehearse: Command = {
  name: "rehearse",
  usage: "rehearse <deployment>",
  summary: "post a marked test escalation in the real channel; answers change nothing",
  anybody: false,
  prepare: async (context, said) => {
    if (said.words.length === 0) {
      return form("Rehearse with which?", "rehearse", [deploymentField(context.policy)]);
    }
    const target = await findTarget(context, said, said.words);
    if ("refusal" in target) return target;
    if (target.left.length > 0)
      return oddWords(target.left, {
        usage: rehearse.usage,
        again: `rehearse ${target.deployment}`,
      });
    return {
      do: "decide",
      asked: "rehearse",
      targets: [{ ...target, escalation: null }],
      reason: said.reason,
      judge: (situation) => rehearsing(situation, said.invocation.actor),
    };
  },
};
