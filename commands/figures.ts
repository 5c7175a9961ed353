import { type Command, type CommandContext, refused } from "../src/app/commands/command.ts";
import type { QuarterFigures } from "../src/app/ports.ts";
import { formerDeployments } from "../src/app/reads/timeline.ts";
import type { Line } from "../src/core/card/card.ts";
import { plainWord } from "../src/core/command-line/phone-typing.ts";
import { nearestNames } from "../src/core/did-you-mean.ts";
import { spokenDuration } from "../src/core/duration.ts";
import { fileOf, formatAtEnd } from "./answer-file.ts";

export const figures: Command = {
  name: "figures",
  usage: "figures [deployment] [csv or jsonl]",
  summary: "per team and quarter: time to acknowledge, to decide, by policy, deviations",
  anybody: false,
  asks: true,
  prepare: async (context, said) => {
    const { format, asked } = formatAtEnd(said);
    const words = asked.words.map(plainWord);
    const [name, ...left] = words;
    const { usage } = figures;
    const no = (problem: string) => refused({ refused: "usage", usage, problem });
    if (words.includes("by"))
      return no("Figures are those of teams and deployments, never of people.");
    if (left[0] !== undefined) return no(`“${left[0]}” is one too many.`);
    const { deployments } = context.policy;
    const former = await formerDeployments(context.store, context.policy);
    const names = [...deployments.keys(), ...former];
    if (name !== undefined && !names.includes(name)) {
      const nearest = nearestNames(name, names);
      return refused({ refused: "unknown-deployment", name, nearest });
    }
    const rows = await context.store.figures(groupsIn(context, former, name));
    const text = rows.length === 0 ? "Nothing to count yet." : "By quarter in UTC, newest first:";
    const table = { name: "holdpoint-figures", columns, rows: rows.map(cells) };
    return { text, lines: rows.map(lineOf), ...fileOf(table, format) };
  },
};

/**
 * Each deployment by itself, and together with those that share its channel: its team. Former ones
 * have no channel any more.
 */
function groupsIn({ policy }: CommandContext, former: readonly string[], only: string | undefined) {
  const groups = [
    ...[...policy.deployments.values()].flatMap(({ id, channel }) => [
      { deployment: id, group: id },
      ...(only === undefined ? [{ deployment: id, group: `team #${channel}` }] : []),
    ]),
    ...former.map((id) => ({ deployment: id, group: `${id} (no longer in the policy)` })),
  ];
  return groups.filter(({ deployment }) => only === undefined || deployment === only);
}

function lineOf(row: QuarterFigures): Line {
  const { group, quarter, opened, acknowledged, decided, decisions, byPolicy, deviations } = row;
  const median = (length: number | null): string =>
    length === null ? "" : `, median ${spokenDuration(Math.round(length))}`;
  return [
    `${quarter} · `,
    { untrusted: group },
    `: ${opened} opened; ${acknowledged} acknowledged${median(row.toAcknowledge)}; ${decided} decided${median(row.toDecide)}; of ${decisions} decisions ${byPolicy} by policy, ${deviations} deviated`,
  ];
}

const columns = [
  "quarter",
  "team or deployment",
  "opened",
  "acknowledged",
  "median seconds to acknowledge",
  "decided",
  "median seconds to decide",
  "decisions",
  "by policy",
  "deviations",
];

const seconds = (length: number | null): string =>
  length === null ? "" : String(Math.round(length / 1000));

const cells = (row: QuarterFigures): readonly (string | number)[] => [
  row.quarter,
  row.group,
  row.opened,
  row.acknowledged,
  seconds(row.toAcknowledge),
  row.decided,
  seconds(row.toDecide),
  row.decisions,
  row.byPolicy,
  row.deviations,
];
