import {
  type Command,
  form,
  personIn,
  type Reply,
  type Room,
  type Said,
} from "../src/app/command.ts";
import { keep as decideKeep } from "../src/core/keep.ts";
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
  const [word = ""] = said.rest.split(" ");
  if (word === "" && said.invocation.escalation === null) {
    const policy = room.rules.policy((await room.look([])).org.policy);
    return form("Keep what as it is?", breakGlass ? "breakglass keep" : "keep", [
      deploymentField(policy),
      reasonField(true),
    ]);
  }
  const target = await room.target(said, word);
  if ("refusal" in target) return target;
  const asked = {
    actor: personIn(said),
    escalation: target.escalation,
    breakGlass,
    version: said.invocation.version,
  };
  return room.decide(said, target, "keep", (situation, reason) =>
    decideKeep(situation, { ...asked, reason }),
  );
};
