import {
  type Command,
  type Reply,
  type Room,
  refused,
  type Said,
  type Target,
} from "../src/app/command.ts";
import type { EntryFilter } from "../src/app/ports.ts";
import { historyLine } from "../src/core/history.ts";
import type { Instant } from "../src/core/ids.ts";
import type { Refusal } from "../src/core/refusal.ts";
import { nextDay } from "../src/core/time.ts";
import { type Clauses, clausesOf, dateOf, isNo, personNamed } from "./clauses.ts";

const pageSize = 10;

const kinds = ["narrow", "pause", "resume", "retest", "monitor", "keep"];

export const decisions: Command = {
  name: "decisions",
  usage: "decisions [deployment] [by <person>] [on <date>] [since …] [until …] [kind …]",
  summary: "what was decided, newest first",
  anybody: false,
  run: async (room, said) => {
    const clauses = clausesOf(said.rest, ["by", "on", "since", "until", "kind"]);
    const [word = ""] = clauses.loose.filter((one) => !paging.test(one));
    const target = word === "" ? null : await room.target(said, word);
    if (target && "refusal" in target) return target;
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
  const value = (word: "by" | "on" | "since" | "until" | "kind") => clauses.clauses.get(word)?.[0];
  const by = value("by");
  const actor = by === undefined ? null : personNamed(by, room.rules.people());
  if (isNo(actor)) return actor;
  const times = {
    on: dateOf(value("on"), zone, now),
    since: dateOf(value("since"), zone, now),
    until: dateOf(value("until"), zone, now),
  };
  for (const time of Object.values(times)) if (isNo(time)) return time;
  const kind = value("kind")?.toLowerCase();
  if (kind !== undefined && !kinds.includes(kind))
    return {
      refused: "usage",
      usage: decisions.usage,
      problem: `“${kind}” is no kind: ${kinds.join(", ")}.`,
    };
  const on = times.on as Instant | null;
  return {
    kinds: ["decision.made"],
    ...(actor === null ? {} : { actor }),
    ...(kind === undefined ? {} : { decision: kind }),
    ...(on === null ? {} : { since: on, until: nextDay(on, zone) }),
    ...(times.since === null ? {} : { since: times.since as Instant }),
    ...(times.until === null ? {} : { until: times.until as Instant }),
  };
};

const page = async (
  room: Room,
  said: Said,
  zone: string,
  filter: Omit<EntryFilter, "limit">,
): Promise<Reply> => {
  const found = await room.store.entries({ ...filter, limit: pageSize + 1 });
  const shown = found.slice(0, pageSize);
  const reasons = shown.flatMap(({ entry }) =>
    "reason" in entry && entry.reason !== "" ? [entry.reason] : [],
  );
  const texts = new Map(
    [...(await room.store.texts(reasons))].map(([commitment, { text }]) => [commitment, text]),
  );
  const telling = { ...(await room.telling("")), texts };
  const lines = shown.map((recorded) => historyLine(telling, recorded, zone));
  const last = shown.at(-1);
  const asked = said.rest.replace(/\s*before:\d+$/, "");
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
