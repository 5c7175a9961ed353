import { type Command, form } from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import { lapse } from "../src/core/decision/restrict.ts";
import { liveFor, open } from "../src/core/escalation/escalation.ts";
import type { Actor } from "../src/core/people/person.ts";
import type { Refusal } from "../src/core/state/refusal.ts";
import type { Draft, Situation } from "../src/core/state/situation.ts";
import { withWords } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

export const raise: Command = {
  name: "raise",
  usage: "raise <deployment> because …",
  summary: "open an escalation; the posture does not change",
  anybody: true,
  prepare: async (context, said) => {
    if (said.words.length === 0) {
      return form("Raise what?", "raise", [deploymentField(context.policy), reasonField(true)]);
    }
    const target = await findTarget(context, said, said.words);
    if ("refusal" in target) return target;
    return {
      do: "decide",
      asked: "raise",
      targets: [target],
      reason: withWords(said, target.left).reason,
      judge: (situation, { reason }) => raising(situation, said.invocation.actor, reason),
    };
  },
};

function raising(situation: Situation, actor: Actor, reason: string): readonly Draft[] | Refusal {
  const { id } = situation.state;
  if (!situation.policy.deployments.has(id))
    return { refused: "unknown-deployment", name: id, nearest: [] };
  if (reason === "") return { refused: "needs-reason", asked: "raise", line: `raise ${id}` };
  const live = liveFor(situation.state, "raised");
  if (live) return { refused: "already-raised", escalation: live.id };
  const opening = {
    id: `HP-${situation.lastNumber + 1}` as const,
    name: "raised",
    trigger: null,
    severity: "warning" as const,
    verdict: "none" as const,
    because: "",
    seen: null,
    reason,
    actor,
  };
  const lapsed = lapse(situation, "escalation opened").map(
    (body): Draft => ({ actor: { type: "policy" }, body }),
  );
  return [...lapsed, ...open(situation, opening)];
}
