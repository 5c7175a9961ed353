import type { Button, Line } from "./card.ts";
import { absentLine, askingButtons, sinceLine } from "./due-view.ts";
import type { PersonId } from "./ids.ts";
import type { EntryOf } from "./log/entry.ts";
import { nextReminder, whoIsAsked } from "./reassessment.ts";
import { deploymentOf } from "./situation.ts";
import { deadline, moment, nameOf, scopeWordsOf, type Telling, who } from "./telling.ts";
import { instantOf } from "./time.ts";
import * as words from "./words.ts";

type Asking = EntryOf<"reassessment.set" | "reassessment.reminded" | "reassessment.overdue">;

/** What is said of the time by which a decision is looked at again: it is set, it comes near, it has passed. */
export const dueSentence = (
  telling: Telling,
  name: string,
  entry: Asking,
): {
  readonly to: readonly (PersonId | "")[];
  readonly line: Line;
  readonly buttons?: readonly Button[];
} => {
  const by = deadline(telling, instantOf(entry.reassessBy));
  const now = postureSince(telling);
  switch (entry.kind) {
    case "reassessment.set": {
      const { person } = whoIsAsked(telling.situation);
      const change = entry.because === "change" ? entry.change : null;
      const named = person === "" ? null : nameOf(telling, person);
      return { to: [person], line: words.said.brought(name, now, by, named, change) };
    }
    case "reassessment.reminded":
      return {
        to: [entry.to],
        line: words.asking.reminder(name, now, by, spokenTo(telling, entry.to), sinceLine(telling)),
        buttons: askingButtons(telling, entry.to),
      };
    case "reassessment.overdue": {
      const more = [...sinceLine(telling), ...nextLine(telling)];
      return {
        to: [entry.to],
        line: words.asking.overdue(name, now, by, whoAnswers(telling, entry), more),
        buttons: askingButtons(telling, entry.to),
      };
    }
  }
};

/** Who is reminded; one who stands in reads for whom. */
const spokenTo = (telling: Telling, to: PersonId | ""): Line => {
  if (to === "") return [words.asking.nobody];
  const absent = absentLine(telling, whoIsAsked(telling.situation).insteadOf);
  const person = who(telling, to, true);
  return absent ? words.asking.standsIn(person, absent) : [person];
};

const whoAnswers = (telling: Telling, { to, insteadOf }: EntryOf<"reassessment.overdue">): Line => {
  if (to === "") return [words.asking.nobody];
  const alone = absentLine(telling, to);
  if (alone) return words.asking.alone(alone);
  const absent = absentLine(telling, insteadOf);
  const person = who(telling, to, true);
  return absent ? words.asking.instead(absent, person) : words.asking.decides(person);
};

const nextLine = (telling: Telling): readonly Line[] => {
  const deployment = deploymentOf(telling.situation);
  const next = deployment ? nextReminder(deployment, telling.situation.state) : null;
  return next ? [words.asking.next(deadline(telling, next.at))] : [];
};

/** What is in force, and since when. */
export const postureSince = (telling: Telling): Line => {
  const { posture } = telling.situation.state;
  return posture
    ? [`${scopeWordsOf(telling, posture.scope)} since `, moment(telling, posture.since)]
    : [];
};
