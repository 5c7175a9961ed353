import { personOf } from "./authority.ts";
import type { Line, Part } from "./card.ts";
import type { Commitment, EntryId, Instant, PersonId } from "./ids.ts";
import type { People } from "./people.ts";
import { levelOf, stateWord } from "./posture.ts";
import type { Requested } from "./request.ts";
import type { Since } from "./since.ts";
import { deploymentOf, type Situation } from "./situation.ts";
import { clockText, clockWithZone } from "./time.ts";
import * as words from "./words.ts";

/** What everything that is said begins with: the state, and the names of people, times and scopes. */

/** A situation with what is needed to say it: names, the texts not erased, and record numbers. */
export interface Telling {
  readonly situation: Situation;
  readonly people: People;
  readonly texts: ReadonlyMap<Commitment, string>;
  readonly indexOf: (entry: EntryId) => number | null;
  /** What came in since the last decision, where somebody asked for it; null = not looked. */
  readonly since: Since | null;
  /** What became known after the resume that waits was asked for; null = none waits, or not looked. */
  readonly requested: Requested | null;
}

export const zoneOf = (telling: Telling): string =>
  deploymentOf(telling.situation)?.hours.timezone ?? "UTC";

export const clock = (telling: Telling, at: Instant): string =>
  clockText(at, zoneOf(telling), telling.situation.now);

/** "23:39 CET": read in another zone, it still says which time. */
export const clockInZone = (telling: Telling, at: Instant): string =>
  clockWithZone(at, zoneOf(telling), telling.situation.now);

/** A time that has passed, as words; where a chat can, in the reader's own zone. */
export const moment = (telling: Telling, at: Instant): Part => ({
  untrusted: clock(telling, at),
  at,
});

/** A time that somebody has to keep: the same with its zone. */
export const deadline = (telling: Telling, at: Instant): Part => ({
  untrusted: clockInZone(telling, at),
  at,
});

export const nameOf = (telling: Telling, person: PersonId): string =>
  telling.people.get(person)?.name ?? "somebody no longer named";

/** The first word of a name, where there is no room for all of it. */
export const givenName = (telling: Telling, person: PersonId): string =>
  nameOf(telling, person).split(" ")[0] ?? "";

export const who = (telling: Telling, person: PersonId, mention = false): Part => ({
  person,
  name: nameOf(telling, person),
  mention,
});

/** "Bob Okafor (on call)" where a schedule is the reason they may. */
export const whoWithDuty = (telling: Telling, person: PersonId): Line => {
  const authority = deploymentOf(telling.situation)?.authority;
  const refs = authority
    ? [...authority.acknowledge, ...authority.restrict.alsoMay, authority.restrict.decider]
    : [];
  const onCall = refs.some(
    (ref) => ref.startsWith("schedule:") && personOf(telling.situation, ref) === person,
  );
  return onCall ? [who(telling, person), " (on call)"] : [who(telling, person)];
};

export const scopeWordsOf = (telling: Telling, scope: string): string => {
  const deployment = deploymentOf(telling.situation);
  if (!deployment) return "not known to the policy";
  const found = deployment.scopes[levelOf(deployment, scope)] ?? null;
  return words.scopeWords(stateWord(deployment, scope), found);
};
