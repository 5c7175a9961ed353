import { absence } from "../escalation/passing-on.ts";
import type { Instant, Millis, PersonId } from "../ids.ts";
import type { Since } from "../reassessment/changes-since-decision.ts";
import { whoIsAsked } from "../reassessment/reassessment.ts";
import { deploymentOf } from "../state/situation.ts";
import * as words from "../words/words.ts";
import type { Button, Line } from "./card.ts";
import { postureButtons } from "./card-buttons.ts";
import { newsIn } from "./changes-lines.ts";
import { offeredTo } from "./offered-buttons.ts";
import { outcomeLine } from "./outcome-line.ts";
import { followsLine } from "./overdue-line.ts";
import { waitingRetests } from "./retest-lines.ts";
import {
  deadline,
  moment,
  scopeWordsOf,
  type ViewContext,
  who,
  whoWithDuty,
} from "./view-context.ts";

/** A reassessment somebody is asked for, in their home, in their digest and in a reminder. */
export interface DueAgain {
  readonly deployment: string;
  readonly name: string;
  /**
   * "Assistant (production): decide again by …. Narrowed to no-tools since … by …. Since then: …"
   */
  readonly line: Line;
  readonly by: Instant;
  readonly overdue: boolean;
  readonly version: number;
  /** Keep…, Resume… as far as they are possible now. */
  readonly buttons: readonly Button[];
}

/**
 * What a person is to look at again here; null where they are not the one who is asked, or nothing
 * is.
 */
export function dueFor(view: ViewContext, person: PersonId): DueAgain | null {
  const { situation } = view;
  const { posture, reassess } = situation.state;
  const deployment = deploymentOf(situation);
  const asked = whoIsAsked(situation);
  if (!deployment || !posture || !reassess || asked.person !== person) return null;
  const overdue = reassess.by < situation.now;
  const when = overdue ? words.due.overdue : words.due.by;
  const more = [
    ...insteadLine(view, asked.insteadOf),
    ...waitingRetests(view),
    ...sinceLine(view),
    ...followsLine(view),
  ];
  return {
    deployment: deployment.id,
    name: deployment.name,
    line: words.due.item({
      name: { untrusted: deployment.name },
      when: when(deadline(view, reassess.by)),
      standing: standing(view),
      more,
    }),
    by: reassess.by,
    overdue,
    version: posture.version,
    buttons: askingButtons(view, person),
  };
}

/** Keep… and Resume…: what whoever is asked again can answer. Stopping needs no question. */
export function askingButtons(view: ViewContext, to: PersonId | ""): readonly Button[] {
  const { situation } = view;
  const deployment = deploymentOf(situation);
  if (!deployment || !situation.state.posture || to === "") return [];
  const answers = postureButtons(view, deployment)
    .filter(({ command }) => !command.startsWith("pause "))
    .reverse();
  return offeredTo(situation, { escalation: null, person: to, buttons: answers });
}

/**
 * "Since then: 1 complete eval, 0.021 (limit 0.05); alerts stopped 05:02." Nothing where nobody
 * looked.
 */
export function sinceLine(view: ViewContext): readonly Line[] {
  const { since } = view;
  if (since === null) return [];
  const news = newsIn(view, since);
  // That there is nothing new is said only where an alert that began long ago would have been
  // found.
  const told = news.length > 0 || !since.isAll ? news : [[words.since.nothing]];
  const all = [...told, ...lastEval(view, since)];
  return all.length === 0 ? [] : [words.since.sentence(all)];
}

/**
 * Where no complete run is among the news: how old the last one is. Nothing where none was found,
 * as one may be older still.
 */
function lastEval({ situation }: ViewContext, { evals }: Since): readonly Line[] {
  if (evals.complete > 0 || evals.before === null) return [];
  const days = Math.floor((situation.now - evals.before) / day);
  return days < 1 ? [] : [[words.since.lastEval(days)]];
}

const day: Millis = 86_400_000;

/** "paused for everyone since 03:19 by Bob Okafor (on call)", and what was decided after that. */
function standing(view: ViewContext): Line {
  const { posture } = view.situation.state;
  if (!posture) return [];
  const { decided, since } = posture;
  const posed = scopeWordsOf(view, posture.scope);
  const at = moment(view, since);
  if (!decided) return words.due.standing(posed, at, null);
  if (decided.at > since) {
    const before = words.due.standing(posed, at, null);
    return [...before, ...words.due.afterwards(unended(outcomeLine(view, null, decided)))];
  }
  const by =
    decided.people.length === 0
      ? [words.due.byRule]
      : words.due.byPeople(decided.people.map((person) => whoWithDuty(view, person)));
  return words.due.standing(posed, at, by);
}

/** Without its full stop, to stand inside a sentence. */
export function unended(line: Line): Line {
  return line.map((part, at) =>
    at === line.length - 1 && typeof part === "string" ? part.replace(/\.$/, "") : part,
  );
}

function insteadLine(view: ViewContext, insteadOf: PersonId | ""): readonly Line[] {
  const absent = absentLine(view, insteadOf);
  return absent ? [words.due.standIn(absent)] : [];
}

/** "Chidi Lindt is away until 16 Mar 09:00", or null for who can answer. */
export function absentLine(view: ViewContext, person: PersonId | ""): Line | null {
  if (person === "") return null;
  switch (absence(view.situation, person)) {
    case "away": {
      const until = view.situation.org.away[person] ?? 0;
      return words.asking.away(who(view, person), deadline(view, until));
    }
    case "unreachable":
      return words.asking.unreachable(who(view, person));
    case null:
      return null;
  }
}
