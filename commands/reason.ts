import { type Command, form, personAsking, refused } from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import type { PersonId } from "../src/core/ids.ts";
import type { Refusal } from "../src/core/state/refusal.ts";
import { type Draft, escalationIn, type Situation } from "../src/core/state/situation.ts";
import { withWords } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

const usage = "reason <what> because …";

export const reason: Command = {
  name: "reason",
  usage,
  summary: "add the reason to your own decision that said “reason to follow”",
  anybody: false,
  prepare: async (context, said) => {
    if (said.words.length === 0 && said.invocation.escalation === null) {
      return form("The reason for what?", "reason", [
        deploymentField(context.policy),
        reasonField(true),
      ]);
    }
    const target = await findTarget(context, said, said.words);
    if ("refusal" in target) return target;
    const given = withWords(said, target.left);
    if (given.reason === "")
      return refused(
        { refused: "needs-reason", asked: "reason", line: `reason ${said.words.join(" ")}` },
        target.deployment,
      );
    return {
      do: "decide",
      asked: "reason",
      targets: [target],
      reason: given.reason,
      judge: (situation, { reason: text }) =>
        explaining(situation, { actor: personAsking(said), id: target.escalation, text }),
    };
  },
};

function explaining(
  situation: Situation,
  {
    actor,
    id,
    text,
  }: { readonly actor: PersonId; readonly id: `HP-${number}` | null; readonly text: string },
): readonly Draft[] | Refusal {
  const { state } = situation;
  const decided = (id && escalationIn(state, id)?.decided) || state.lastDecision;
  if (!decided?.reasonToFollow || decided.people[0] !== actor)
    return { refused: "no-reason-asked", deployment: state.id };
  return [
    {
      actor: { type: "person", person: actor },
      body: {
        kind: "decision.explained",
        deployment: state.id,
        explains: decided.entry,
        reason: text,
      },
    },
  ];
}
