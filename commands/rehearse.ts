import { type Command, form } from "../src/app/command.ts";
import { rehearse as rehearsing } from "../src/core/rehearsal.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField } from "./fields.ts";

export const rehearse: Command = {
  name: "rehearse",
  usage: "rehearse <deployment>",
  summary: "a marked test escalation through the real channel; nothing can change by it",
  anybody: false,
  run: async (room, said) => {
    if (said.words.length === 0) {
      const policy = room.rules.policy((await room.look([])).org.policy);
      return form("Rehearse with which?", "rehearse", [deploymentField(policy)]);
    }
    const target = await room.target(said, said.words);
    if ("refusal" in target) return target;
    if (target.left.length > 0)
      return oddWords(target.left, rehearse.usage, `rehearse ${target.deployment}`);
    return room.decide(said, { ...target, escalation: null }, "rehearse", (situation) =>
      rehearsing(situation, said.invocation.actor),
    );
  },
};
