import type { Button, Line } from "./card.ts";
import { postureButtons } from "./card-of.ts";
import { absence } from "./escalation.ts";
import type { Instant, Millis, PersonId } from "./ids.ts";
import { outcomeLine } from "./lines.ts";
import { offeredTo } from "./offered.ts";
import { whoIsAsked } from "./reassessment.ts";
import { waitingRetests } from "./retest-lines.ts";
import type { Since } from "./since.ts";
import { newsIn } from "./since-lines.ts";
import { deploymentOf } from "./situation.ts";
import { deadline, moment, scopeWordsOf, type Telling, who, whoWithDuty } from "./telling.ts";
import * as words from "./words.ts";

/** A reassessment somebody is asked for, in their home, in their digest and in a reminder. */
export interface DueAgain {
  readonly deployment: string;
  readonly name: string;
  /** "Assistant (production): decide again by …. Narrowed to no-tools since … by …. Since then: …" */
  readonly line: Line;
  readonly by: Instant;
  readonly overdue: boolean;
  readonly version: number;
  /** Keep…, Resume… as far as they are possible now. */
  readonly buttons: readonly Button[];
}

/** What a person is to look at again here; null where they are not the one who is asked, or nothing is. */
export const dueFor = (telling: Telling, person: PersonId): DueAgain | null => {
  const { situation } = telling;
  const { posture, reassess } = situation.state;
  const deployment = deploymentOf(situation);
  const asked = whoIsAsked(situation);
  if (!deployment || !posture || !reassess || asked.person !== person) return null;
  const overdue = reassess.by < situation.now;
  const when = overdue ? words.due.overdue : words.due.by;
  const more = [
    ...insteadLine(telling, asked.insteadOf),
    ...waitingRetests(telling),
    ...sinceLine(telling),
  ];
  return {
    deployment: deployment.id,
    name: deployment.name,
    line: words.due.item(
      { untrusted: deployment.name },
      when(deadline(telling, reassess.by)),
      standing(telling),
      more,
    ),
    by: reassess.by,
    overdue,
    version: posture.version,
    buttons: askingButtons(telling, person),
  };
};

/** Keep… and Resume…: what whoever is asked again can answer. Stopping needs no question. */
export const askingButtons = (telling: Telling, to: PersonId | ""): readonly Button[] => {
  const { situation } = telling;
  const deployment = deploymentOf(situation);
  if (!deployment || !situation.state.posture || to === "") return [];
  const answers = postureButtons(telling, deployment)
    .filter(({ command }) => !command.startsWith("pause "))
    .reverse();
  return offeredTo(situation, null, to, answers);
};

/** "Since then: 1 complete eval, 0.021 (limit 0.05); alerts stopped 05:02." Nothing where nobody looked. */
export const sinceLine = (telling: Telling): readonly Line[] => {
  const { since } = telling;
  if (since === null) return [];
  const news = newsIn(telling, since);
  // That there is nothing new is said only where an alert that began long ago would have been found.
  const told = news.length > 0 || !since.isAll ? news : [[words.since.nothing]];
  const all = [...told, ...lastEval(telling, since)];
  return all.length === 0 ? [] : [words.since.sentence(all)];
};

/** Where no complete run is among the news: how old the last one is. Nothing where none was found, as one may be older still. */
const lastEval = ({ situation }: Telling, { evals }: Since): readonly Line[] => {
  if (evals.complete > 0 || evals.before === null) return [];
  const days = Math.floor((situation.now - evals.before) / day);
  return days < 1 ? [] : [[words.since.lastEval(days)]];
};

const day: Millis = 86_400_000;

/** "paused for everyone since 03:19 by Bob Okafor (on call)", and what was decided after that. */
const standing = (telling: Telling): Line => {
  const { posture } = telling.situation.state;
  if (!posture) return [];
  const { decided, since } = posture;
  const posed = scopeWordsOf(telling, posture.scope);
  const at = moment(telling, since);
  if (!decided) return words.due.standing(posed, at, null);
  if (decided.at > since) {
    const before = words.due.standing(posed, at, null);
    return [...before, ...words.due.afterwards(unended(outcomeLine(telling, null, decided)))];
  }
  const by =
    decided.people.length === 0
      ? [words.due.byRule]
      : words.due.byPeople(decided.people.map((one) => whoWithDuty(telling, one)));
  return words.due.standing(posed, at, by);
};

/** Without its full stop, to stand inside a sentence. */
export const unended = (line: Line): Line =>
  line.map((part, at) =>
    at === line.length - 1 && typeof part === "string" ? part.replace(/\.$/, "") : part,
  );

const insteadLine = (telling: Telling, insteadOf: PersonId | ""): readonly Line[] => {
  const absent = absentLine(telling, insteadOf);
  return absent ? [words.due.standIn(absent)] : [];
};

/** "Chidi Lindt is away until 16 Mar 09:00", or null for who can answer. */
export const absentLine = (telling: Telling, person: PersonId | ""): Line | null => {
  if (person === "") return null;
  switch (absence(telling.situation, person)) {
    case "away": {
      const until = telling.situation.org.away[person] ?? 0;
      return words.asking.away(who(telling, person), deadline(telling, until));
    }
    case "unreachable":
      return words.asking.unreachable(who(telling, person));
    case null:
      return null;
  }
};
