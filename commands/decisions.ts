import {
  type Command,
  type CommandContext,
  type CommandResult,
  type Found,
  type ParsedCommand,
  type Refused,
  refused,
  type Target,
} from "../src/app/commands/command.ts";
import { findTarget } from "../src/app/commands/target.ts";
import type { EntryFilter } from "../src/app/ports.ts";
import { historyLine, textsIn } from "../src/core/card/history-line.ts";
import { plainWord } from "../src/core/command-line/phone-typing.ts";
import { kindFilter, kindProblem } from "../src/core/filters.ts";
import type { Instant } from "../src/core/ids.ts";
import type { Refusal } from "../src/core/state/refusal.ts";
import { nextDay } from "../src/core/time.ts";
import {
  type Clauses,
  type ClauseWord,
  clausesOf,
  dateOf,
  isNo,
  personNamed,
  twice,
} from "./clauses.ts";

const pageSize = 10;

export const decisions: Command = {
  name: "decisions",
  usage: "decisions [deployment] [by <person>] [on <date>] [since …] [until …] [kind …]",
  summary: "what was decided, newest first",
  anybody: false,
  prepare: async (context, said) => {
    const clauses = clausesOf(said.words, ["by", "on", "since", "until", "kind"]);
    const words = clauses.loose.filter((word) => !paging.test(word));
    const target = words.length === 0 ? null : await targetOf(context, said, words);
    if (target && "refusal" in target) return target;
    const odd = target?.left[0] ?? twice(clauses);
    if (odd !== undefined) return refused(usageOf(`“${odd}” is one too many.`));
    const zone = zoneOf(context, target);
    const filter = filterOf(context, clauses, zone);
    if (isNo(filter)) return refused(filter, target?.deployment ?? "");
    const below = paging.exec(clauses.loose.at(-1) ?? "")?.[1];
    return page(context, {
      said,
      zone,
      filter: {
        ...filter,
        ...(below === undefined ? {} : { below: Number(below) }),
        ...(target === null ? {} : { deployment: target.deployment }),
        ...(target?.escalation ? { escalation: target.escalation } : {}),
      },
    });
  },
};

/**
 * What is asked about: also a deployment that no policy has any more, as long as the record knows
 * it.
 */
async function targetOf(
  context: CommandContext,
  said: ParsedCommand,
  words: readonly string[],
): Promise<Found | Refused> {
  const target = await findTarget(context, said, words);
  if (!("refusal" in target) || target.refusal.refused !== "unknown-deployment") return target;
  const [word = "", ...left] = words;
  const deployment = plainWord(word);
  const [recorded] = await context.store.entries({ deployment, limit: 1 });
  return recorded ? { deployment, escalation: null, left } : target;
}

const usageOf = (problem: string): Refusal => ({
  refused: "usage",
  usage: decisions.usage,
  problem,
});

/** How "show more" says where the next page begins. */
const paging = /^before:(\d+)$/;

/** The deployment's own zone, else that of the first in the policy. */
function zoneOf(context: CommandContext, target: Target | null): string {
  const { deployments } = context.policy;
  const deployment = target ? deployments.get(target.deployment) : [...deployments.values()][0];
  return deployment?.hours.timezone ?? "UTC";
}

function filterOf(
  context: CommandContext,
  clauses: Clauses,
  zone: string,
): Omit<EntryFilter, "limit"> | Refusal {
  const { now } = context;
  const value = (word: ClauseWord) => clauses.clauses.get(word)?.[0];
  const by = value("by");
  const actor = by === undefined ? null : personNamed(by, context.rules.people());
  if (isNo(actor)) return actor;
  const times = timesOf(value, zone, now);
  if (isNo(times)) return times;
  const kind = value("kind")?.toLowerCase();
  const problem = kind === undefined ? null : kindProblem(kind);
  if (problem !== null) return usageOf(`There is ${problem}.`);
  const period = periodOf(times, zone);
  if (isNo(period)) return period;
  return {
    ...(kind === undefined ? { kinds: ["decision.made"] } : kindFilter(kind)),
    ...(actor === null ? {} : { actor }),
    ...period,
  };
}

/** The times that were said; null where one was not. */
interface Times {
  readonly on: Instant | null;
  readonly since: Instant | null;
  readonly until: Instant | null;
}

function timesOf(
  value: (word: ClauseWord) => string | undefined,
  zone: string,
  now: Instant,
): Times | Refusal {
  const on = dateOf(value("on"), zone, now);
  if (isNo(on)) return on;
  const since = dateOf(value("since"), zone, now);
  if (isNo(since)) return since;
  const until = dateOf(value("until"), zone, now);
  return isNo(until) ? until : { on, since, until };
}

/** From when until when is asked for: a day is from its time to the next day. */
function periodOf(
  { on, since, until }: Times,
  zone: string,
): Pick<EntryFilter, "since" | "until"> | Refusal {
  if (on !== null && (since !== null || until !== null))
    return usageOf("Say on a day, or since and until.");
  const from = on ?? since;
  const to = on === null ? until : nextDay(on, zone);
  if (from !== null && to !== null && from >= to)
    return usageOf("Nothing is between since and until.");
  return { ...(from === null ? {} : { since: from }), ...(to === null ? {} : { until: to }) };
}

async function page(
  context: CommandContext,
  {
    said,
    zone,
    filter,
  }: {
    readonly said: ParsedCommand;
    readonly zone: string;
    readonly filter: Omit<EntryFilter, "limit">;
  },
): Promise<CommandResult> {
  const found = await context.store.entries({ ...filter, limit: pageSize + 1 });
  const shown = found.slice(0, pageSize);
  const reasons = shown.flatMap(({ entry }) => textsIn(entry));
  const texts = new Map(
    [...(await context.store.texts(reasons))].map(([commitment, { text }]) => [commitment, text]),
  );
  const view = { ...(await context.viewContext("")), texts };
  const lines = shown.map((recorded) => historyLine(view, recorded, zone));
  const last = shown.at(-1);
  const asked = said.words.filter((word) => !paging.test(word)).join(" ");
  const next =
    found.length > pageSize && last
      ? `decisions ${asked} before:${last.index}`.replace("  ", " ")
      : null;
  return {
    text:
      lines.length === 0
        ? `No decisions found (times in ${zone}).`
        : `Newest first, times in ${zone}:`,
    lines,
    next,
  };
}
