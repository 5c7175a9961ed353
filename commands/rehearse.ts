import { type Command, form } from "../src/app/command.ts";
import { rehearse as rehearsing } from "../src/core/rehearsal.ts";
import { deploymentField } from "./fields.ts";

export const rehearse: Command = {
  name: "rehearse",
  usage: "rehearse <deployment>",
  summary: "a marked test escalation through the real channel; nothing can change by it",
  anybody: false,
  run: async (room, said) => {
    const [word = ""] = said.rest.split(" ");
    if (word === "") {
      const policy = room.rules.policy((await room.look([])).org.policy);
      return form("Rehearse with which?", "rehearse", [deploymentField(policy)]);
    }
    const target = await room.target(said, word);
    if ("refusal" in target) return target;
    return room.decide(said, { ...target, escalation: null }, "rehearse", (situation) =>
      rehearsing(situation, said.invocation.actor),
    );
  },
};
