import { type Command, form, refused, told } from "../src/app/command.ts";
import { type Capability, chainOf, holders } from "../src/core/authority.ts";
import type { Line } from "../src/core/card.ts";
import { absentLine } from "../src/core/due-view.ts";
import { absence, nextInChain } from "../src/core/escalation.ts";

import { deploymentOf, undecided } from "../src/core/situation.ts";
import type { EscalationState } from "../src/core/state.ts";
import { type Telling, who as whoIs, whoWithDuty } from "../src/core/telling.ts";
import { asking, listed } from "../src/core/words.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField } from "./fields.ts";

export const who: Command = {
  name: "who",
  usage: "who <deployment>",
  summary: "who may do what this minute, and who is next",
  anybody: true,
  run: async (room, said) => {
    if (said.words.length === 0 && said.invocation.escalation === null) {
      const policy = room.rules.policy((await room.look([])).org.policy);
      return form("Who may do what, where?", "who", [deploymentField(policy)]);
    }
    const target = await room.target(said, said.words);
    if ("refusal" in target) return target;
    if (target.left.length > 0) return oddWords(target.left, who.usage);
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
  const named: Line = ["Decides: ", ...decidesNow(telling, escalation)];
  const next = escalation ? nextInChain(situation, escalation) : null;
  return [named, ...(next ? [["Next: ", whoIs(telling, next)]] : []), ...table];
};

/** Who is asked to decide this minute: never somebody who cannot answer without saying so. */
const decidesNow = (telling: Telling, escalation: EscalationState | null): Line => {
  const { situation } = telling;
  const chain = chainOf(situation, escalation);
  const first = escalation?.decider || chain[0];
  if (!first) return ["nobody can be reached"];
  const absent = absentLine(telling, first);
  if (!absent) return [whoIs(telling, first)];
  const standsIn = escalation
    ? nextInChain(situation, escalation)
    : chain.find((one) => absence(situation, one) === null);
  return standsIn
    ? asking.standsIn(whoIs(telling, standsIn), absent)
    : ["nobody can be reached (", ...absent, ")"];
};
