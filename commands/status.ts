import { type Command, refused, told } from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import type { Line } from "../src/core/card/card.ts";
import { proposalLine } from "../src/core/card/resume-request-lines.ts";
import {
  clock,
  clockInZone,
  nameOf,
  scopeWordsOf,
  type ViewContext,
} from "../src/core/card/view-context.ts";
import { isAway } from "../src/core/state/situation.ts";
import * as words from "../src/core/words/words.ts";
import { oddWords } from "./clauses.ts";

export const status: Command = {
  name: "status",
  usage: "status [deployment]",
  summary: "what each deployment may do now, and until when",
  anybody: true,
  prepare: async (context, said) => {
    const all = [...context.policy.deployments.keys()];
    if (said.words.length === 0) {
      const lines: Line[] = [];
      for (const id of all) lines.push(statusLine(await context.viewContext(id)));
      return told("Now:", lines);
    }
    const target = await findTarget(context, said, said.words);
    if ("refusal" in target) return target;
    if (target.left.length > 0) return oddWords(target.left, { usage: status.usage });
    const view = await context.viewContext(target.deployment);
    if (!view.situation.state.posture)
      return refused({
        refused: "unknown-deployment",
        name: target.deployment,
        nearest: all.slice(0, 3),
      });
    return told("Now:", [statusLine(view), ...openLines(view)]);
  },
};

function statusLine(view: ViewContext): Line {
  const { state, policy } = view.situation;
  const name = policy.deployments.get(state.id)?.name ?? state.id;
  const { posture, reassess } = state;
  if (!posture) return [name, ": not started yet"];
  const by = posture.decided
    ? ` by ${posture.decided.people.map((person) => nameOf(view, person)).join(" and ") || "policy"}`
    : "";
  const again = reassess
    ? `. ${words.review(clockInZone(view, reassess.by), reassess.by < view.situation.now)}`
    : "";
  return [
    { untrusted: name },
    `: ${scopeWordsOf(view, posture.scope)} since ${clock(view, posture.since)}${by}${again}`,
  ];
}

function openLines(view: ViewContext): readonly Line[] {
  const { situation } = view;
  const { escalations } = situation.state;
  const open = escalations
    .filter((escalation) => escalation.status === "open")
    .map((escalation): Line => {
      const away =
        escalation.decider !== "" && isAway(situation, escalation.decider) ? " (away)" : "";
      const decides =
        escalation.decider === "" ? "" : `: ${nameOf(view, escalation.decider)}${away} decides`;
      return [
        `${escalation.id} is open${decides}${escalation.decideBy === null ? "" : ` until ${clockInZone(view, escalation.decideBy)}`}`,
      ];
    });
  return [...proposalLine(view), ...open];
}
