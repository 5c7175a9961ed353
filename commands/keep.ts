import {
  type Command,
  type CommandContext,
  form,
  type ParsedCommand,
  type Prepared,
  personAsking,
} from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import { lettersAndDigits } from "../src/core/command-line/phone-typing.ts";
import { keep as decideKeep } from "../src/core/decision/keep.ts";
import { paused } from "../src/core/policy/posture.ts";
import type { DeploymentState } from "../src/core/state/state.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

export const keep: Command = {
  name: "keep",
  usage: "keep <what> because …",
  summary: "leave the posture as it is; it is reviewed again later",
  anybody: false,
  prepare: (context, said) => keeping(context, said, false),
};

/** Keep, as itself or behind break-glass. */
export async function keeping(
  context: CommandContext,
  said: ParsedCommand,
  breakGlass: boolean,
): Promise<Prepared> {
  if (said.words.length === 0 && said.invocation.escalation === null) {
    return form("Keep what as it is?", breakGlass ? "breakglass keep" : "keep", [
      deploymentField(context.policy),
      reasonField(true),
    ]);
  }
  const target = await findTarget(context, said, said.words);
  if ("refusal" in target) return target;
  const { deployment, escalation, left } = target;
  const state = (await context.look([deployment])).state(deployment);
  if (left.length > 0 && !isSaidOf(left, state)) {
    const again = `${breakGlass ? "breakglass keep" : "keep"} ${escalation ?? deployment}`;
    return oddWords(left, { usage: keep.usage, again, deployment });
  }
  const asked = {
    actor: personAsking(said),
    escalation,
    breakGlass,
    version: said.invocation.version,
  };
  return {
    do: "decide",
    asked: "keep",
    targets: [target],
    reason: said.reason,
    judge: (situation, { reason }) => decideKeep(situation, { ...asked, reason }),
  };
}

/** “keep HP-1 paused”, “… narrowed to no-tools”, “… as it is”: what is so anyway. */
function isSaidOf(words: readonly string[], { posture }: DeploymentState): boolean {
  const said = lettersAndDigits(words.join(" "));
  const scope = lettersAndDigits(posture?.scope ?? "");
  if (posture?.scope === paused) return said === scope || said === "asitis";
  return ["asitis", scope, `narrowed${scope}`, `narrowedto${scope}`, `at${scope}`].includes(said);
}
