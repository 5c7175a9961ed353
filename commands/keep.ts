import {
  type Command,
  form,
  personIn,
  type Reply,
  type Room,
  type Said,
} from "../src/app/command.ts";
import { keep as decideKeep } from "../src/core/keep.ts";
import { paused } from "../src/core/posture.ts";
import type { DeploymentState } from "../src/core/state.ts";
import { squashed } from "../src/core/typed-words.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

export const keep: Command = {
  name: "keep",
  usage: "keep <what> because …",
  summary: "leave it as it is, and ask again later",
  anybody: false,
  run: (room, said) => keeping(room, said, false),
};

/** Keep, as itself or behind break-glass. */
export const keeping = async (room: Room, said: Said, breakGlass: boolean): Promise<Reply> => {
  if (said.words.length === 0 && said.invocation.escalation === null) {
    const policy = room.rules.policy((await room.look([])).org.policy);
    return form("Keep what as it is?", breakGlass ? "breakglass keep" : "keep", [
      deploymentField(policy),
      reasonField(true),
    ]);
  }
  const target = await room.target(said, said.words);
  if ("refusal" in target) return target;
  const { deployment, escalation, left } = target;
  const state = (await room.look([deployment])).state(deployment);
  if (left.length > 0 && !isSaidOf(left, state)) {
    const again = `${breakGlass ? "breakglass keep" : "keep"} ${escalation ?? deployment}`;
    return oddWords(left, keep.usage, again, deployment);
  }
  const asked = {
    actor: personIn(said),
    ...{ escalation, breakGlass },
    version: said.invocation.version,
  };
  return room.decide(said, target, "keep", (situation, reason) =>
    decideKeep(situation, { ...asked, reason }),
  );
};

/** “keep HP-1 paused”, “… narrowed to no-tools”, “… as it is”: what is so anyway. */
const isSaidOf = (words: readonly string[], { posture }: DeploymentState): boolean => {
  const said = squashed(words.join(" "));
  const scope = squashed(posture?.scope ?? "");
  if (posture?.scope === paused) return said === scope || said === "asitis";
  return ["asitis", scope, `narrowed${scope}`, `narrowedto${scope}`, `at${scope}`].includes(said);
};
