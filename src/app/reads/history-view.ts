import { historyLine } from "../../core/card/history-line.ts";
import type { ViewContext } from "../../core/card/view-context.ts";
import { timeOf } from "../../core/time.ts";
import type { HistoryView, Recorded } from "../ports.ts";

/** One entry as people read it; `view` has its texts. */
export function historyView(view: ViewContext, recorded: Recorded): HistoryView {
  const { entry, index } = recorded;
  const deployment =
    "deployment" in entry ? entry.deployment : entry.subject.replace(/^deployment:/, "");
  return {
    index,
    at: timeOf(entry),
    kind: entry.kind,
    deployment: deployment === "org" ? "" : deployment,
    escalation: "escalation" in entry ? entry.escalation : "",
    line: historyLine(view, recorded),
  };
}
