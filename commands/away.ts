import {
  type Command,
  form,
  personIn,
  type Reply,
  type Room,
  refused,
  type Said,
  told,
} from "../src/app/command.ts";
import type { Desk } from "../src/app/desk.ts";
import { peopleOf } from "../src/core/authority.ts";
import { passAway } from "../src/core/escalation.ts";
import type { Instant, PersonId } from "../src/core/ids.ts";
import { zoneOfPerson } from "../src/core/person-zone.ts";
import { isAway } from "../src/core/situation.ts";
import { clockWithZone, rfc3339 } from "../src/core/time.ts";
import { answers } from "../src/core/words.ts";
import { clausesOf, dateOf, isNo, oddWords, personNamed, twice } from "./clauses.ts";
import { dateField } from "./fields.ts";

const usage = "away [<person>] until <date>";

export const away: Command = {
  name: "away",
  usage,
  summary: "authority goes to the deputy at once",
  anybody: false,
  run: async (room, said) => {
    const taken = clausesOf(said.words, ["until"]);
    const { loose, clauses } = taken;
    const desk = await room.look([]);
    const policy = room.rules.policy(desk.org.policy);
    if (said.words.length === 0)
      return form("Away until when?", "away", [dateField("until", "Until", true)]);
    const person =
      loose.length === 0 ? personIn(said) : personNamed(loose.join(" "), room.rules.people());
    if (isNo(person)) return refused(person);
    const odd = twice(taken);
    if (odd !== undefined) return oddWords([odd], usage);
    const zone = zoneOfPerson(policy, person);
    const until = dateOf(clauses.get("until")?.[0], zone, desk.now);
    if (until === null) return refused({ refused: "usage", usage, problem: "Say until when." });
    if (isNo(until)) return refused(until);
    // “Now” is the time itself: it takes an absence back.
    if (until < desk.now)
      return refused({ refused: "in-the-past", text: clauses.get("until")?.[0] ?? "" });
    return setAway(room, said, { person, until, zone });
  },
};

interface Absence {
  readonly person: PersonId;
  readonly until: Instant;
  readonly zone: string;
}

const setAway = async (room: Room, said: Said, absence: Absence): Promise<Reply> => {
  const policy = room.rules.policy((await room.look([])).org.policy);
  const deployments = [...policy.deployments.keys()];
  return room.write(said, deployments, (desk) => record(desk, said, absence, deployments));
};

const record = (
  desk: Desk,
  said: Said,
  { person, until, zone }: Absence,
  deployments: readonly string[],
): Reply => {
  const actor = personIn(said);
  const allowed = person === actor ? null : deputiesOf(desk, person, deployments);
  if (allowed && !allowed.has(actor)) {
    const who = [...allowed];
    return refused(
      {
        refused: "not-authorized",
        asked: "away",
        deployment: deployments[0] ?? "",
        who,
        confirmers: [],
        mayRestrict: false,
        bar: null,
      },
      deployments[0] ?? "",
    );
  }
  const name = desk.rules.person(person)?.name ?? "Somebody";
  const isBack = until <= desk.now;
  const isGone = isAway({ org: desk.org, now: desk.now }, person);
  if (isBack && !isGone) return told(answers.notAway(name));
  const by = { type: "person" as const, person: actor };
  desk.add("org", [{ actor: by, body: { kind: "person.away", person, until: rfc3339(until) } }]);
  if (isBack) return told(answers.back(name));
  for (const deployment of deployments)
    desk.add(`deployment:${deployment}`, passAway(desk.situation(deployment), person));
  return told(answers.away(name, clockWithZone(until, zone, desk.now)));
};

/** For somebody else: a deputy or the owner of a deployment where that person decides. */
const deputiesOf = (
  desk: Desk,
  person: PersonId,
  deployments: readonly string[],
): ReadonlySet<PersonId> => {
  const may = new Set<PersonId>();
  for (const id of deployments) {
    const situation = desk.situation(id);
    const deployment = situation.policy.deployments.get(id);
    if (!deployment) continue;
    const { restrict, widen } = deployment.authority;
    const deciders = peopleOf(situation, [restrict.decider, widen.decider]);
    if (!deciders.includes(person)) continue;
    for (const one of peopleOf(situation, [...restrict.deputies, ...widen.deputies])) may.add(one);
    if (deployment.owner) may.add(deployment.owner);
  }
  may.delete(person);
  return may;
};
