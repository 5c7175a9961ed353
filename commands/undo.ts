import { type Command, form, personIn, refused } from "../src/app/commands/command.ts";
import { undo as decideUndo } from "../src/core/decision/undo.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

const usage = "undo <HP-…>";

export const undo: Command = {
  name: "undo",
  usage,
  summary: "take back your own mistaken restriction, within minutes",
  anybody: false,
  run: async (context, said) => {
    if (said.words.length === 0 && said.invocation.escalation === null) {
      const policy = context.rules.policy((await context.look([])).org.policy);
      return form("Undo what?", "undo", [deploymentField(policy), reasonField(false)]);
    }
    const target = await context.target(said, said.words);
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
      actor: personIn(said),
      escalation: live,
      breakGlass: false,
      version: said.invocation.version,
    };
    return context.decide(
      said,
      { deployment, escalation: live },
      {
        command: "undo",
        deciding: (situation, reason) => decideUndo(situation, { ...asked, reason }),
      },
    );
  },
};
