import { type Command, refused, told } from "../src/app/command.ts";
import { type Capability, holders, personOf } from "../src/core/authority.ts";
import type { Line } from "../src/core/card.ts";
import { nextInChain } from "../src/core/escalation.ts";
import { type Telling, who as whoIs, whoWithDuty } from "../src/core/lines.ts";
import { deploymentOf, undecided } from "../src/core/situation.ts";
import { listed } from "../src/core/words.ts";

const usage = "who <deployment>";

export const who: Command = {
  name: "who",
  usage,
  summary: "who may do what this minute, and who is next",
  anybody: true,
  run: async (room, said) => {
    const [word = ""] = said.rest.split(" ");
    if (word === "" && said.invocation.escalation === null)
      return refused({ refused: "usage", usage, problem: "Say which deployment." });
    const target = await room.target(said, word);
    if ("refusal" in target) return target;
    const telling = await room.telling(target.deployment);
    const deployment = deploymentOf(telling.situation);
    if (!deployment)
      return refused({ refused: "unknown-deployment", name: target.deployment, nearest: [] });
    return told(`${deployment.name}, this minute:`, linesOf(telling));
  },
};

const rows: readonly (readonly [Capability, string])[] = [
  ["acknowledge", "Acknowledge"],
  ["restrict", "Narrow or pause"],
  ["start", "Start a resume, or keep"],
  ["confirm", "Confirm a resume"],
  ["breakGlass", "Break glass"],
];

const linesOf = (telling: Telling): readonly Line[] => {
  const { situation } = telling;
  const [escalation = null] = undecided(situation.state);
  const table = rows.map(([capability, label]): Line => {
    const people = [...holders(situation, capability, escalation).keys()].map((one) =>
      whoWithDuty(telling, one),
    );
    return [`${label}: `, ...(people.length > 0 ? listed(people) : ["nobody"])];
  });
  const decider = escalation?.decider || decidesFirst(telling);
  const named: Line = decider
    ? ["Decides: ", whoIs(telling, decider)]
    : ["Decides: nobody can be reached"];
  const next = escalation ? nextInChain(situation, escalation) : null;
  return [named, ...(next ? [["Next: ", whoIs(telling, next)]] : []), ...table];
};

const decidesFirst = (telling: Telling) => {
  const decider = deploymentOf(telling.situation)?.authority.restrict.decider;
  return decider ? personOf(telling.situation, decider) : null;
};
