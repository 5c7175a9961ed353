import { type Command, form, refused } from "../src/app/command.ts";
import { commandMeant } from "../src/core/typed-line.ts";
import { decisionField, deploymentField, reasonField } from "./fields.ts";
import { keeping } from "./keep.ts";
import { restricting } from "./restrict.ts";
import { resuming } from "./resume.ts";

const usage = "breakglass <pause|narrow|resume|keep …> because …";

export const breakglass: Command = {
  name: "breakglass",
  usage,
  summary: "override as a break-glass person; always flagged, reviewed within a day",
  anybody: false,
  run: async (room, said) => {
    const [decision = "", ...words] = said.words;
    if (decision === "" && said.invocation.escalation === null) {
      const policy = room.rules.policy((await room.look([])).org.policy);
      const fields = [decisionField(), deploymentField(policy), reasonField(true)];
      return form("Break the glass for what?", "breakglass", fields);
    }
    const inner = { ...said, words };
    const restricts = commandMeant(decision);
    if (restricts === "pause" || restricts === "narrow")
      return restricting(room, inner, restricts, true);
    if (said.reason === "")
      return refused({
        refused: "needs-reason",
        asked: "breakglass",
        line: ["breakglass", ...said.words].join(" "),
      });
    switch (decision.toLowerCase()) {
      case "resume":
        return resuming(room, inner, true);
      case "keep":
        return keeping(room, inner, true);
      default:
        return refused({ refused: "usage", usage, problem: "Say which decision." });
    }
  },
};
