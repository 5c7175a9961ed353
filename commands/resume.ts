import {
  type Command,
  form,
  personIn,
  type Reply,
  type Room,
  refused,
  type Said,
} from "../src/app/command.ts";
import { resume as decideResume } from "../src/core/decision.ts";
import { clausesOf } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

export const resume: Command = {
  name: "resume",
  usage: "resume <what> [to <scope>] because …",
  summary:
    "back to the scope before the last restriction; the decider starts, a second person completes",
  anybody: false,
  run: (room, said) => resuming(room, said, false),
};

/** Resume, as itself or behind break-glass. */
export const resuming = async (room: Room, said: Said, breakGlass: boolean): Promise<Reply> => {
  const { loose, clauses } = clausesOf(said.rest, ["to"]);
  const [word = "", ...others] = loose;
  if (word === "" && said.invocation.escalation === null) return resumeForm(room, breakGlass);
  const target = await room.target(said, word);
  if ("refusal" in target) return target;
  if (others.length > 0)
    return refused(
      {
        refused: "usage",
        usage: resume.usage,
        problem: `I do not understand “${others.join(" ")}”.`,
      },
      target.deployment,
    );
  const asked = {
    actor: personIn(said),
    escalation: target.escalation,
    breakGlass,
    version: said.invocation.version,
    to: clauses.get("to")?.[0] ?? null,
  };
  return room.decide(said, target, "resume", (situation, reason) =>
    decideResume(situation, { ...asked, reason }),
  );
};

const resumeForm = async (room: Room, breakGlass: boolean): Promise<Reply> => {
  const policy = room.rules.policy((await room.look([])).org.policy);
  return form("Resume what?", breakGlass ? "breakglass resume" : "resume", [
    deploymentField(policy),
    reasonField(true),
  ]);
};
