import { type Command, form, personAsking, refused } from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import { undo as decideUndo } from "../src/core/decision/undo.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

const usage = "undo <HP-…>";

export const undo: Command = {
  name: "undo",
  usage,
  summary: "take back your own mistaken restriction, within minutes",
  anybody: false,
  prepare: async (context, said) => {
    if (said.words.length === 0 && said.invocation.escalation === null) {
      return form("Undo what?", "undo", [deploymentField(context.policy), reasonField(false)]);
    }
    const target = await findTarget(context, said, said.words);
    if ("refusal" in target) return target;
    const { escalation, deployment, left } = target;
    if (left.length > 0)
      return oddWords(left, { usage, again: `undo ${escalation ?? deployment}`, deployment });
    const live =
      escalation ??
      (await context.look([deployment])).state(deployment).lastDecision?.escalation ??
      "";
    if (live === "")
      return refused({ refused: "no-undo", because: "none", until: null }, deployment);
    const asked = {
      actor: personAsking(said),
      escalation: live,
      breakGlass: false,
      version: said.invocation.version,
    };
    return {
      do: "decide",
      asked: "undo",
      targets: [{ deployment, escalation: live }],
      reason: said.reason,
      judge: (situation, { reason }) => decideUndo(situation, { ...asked, reason }),
    };
  },
};
