import {
  type Command,
  form,
  personIn,
  type Reply,
  type Room,
  type Said,
} from "../src/app/command.ts";
import { resume as decideResume } from "../src/core/decision.ts";
import type { Deployment } from "../src/core/policy/model.ts";
import { squashed } from "../src/core/typed-words.ts";
import { clausesOf, oddWords, twice } from "./clauses.ts";
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
  const taken = clausesOf(said.words, ["to"]);
  const { loose, clauses } = taken;
  if (loose.length === 0 && said.invocation.escalation === null)
    return resumeForm(room, breakGlass);
  const target = await room.target(said, loose);
  if ("refusal" in target) return target;
  const { deployment, escalation, left } = target;
  const rules = room.rules.policy((await room.look([])).org.policy).deployments.get(deployment);
  const to = scopeNamed(clauses.get("to")?.[0] ?? null, rules);
  const odd = [...left, ...[twice(taken) ?? []].flat()];
  if (odd.length > 0) {
    const again = `${breakGlass ? "breakglass resume" : "resume"} ${escalation ?? deployment}`;
    const line = to === null ? again : `${again} to ${to}`;
    return oddWords(odd, resume.usage, line, deployment);
  }
  const asked = {
    actor: personIn(said),
    ...{ escalation, breakGlass, to },
    version: said.invocation.version,
  };
  return room.decide(said, target, "resume", (situation, reason) =>
    decideResume(situation, { ...asked, reason }),
  );
};

/** The scope in the policy's spelling; as it was typed where there is none. */
const scopeNamed = (typed: string | null, rules: Deployment | undefined): string | null => {
  const said = squashed(typed ?? "");
  return rules?.scopes.find(({ id }) => squashed(id) === said)?.id ?? typed;
};

const resumeForm = async (room: Room, breakGlass: boolean): Promise<Reply> => {
  const policy = room.rules.policy((await room.look([])).org.policy);
  return form("Resume what?", breakGlass ? "breakglass resume" : "resume", [
    deploymentField(policy),
    reasonField(true),
  ]);
};
