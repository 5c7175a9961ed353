import { type Command, form, refused, told } from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import type { Line } from "../src/core/card/card.ts";
import { absentLine } from "../src/core/card/reassessment-view.ts";
import { type ViewContext, who as whoIs, whoWithDuty } from "../src/core/card/view-context.ts";
import { absence, nextInChain } from "../src/core/escalation/passing-on.ts";
import { personId } from "../src/core/ids.ts";
import { type Capability, chainOf, holders } from "../src/core/people/authority.ts";
import { deploymentOf, undecided } from "../src/core/state/situation.ts";
import type { EscalationState } from "../src/core/state/state.ts";
import { asking, listed } from "../src/core/words/words.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField } from "./fields.ts";
import { askedThen } from "./past.ts";

export const who: Command = {
  name: "who",
  usage: "who <deployment or HP-…> [at <date>]",
  summary: "who may do what right now, or could at a time, and who is next",
  anybody: true,
  asks: true,
  prepare: async (now, asked) => {
    const then = await askedThen(now, asked, who.usage);
    if (then && "refusal" in then) return then;
    const { context, said } = then ?? { context: now, said: asked };
    if (said.words.length === 0 && said.invocation.escalation === null) {
      return form("Who may do what, where?", "who", [deploymentField(context.policy)]);
    }
    const target = await findTarget(context, said, said.words);
    if ("refusal" in target) return target;
    if (target.left.length > 0) return oddWords(target.left, { usage: who.usage });
    const [view] = then
      ? await then.past.viewsOf([target.deployment])
      : [await context.viewContext(target.deployment)];
    const deployment = view && deploymentOf(view.situation);
    if (!deployment)
      return refused({ refused: "unknown-deployment", name: target.deployment, nearest: [] });
    const heading = then ? `${deployment.name}, ${then.when}:` : `${deployment.name}, this minute:`;
    return told(heading, [...linesOf(view), ...awayLines(view, then !== null)]);
  },
};

/** Of a time that is over nobody can see any more who was away. */
function awayLines(view: ViewContext, isPast: boolean): readonly Line[] {
  if (!isPast) return [];
  const { org, now } = view.situation;
  const away = Object.entries(org.away).filter(([, until]) => until > now);
  const names = away.map(([person]) => [whoIs(view, personId(person))]);
  return [
    ...(names.length === 0 ? [] : [["Out of office: ", ...listed(names)]]),
    ["Whom no chat could reach then is not recorded."],
  ];
}

const rows: readonly (readonly [Capability, string])[] = [
  ["acknowledge", "Acknowledge"],
  ["restrict", "Narrow or pause"],
  ["start", "Request a resume, or keep"],
  ["confirm", "Approve a resume"],
  ["breakGlass", "Break glass"],
];

function linesOf(view: ViewContext): readonly Line[] {
  const { situation } = view;
  const [escalation = null] = undecided(situation.state);
  const table = rows.map(([capability, label]): Line => {
    const people = [...holders(situation, capability, escalation).keys()].map((person) =>
      whoWithDuty(view, person),
    );
    return [`${label}: `, ...(people.length > 0 ? listed(people) : ["nobody"])];
  });
  const named: Line = ["Decides: ", ...decidesNow(view, escalation)];
  const next = escalation ? nextInChain(situation, escalation) : null;
  return [named, ...(next ? [["Next: ", whoIs(view, next)]] : []), ...table];
}

/** Who is asked to decide this minute: never somebody who cannot answer without saying so. */
function decidesNow(view: ViewContext, escalation: EscalationState | null): Line {
  const { situation } = view;
  const chain = chainOf(situation, escalation);
  const first = escalation?.decider || chain[0];
  if (!first) return ["nobody can be reached"];
  const absent = absentLine(view, first);
  if (!absent) return [whoIs(view, first)];
  const standsIn = escalation
    ? nextInChain(situation, escalation)
    : chain.find((person) => absence(situation, person) === null);
  return standsIn
    ? asking.standsIn(whoIs(view, standsIn), absent)
    : ["nobody can be reached (", ...absent, ")"];
}
