import { type Command, form, personAsking, refused } from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import { unmarked } from "../src/core/command-line/phone-typing.ts";
import type { Commitment, Instant, PersonId } from "../src/core/ids.ts";
import { concerned } from "../src/core/reassessment/reassessment.ts";
import type { Refusal } from "../src/core/state/refusal.ts";
import type { Draft, Situation } from "../src/core/state/situation.ts";
import { rfc3339 } from "../src/core/time.ts";
import { type Clauses, clausesOf, dateOf, isNo, oddWords, twice } from "./clauses.ts";
import { dateField, deploymentField } from "./fields.ts";

export const reassess: Command = {
  name: "reassess",
  usage: "reassess <deployment> [on <date>]",
  summary: "bring the next review forward; it cannot be postponed",
  anybody: false,
  prepare: async (context, said) => {
    const taken = clausesOf(said.words, ["on"]);
    const { loose } = taken;
    const { policy, now } = context;
    if (loose.length === 0 && said.invocation.escalation === null) {
      return form("Look again at what?", "reassess", [
        deploymentField(policy),
        dateField("on", "On", false),
      ]);
    }
    const target = await findTarget(context, said, loose);
    if ("refusal" in target) return target;
    const zone = policy.deployments.get(target.deployment)?.hours.timezone ?? "UTC";
    const { text, odd } = whenIn(taken, target.left);
    if (odd !== undefined)
      return oddWords([odd], { usage: reassess.usage, again: null, deployment: target.deployment });
    const on = dateOf(text, zone, now);
    if (isNo(on)) return refused(on, target.deployment);
    if (on !== null && on < now)
      return refused({ refused: "in-the-past", text: text ?? "" }, target.deployment);
    return {
      do: "decide",
      asked: "reassess",
      targets: [target],
      reason: said.reason,
      judge: (situation, { reason }) =>
        sooner(situation, { actor: personAsking(said), on, reason }),
    };
  },
};

/** `on tomorrow`, or `tomorrow` alone: what follows the deployment can only be when. */
function whenIn(taken: Clauses, left: readonly string[]) {
  const [named] = taken.clauses.get("on") ?? [];
  const loosely = unmarked(left.join(" "));
  return {
    text: named ?? (loosely === "" ? undefined : loosely),
    odd: twice(taken) ?? (named === undefined ? undefined : left[0]),
  };
}

function sooner(
  situation: Situation,
  {
    actor,
    on,
    reason,
  }: { readonly actor: PersonId; readonly on: Instant | null; readonly reason: Commitment | "" },
): readonly Draft[] | Refusal {
  const { id, reassess: set } = situation.state;
  if (!situation.policy.deployments.has(id))
    return { refused: "unknown-deployment", name: id, nearest: [] };
  const may = concerned(situation);
  if (!may.has(actor)) {
    return {
      refused: "not-authorized",
      asked: "reassess",
      deployment: id,
      who: [...may],
      confirmers: [],
      mayRestrict: false,
      bar: null,
    };
  }
  const by = on ?? situation.now;
  if (set && by >= set.by) return { refused: "not-later", deployment: id, by: set.by };
  const body = {
    kind: "reassessment.set" as const,
    deployment: id,
    reassessBy: rfc3339(by),
    because: "asked" as const,
    change: "",
    ...(reason === "" ? {} : { reason }),
  };
  return [{ actor: { type: "person", person: actor }, body }];
}
