import { type Command, form, refused } from "../src/app/commands/command.ts";
import { commandMeant } from "../src/core/command-line/parse-line.ts";
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
  prepare: async (context, said) => {
    const [decision = "", ...words] = said.words;
    if (decision === "" && said.invocation.escalation === null) {
      const fields = [decisionField(), deploymentField(context.policy), reasonField(true)];
      return form("Break the glass for what?", "breakglass", fields);
    }
    const inner = { ...said, words };
    const restricts = commandMeant(decision);
    if (restricts === "pause" || restricts === "narrow")
      return restricting(context, { said: inner, what: restricts, breakGlass: true });
    if (said.reason === "")
      return refused({
        refused: "needs-reason",
        asked: "breakglass",
        line: ["breakglass", ...said.words].join(" "),
      });
    switch (decision.toLowerCase()) {
      case "resume":
        return resuming(context, inner, true);
      case "keep":
        return keeping(context, inner, true);
      default:
        return refused({ refused: "usage", usage, problem: "Say which decision." });
    }
  },
};
