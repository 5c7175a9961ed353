import {
  type Command,
  type CommandContext,
  type CommandReply,
  refused,
  told,
} from "../src/app/commands/command.ts";
import { findEach } from "../src/app/commands/target.ts";
import type { Past } from "../src/app/reads/then.ts";
import { buildCard } from "../src/core/card/build-card.ts";
import type { Line } from "../src/core/card/card.ts";
import { proposalLine } from "../src/core/card/resume-request-lines.ts";
import {
  clock,
  clockInZone,
  nameOf,
  scopeWordsOf,
  type ViewContext,
} from "../src/core/card/view-context.ts";
import type { EscalationId } from "../src/core/ids.ts";
import { stateWord } from "../src/core/policy/posture.ts";
import { deploymentOf, isAway } from "../src/core/state/situation.ts";
import { rfc3339 } from "../src/core/time.ts";
import * as words from "../src/core/words/words.ts";
import { type AnswerTable, fileOf, formatAtEnd } from "./answer-file.ts";
import { oddWords } from "./clauses.ts";
import { askedThen } from "./past.ts";

export const status: Command = {
  name: "status",
  usage: "status [<what>] [at <date>] [csv or jsonl]",
  summary: "what each deployment may do now, or did at a time, and until when",
  anybody: true,
  asks: true,
  prepare: async (now, typed) => {
    const { format, asked } = formatAtEnd(typed);
    const then = await askedThen(now, asked, status.usage);
    if (then && "refusal" in then) return then;
    const { context, said } = then ?? { context: now, said: asked };
    const viewsOf = viewsFor(context, then?.past ?? null);
    const heading = then ? `At ${then.when}:` : "Now:";
    const ids = [...context.policy.deployments.keys()];
    if (said.words.length === 0) {
      const views = await viewsOf(ids);
      return { ...told(heading, views.map(statusLine)), ...fileOf(tableOf(views), format) };
    }
    const found = await findEach(context, said, { words: said.words, restricts: false });
    if ("refusal" in found) return found;
    const { targets, left, name: group } = found;
    if (left.length > 0) return oddWords(left, { usage: status.usage });
    if (group !== null) {
      const views = await viewsOf(targets.map(({ deployment }) => deployment));
      return ofGroup(group, views, { heading, format });
    }
    const [{ deployment: name, escalation } = { deployment: "", escalation: null }] = targets;
    const [view] = await viewsOf([name]);
    if (!view?.situation.state.posture)
      return refused({ refused: "unknown-deployment", name, nearest: ids.slice(0, 3) });
    const lines = [statusLine(view), ...openLines(view)];
    const all = then && escalation ? [...lines, ...cardThen(view, escalation)] : lines;
    return { ...told(heading, all), ...fileOf(tableOf([view]), format) };
  },
};

function ofGroup(
  name: string,
  views: readonly ViewContext[],
  { heading, format }: { readonly heading: string; readonly format: Parameters<typeof fileOf>[1] },
): CommandReply {
  const lines = views.flatMap((view) => [statusLine(view), ...openLines(view)]);
  return { ...told(`${name}. ${heading}`, lines), ...fileOf(tableOf(views), format) };
}

/** Views of deployments, now or as they were. */
function viewsFor(context: CommandContext, past: Past | null) {
  return async (ids: readonly string[]): Promise<readonly ViewContext[]> => {
    if (past) return past.viewsOf(ids);
    const views: ViewContext[] = [];
    for (const id of ids) views.push(await context.viewContext(id));
    return views;
  };
}

/** What the card of an escalation said. */
function cardThen(view: ViewContext, id: EscalationId): readonly Line[] {
  const live = view.situation.state.escalations.find((escalation) => escalation.id === id);
  if (!live) return [[`${id} was not open then.`]];
  const { title, lines } = buildCard(view, live);
  return [[`Its card, as drawn from the record of then: `, ...title], ...lines];
}

function statusLine(view: ViewContext): Line {
  const { state, policy } = view.situation;
  const name = policy.deployments.get(state.id)?.name ?? state.id;
  const { posture, reassess } = state;
  if (!posture) return [name, ": not started yet"];
  const by = posture.decided
    ? ` by ${posture.decided.people.map((person) => nameOf(view, person)).join(" and ") || "policy"}`
    : "";
  const again = reassess
    ? `. ${words.review(clockInZone(view, reassess.by), reassess.by < view.situation.now)}`
    : "";
  return [
    { untrusted: name },
    `: ${scopeWordsOf(view, posture.scope)} since ${clock(view, posture.since)}${by}${again}`,
  ];
}

const columns = [
  "deployment",
  "name",
  "as of (UTC)",
  "state",
  "scope",
  "since (UTC)",
  "decision",
  "decided by",
  "review by (UTC)",
  "overdue",
  "open escalations",
  "decide by (UTC)",
  "policy",
];

const tableOf = (views: readonly ViewContext[]): AnswerTable => ({
  name: "holdpoint-status",
  columns,
  rows: views.map(rowOf),
});

/** As {@link statusLine} and {@link openLines} say it, times in UTC. */
function rowOf(view: ViewContext): readonly string[] {
  const { situation } = view;
  const { state, policy, now } = situation;
  const { posture, reassess } = state;
  const deployment = deploymentOf(situation);
  const open = state.escalations.filter(({ status }) => status === "open");
  const decideBy = open.flatMap(({ decideBy }) => decideBy ?? []);
  const decided = posture?.decided;
  return [
    state.id,
    deployment?.name ?? state.id,
    rfc3339(now),
    deployment && posture ? stateWord(deployment, posture.scope) : "not started",
    posture?.scope ?? "",
    posture ? rfc3339(posture.since) : "",
    decided?.decision ?? "",
    decided?.people.map((person) => nameOf(view, person)).join(", ") ?? "",
    reassess ? rfc3339(reassess.by) : "",
    reassess && reassess.by < now ? "yes" : "",
    open.map(({ id }) => id).join(" "),
    decideBy.length > 0 ? rfc3339(Math.min(...decideBy)) : "",
    policy.digest,
  ];
}

function openLines(view: ViewContext): readonly Line[] {
  const { situation } = view;
  const { escalations } = situation.state;
  const open = escalations
    .filter((escalation) => escalation.status === "open")
    .map((escalation): Line => {
      const away =
        escalation.decider !== "" && isAway(situation, escalation.decider) ? " (away)" : "";
      const decides =
        escalation.decider === "" ? "" : `: ${nameOf(view, escalation.decider)}${away} decides`;
      return [
        `${escalation.id} is open${decides}${escalation.decideBy === null ? "" : ` until ${clockInZone(view, escalation.decideBy)}`}`,
      ];
    });
  return [...proposalLine(view), ...open];
}
