import { clockText, clockWithZone } from "../clock-text.ts";
import type { Requested } from "../decision/since-request.ts";
import type { Commitment, EntryId, Instant, PersonId } from "../ids.ts";
import { personFor } from "../people/authority.ts";
import type { People } from "../people/person.ts";
import { levelOf, stateWord } from "../policy/posture.ts";
import type { Since } from "../reassessment/changes-since-decision.ts";
import { deploymentOf, type Situation } from "../state/situation.ts";
import * as words from "../words/words.ts";
import type { Line, Part } from "./card.ts";

/**
 * What everything that is said begins with: the state, and the names of people, times and scopes.
 */

/** A situation with what is needed to say it: names, the texts not erased, and record numbers. */
export interface ViewContext {
  readonly situation: Situation;
  readonly people: People;
  readonly texts: ReadonlyMap<Commitment, string>;
  readonly indexOf: (entry: EntryId) => number | null;
  /** What came in since the last decision, where somebody asked for it; null = not looked. */
  readonly since: Since | null;
  /**
   * What became known after the resume that waits was asked for; null = none waits, or not looked.
   */
  readonly requested: Requested | null;
  /**
   * What became of the other deployments of a group or model that was stopped by one line; missing
   * where none was, or nobody looked.
   */
  readonly together?: StoppedTogether | null;
}

/** `back`: how many of the `count` were resumed since, or undone; null where that is not known. */
export interface StoppedTogether {
  readonly name: string;
  readonly count: number;
  readonly back: number | null;
}

export function zoneOf(view: ViewContext): string {
  return deploymentOf(view.situation)?.hours.timezone ?? "UTC";
}

export function clock(view: ViewContext, at: Instant): string {
  return clockText(at, zoneOf(view), view.situation.now);
}

/** "23:39 CET": read in another zone, it still says which time. */
export function clockInZone(view: ViewContext, at: Instant): string {
  return clockWithZone(at, zoneOf(view), view.situation.now);
}

/** A time that has passed, as words; where a chat can, in the reader's own zone. */
export function moment(view: ViewContext, at: Instant): Part {
  return {
    untrusted: clock(view, at),
    at,
  };
}

/** A time that somebody has to keep: the same with its zone. */
export function deadline(view: ViewContext, at: Instant): Part {
  return {
    untrusted: clockInZone(view, at),
    at,
  };
}

export function nameOf(view: ViewContext, person: PersonId): string {
  return view.people.get(person)?.name ?? "(name erased)";
}

/** The first word of a name, where there is no room for all of it. */
export function givenName(view: ViewContext, person: PersonId): string {
  return nameOf(view, person).split(" ")[0] ?? "";
}

export function who(view: ViewContext, person: PersonId, mention = false): Part {
  return {
    person,
    name: nameOf(view, person),
    mention,
  };
}

/** "Chidi Lindt (Head of Safety)" where the policy says their role. */
export function whoWithTitle(view: ViewContext, person: PersonId, mention = false): Line {
  const title = view.people.get(person)?.title ?? "";
  const named = who(view, person, mention);
  return title === "" ? [named] : [named, " (", { untrusted: title }, ")"];
}

/** "Bob Okafor (on call)" where a schedule is the reason they may. */
export function whoWithDuty(view: ViewContext, person: PersonId): Line {
  const named = who(view, person);
  return isOnCall(view.situation, person) ? [named, " (on call)"] : [named];
}

/** Whether a schedule of the deployment names somebody this minute. */
export function isOnCall(situation: Situation, person: PersonId): boolean {
  const authority = deploymentOf(situation)?.authority;
  const refs = authority
    ? [...authority.acknowledge, ...authority.restrict.alsoMay, authority.restrict.decider]
    : [];
  return refs.some((ref) => ref.startsWith("schedule:") && personFor(situation, ref) === person);
}

export function scopeWordsOf(view: ViewContext, scope: string): string {
  const deployment = deploymentOf(view.situation);
  if (!deployment) return "not known to the policy";
  const found = deployment.scopes[levelOf(deployment, scope)] ?? null;
  return words.scopeWords(stateWord(deployment, scope), found);
}
