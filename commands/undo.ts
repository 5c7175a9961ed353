import { type Command, form, personIn, refused } from "../src/app/command.ts";
import { undo as decideUndo } from "../src/core/undo.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

const usage = "undo <HP-…>";

export const undo: Command = {
  name: "undo",
  usage,
  summary: "take back your own mistaken restriction, within minutes",
  anybody: false,
  run: async (room, said) => {
    if (said.words.length === 0 && said.invocation.escalation === null) {
      const policy = room.rules.policy((await room.look([])).org.policy);
      return form("Undo what?", "undo", [deploymentField(policy), reasonField(false)]);
    }
    const target = await room.target(said, said.words);
    if ("refusal" in target) return target;
    const { escalation, deployment, left } = target;
    if (left.length > 0)
      return oddWords(left, usage, `undo ${escalation ?? deployment}`, deployment);
    const live =
      escalation ??
      (await room.look([deployment])).state(deployment).lastDecision?.escalation ??
      "";
    if (live === "")
      return refused({ refused: "no-undo", because: "none", until: null }, deployment);
    const asked = {
      actor: personIn(said),
      escalation: live,
      breakGlass: false,
      version: said.invocation.version,
    };
    return room.decide(said, { deployment, escalation: live }, "undo", (situation, reason) =>
      decideUndo(situation, { ...asked, reason }),
    );
  },
};
