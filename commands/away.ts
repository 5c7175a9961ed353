import {
  type Command,
  type CommandContext,
  type CommandResult,
  form,
  type ParsedCommand,
  personAsking,
  refused,
  told,
  type Write,
} from "../src/app/commands/command.ts";
import type { UnitOfWork } from "../src/app/unit-of-work.ts";
import { clockWithZone } from "../src/core/clock-text.ts";
import { passAway } from "../src/core/escalation/passing-on.ts";
import type { Instant, PersonId } from "../src/core/ids.ts";
import { peopleFor } from "../src/core/people/authority.ts";
import { zoneOfPerson } from "../src/core/people/person-zone.ts";
import { authoritiesOf } from "../src/core/policy/authority-for.ts";
import { isAway } from "../src/core/state/situation.ts";
import { rfc3339 } from "../src/core/time.ts";
import { answers } from "../src/core/words/answers.ts";
import { clausesOf, dateOf, isNo, oddWords, personNamed, twice } from "./clauses.ts";
import { dateField } from "./fields.ts";

const usage = "away [<person>] until <date>";

export const away: Command = {
  name: "away",
  usage,
  summary: "mark somebody as away; authority passes to the deputy at once",
  anybody: false,
  prepare: (context, said) => {
    const taken = clausesOf(said.words, ["until"]);
    const { loose, clauses } = taken;
    const { policy, now } = context;
    if (said.words.length === 0)
      return form("Away until when?", "away", [dateField("until", "Until", true)]);
    const person =
      loose.length === 0
        ? personAsking(said)
        : personNamed(loose.join(" "), context.rules.people());
    if (isNo(person)) return refused(person);
    const odd = twice(taken);
    if (odd !== undefined) return oddWords([odd], { usage });
    const zone = zoneOfPerson(policy, person);
    const until = dateOf(clauses.get("until")?.[0], zone, now);
    if (until === null) return refused({ refused: "usage", usage, problem: "Say until when." });
    if (isNo(until)) return refused(until);
    // “Now” is the time itself: it takes an absence back.
    if (until < now)
      return refused({ refused: "in-the-past", text: clauses.get("until")?.[0] ?? "" });
    return setAway(context, said, { person, until, zone });
  },
};

interface Absence {
  readonly person: PersonId;
  readonly until: Instant;
  readonly zone: string;
}

function setAway({ policy }: CommandContext, said: ParsedCommand, absence: Absence): Write {
  const deployments = [...policy.deployments.keys()];
  return {
    do: "write",
    deployments,
    isKept: true,
    work: (work) => record(work, { said, absence, deployments }),
  };
}

function record(
  work: UnitOfWork,
  {
    said,
    absence: { person, until, zone },
    deployments,
  }: {
    readonly said: ParsedCommand;
    readonly absence: Absence;
    readonly deployments: readonly string[];
  },
): CommandResult {
  const actor = personAsking(said);
  const allowed = person === actor ? null : deputiesOf(work, person, deployments);
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
  const name = work.rules.person(person)?.name ?? "Somebody";
  const isBack = until <= work.now;
  const isGone = isAway({ org: work.org, now: work.now }, person);
  if (isBack && !isGone) return told(answers.notAway(name));
  const by = { type: "person" as const, person: actor };
  work.add("org", [{ actor: by, body: { kind: "person.away", person, until: rfc3339(until) } }]);
  if (isBack) return told(answers.back(name));
  for (const deployment of deployments)
    work.add(`deployment:${deployment}`, passAway(work.situation(deployment), person));
  return told(answers.away(name, clockWithZone(until, zone, work.now)));
}

/** For somebody else: a deputy or the owner of a deployment where that person decides. */
function deputiesOf(
  work: UnitOfWork,
  person: PersonId,
  deployments: readonly string[],
): ReadonlySet<PersonId> {
  const may = new Set<PersonId>();
  for (const id of deployments) {
    const situation = work.situation(id);
    const deployment = situation.policy.deployments.get(id);
    if (!deployment) continue;
    const decides = authoritiesOf(situation.policy, deployment).filter(({ restrict, widen }) =>
      peopleFor(situation, [restrict.decider, widen.decider]).includes(person),
    );
    if (decides.length === 0) continue;
    const deputies = decides.flatMap(({ restrict, widen }) => [
      ...restrict.deputies,
      ...widen.deputies,
    ]);
    for (const id of peopleFor(situation, deputies)) may.add(id);
    if (deployment.owner) may.add(deployment.owner);
  }
  may.delete(person);
  return may;
}
