import {
  type Command,
  type Reply,
  type Room,
  refused,
  type Said,
  type Target,
} from "../src/app/command.ts";
import type { EntryFilter } from "../src/app/ports.ts";
import { kindFilter, kindProblem } from "../src/core/filters.ts";
import { historyLine, textsIn } from "../src/core/history.ts";
import type { Instant } from "../src/core/ids.ts";
import type { Refusal } from "../src/core/refusal.ts";
import { nextDay } from "../src/core/time.ts";
import { bare } from "../src/core/typed-words.ts";
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
  run: async (room, said) => {
    const clauses = clausesOf(said.words, ["by", "on", "since", "until", "kind"]);
    const words = clauses.loose.filter((one) => !paging.test(one));
    const target = words.length === 0 ? null : await targetOf(room, said, words);
    if (target && "refusal" in target) return target;
    const odd = target?.left[0] ?? twice(clauses);
    if (odd !== undefined) return refused(usageOf(`“${odd}” is one too many.`));
    const zone = await zoneOf(room, target);
    const filter = await filterOf(room, clauses, zone);
    if (isNo(filter)) return refused(filter, target?.deployment ?? "");
    const below = paging.exec(clauses.loose.at(-1) ?? "")?.[1];
    return page(room, said, zone, {
      ...filter,
      ...(below === undefined ? {} : { below: Number(below) }),
      ...(target === null ? {} : { deployment: target.deployment }),
      ...(target?.escalation ? { escalation: target.escalation } : {}),
    });
  },
};

/** What is asked about: also a deployment that no policy has any more, as long as the record knows it. */
const targetOf = async (
  room: Room,
  said: Said,
  words: readonly string[],
): Promise<Awaited<ReturnType<Room["target"]>>> => {
  const target = await room.target(said, words);
  if (!("refusal" in target) || target.refusal.refused !== "unknown-deployment") return target;
  const [word = "", ...left] = words;
  const deployment = bare(word);
  const [recorded] = await room.store.entries({ deployment, limit: 1 });
  return recorded ? { deployment, escalation: null, left } : target;
};

const usageOf = (problem: string): Refusal => ({
  refused: "usage",
  usage: decisions.usage,
  problem,
});

/** How "show more" says where the next page begins. */
const paging = /^before:(\d+)$/;

/** The deployment's own zone, else that of the first in the policy. */
const zoneOf = async (room: Room, target: Target | null): Promise<string> => {
  const { deployments } = room.rules.policy((await room.look([])).org.policy);
  const deployment = target ? deployments.get(target.deployment) : [...deployments.values()][0];
  return deployment?.hours.timezone ?? "UTC";
};

const filterOf = async (
  room: Room,
  clauses: Clauses,
  zone: string,
): Promise<Omit<EntryFilter, "limit"> | Refusal> => {
  const { now } = await room.look([]);
  const value = (word: ClauseWord) => clauses.clauses.get(word)?.[0];
  const by = value("by");
  const actor = by === undefined ? null : personNamed(by, room.rules.people());
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
};

/** The times that were said; null where one was not. */
interface Times {
  readonly on: Instant | null;
  readonly since: Instant | null;
  readonly until: Instant | null;
}

const timesOf = (
  value: (word: ClauseWord) => string | undefined,
  zone: string,
  now: Instant,
): Times | Refusal => {
  const on = dateOf(value("on"), zone, now);
  if (isNo(on)) return on;
  const since = dateOf(value("since"), zone, now);
  if (isNo(since)) return since;
  const until = dateOf(value("until"), zone, now);
  return isNo(until) ? until : { on, since, until };
};

/** From when until when is asked for: a day is from its time to the next day. */
const periodOf = (
  { on, since, until }: Times,
  zone: string,
): Pick<EntryFilter, "since" | "until"> | Refusal => {
  if (on !== null && (since !== null || until !== null))
    return usageOf("Say on a day, or since and until.");
  const from = on ?? since;
  const to = on === null ? until : nextDay(on, zone);
  if (from !== null && to !== null && from >= to)
    return usageOf("Nothing is between since and until.");
  return { ...(from === null ? {} : { since: from }), ...(to === null ? {} : { until: to }) };
};

const page = async (
  room: Room,
  said: Said,
  zone: string,
  filter: Omit<EntryFilter, "limit">,
): Promise<Reply> => {
  const found = await room.store.entries({ ...filter, limit: pageSize + 1 });
  const shown = found.slice(0, pageSize);
  const reasons = shown.flatMap(({ entry }) => textsIn(entry));
  const texts = new Map(
    [...(await room.store.texts(reasons))].map(([commitment, { text }]) => [commitment, text]),
  );
  const telling = { ...(await room.telling("")), texts };
  const lines = shown.map((recorded) => historyLine(telling, recorded, zone));
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
};
