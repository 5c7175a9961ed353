import { type Command, form, personIn, refused } from "../src/app/command.ts";
import type { PersonId } from "../src/core/ids.ts";
import type { Refusal } from "../src/core/refusal.ts";
import { type Draft, escalationIn, type Situation } from "../src/core/situation.ts";
import { withWords } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

const usage = "reason <what> because …";

export const reason: Command = {
  name: "reason",
  usage,
  summary: "add the reason to your own decision that said “reason to follow”",
  anybody: false,
  run: async (room, said) => {
    if (said.words.length === 0 && said.invocation.escalation === null) {
      const policy = room.rules.policy((await room.look([])).org.policy);
      return form("The reason for what?", "reason", [deploymentField(policy), reasonField(true)]);
    }
    const target = await room.target(said, said.words);
    if ("refusal" in target) return target;
    const given = withWords(said, target.left);
    if (given.reason === "")
      return refused(
        { refused: "needs-reason", asked: "reason", line: `reason ${said.words.join(" ")}` },
        target.deployment,
      );
    return room.decide(given, target, "reason", (situation, text) =>
      explaining(situation, personIn(said), target.escalation, text),
    );
  },
};

const explaining = (
  situation: Situation,
  actor: PersonId,
  id: `HP-${number}` | null,
  text: string,
): readonly Draft[] | Refusal => {
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
};
