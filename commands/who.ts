import { type Command, form, refused, told } from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import type { Line } from "../src/core/card/card.ts";
import { absentLine } from "../src/core/card/reassessment-view.ts";
import {
  isOnCall,
  nameOf,
  type ViewContext,
  who as whoIs,
  whoWithDuty,
} from "../src/core/card/view-context.ts";
import { absence, firstToDecide, nextInChain } from "../src/core/escalation/passing-on.ts";
import { personId } from "../src/core/ids.ts";
import { type Capability, chainOf, holders } from "../src/core/people/authority.ts";
import { deploymentOf, undecided } from "../src/core/state/situation.ts";
import type { EscalationState } from "../src/core/state/state.ts";
import { rfc3339 } from "../src/core/time.ts";
import { asking, listed } from "../src/core/words/words.ts";
import { type AnswerTable, fileOf, formatAtEnd } from "./answer-file.ts";
import { oddWords } from "./clauses.ts";
import { deploymentField } from "./fields.ts";
import { askedThen } from "./past.ts";

export const who: Command = {
  name: "who",
  usage: "who <deployment or HP-…> [at <date>] [csv or jsonl]",
  summary: "who may do what right now, or could at a time, and who is next",
  anybody: true,
  asks: true,
  prepare: async (now, typed) => {
    const { format, asked } = formatAtEnd(typed);
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
    const lines = [...linesOf(view), ...awayLines(view, then !== null)];
    return { ...told(heading, lines), ...fileOf(tableOf(view), format) };
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

const columns = [
  "deployment",
  "as of (UTC)",
  "may",
  "person",
  "rule",
  "on call",
  "out of office until (UTC)",
  "decides",
];

/** A row for each right of each person. Whom no chat reaches is not in it: of then nobody knows. */
function tableOf(view: ViewContext): AnswerTable {
  const { situation } = view;
  const { state, org, now } = situation;
  const [escalation = null] = undecided(situation.state);
  const decides = firstToDecide(situation, escalation);
  return {
    name: "holdpoint-who",
    columns,
    rows: rows.flatMap(([capability, label]) =>
      [...holders(situation, capability, escalation)].map(([person, rule]) => {
        const until = org.away[person] ?? 0;
        return [
          state.id,
          rfc3339(now),
          label,
          nameOf(view, person),
          rule,
          isOnCall(situation, person) ? "yes" : "",
          until > now ? rfc3339(until) : "",
          person === decides ? "yes" : "",
        ];
      }),
    ),
  };
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
