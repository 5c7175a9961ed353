import { type Command, form } from "../src/app/command.ts";
import { liveFor, open } from "../src/core/escalation.ts";
import type { Actor } from "../src/core/people.ts";
import type { Refusal } from "../src/core/refusal.ts";
import { lapse } from "../src/core/restrict.ts";
import type { Draft, Situation } from "../src/core/situation.ts";
import { withWords } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

export const raise: Command = {
  name: "raise",
  usage: "raise <deployment> because …",
  summary: "open an escalation; nothing else happens by it",
  anybody: true,
  run: async (room, said) => {
    if (said.words.length === 0) {
      const policy = room.rules.policy((await room.look([])).org.policy);
      return form("Raise what?", "raise", [deploymentField(policy), reasonField(true)]);
    }
    const target = await room.target(said, said.words);
    if ("refusal" in target) return target;
    return room.decide(withWords(said, target.left), target, "raise", (situation, reason) =>
      raising(situation, said.invocation.actor, reason),
    );
  },
};

const raising = (
  situation: Situation,
  actor: Actor,
  reason: string,
): readonly Draft[] | Refusal => {
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
};
