import {
  type Command,
  type CommandContext,
  type CommandReply,
  form,
  type ParsedCommand,
  type Prepared,
  personAsking,
} from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import { lettersAndDigits } from "../src/core/command-line/phone-typing.ts";
import { resume as decideResume } from "../src/core/decision/resume.ts";
import type { Deployment } from "../src/core/policy/model.ts";
import { clausesOf, oddWords, twice } from "./clauses.ts";
import { deploymentField, reasonField } from "./fields.ts";

export const resume: Command = {
  name: "resume",
  usage: "resume <what> [to <scope>] because …",
  summary:
    "back to the scope before the last restriction; the decider requests it, a second person approves",
  anybody: false,
  prepare: (context, said) => resuming(context, said, false),
};

/** Resume, as itself or behind break-glass. */
export async function resuming(
  context: CommandContext,
  said: ParsedCommand,
  breakGlass: boolean,
): Promise<Prepared> {
  const taken = clausesOf(said.words, ["to"]);
  const { loose, clauses } = taken;
  if (loose.length === 0 && said.invocation.escalation === null)
    return resumeForm(context, breakGlass);
  const target = await findTarget(context, said, loose);
  if ("refusal" in target) return target;
  const { deployment, escalation, left } = target;
  const rules = context.policy.deployments.get(deployment);
  const to = scopeNamed(clauses.get("to")?.[0] ?? null, rules);
  const odd = [...left, ...[twice(taken) ?? []].flat()];
  if (odd.length > 0) {
    const again = `${breakGlass ? "breakglass resume" : "resume"} ${escalation ?? deployment}`;
    const line = to === null ? again : `${again} to ${to}`;
    return oddWords(odd, { usage: resume.usage, again: line, deployment });
  }
  const asked = {
    actor: personAsking(said),
    escalation,
    breakGlass,
    to,
    version: said.invocation.version,
  };
  return {
    do: "decide",
    asked: "resume",
    targets: [target],
    reason: said.reason,
    judge: (situation, { reason }) => decideResume(situation, { ...asked, reason }),
  };
}

/** The scope in the policy's spelling; as it was typed where there is none. */
function scopeNamed(typed: string | null, rules: Deployment | undefined): string | null {
  const said = lettersAndDigits(typed ?? "");
  return rules?.scopes.find(({ id }) => lettersAndDigits(id) === said)?.id ?? typed;
}

function resumeForm({ policy }: CommandContext, breakGlass: boolean): CommandReply {
  return form("Resume what?", breakGlass ? "breakglass resume" : "resume", [
    deploymentField(policy),
    reasonField(true),
  ]);
}
