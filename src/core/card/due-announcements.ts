import type { PersonId } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import { nextReminder, whoIsAsked } from "../reassessment/reassessment.ts";
import { deploymentOf } from "../state/situation.ts";
import { instantOf } from "../time.ts";
import * as words from "../words/words.ts";
import type { Button, Line } from "./card.ts";
import { followsLine } from "./overdue-line.ts";
import { absentLine, askingButtons, sinceLine } from "./reassessment-view.ts";
import { deadline, moment, nameOf, scopeWordsOf, type ViewContext, who } from "./view-context.ts";

type Asking = EntryOf<
  "reassessment.set" | "reassessment.reminded" | "reassessment.overdue" | "reassessment.warned"
>;

/**
 * What is said of the time by which a decision is looked at again: it is set, it comes near, it has
 * passed.
 */
export function dueSentence(
  view: ViewContext,
  name: string,
  entry: Asking,
): {
  readonly to: readonly (PersonId | "")[];
  readonly line: Line;
  readonly buttons?: readonly Button[];
} {
  const by = deadline(view, instantOf(entry.reassessBy));
  const review = { name, posture: postureSince(view), due: by };
  switch (entry.kind) {
    case "reassessment.set": {
      const { person } = whoIsAsked(view.situation);
      const change = entry.because === "change" ? entry.change : null;
      const named = person === "" ? null : nameOf(view, person);
      return { to: [person], line: words.said.brought(review, named, change) };
    }
    case "reassessment.reminded":
      return {
        to: [entry.to],
        line: words.asking.reminder({
          ...review,
          who: spokenTo(view, entry.to),
          more: sinceLine(view),
        }),
        buttons: askingButtons(view, entry.to),
      };
    case "reassessment.overdue": {
      const more = [...sinceLine(view), ...followsLine(view), ...nextLine(view)];
      return {
        to: [entry.to],
        line: words.asking.overdue({ ...review, who: whoAnswers(view, entry), more }),
        buttons: askingButtons(view, entry.to),
      };
    }
    case "reassessment.warned": {
      const { insteadOf } = whoIsAsked(view.situation);
      const answers = whoAnswers(view, { to: entry.to, insteadOf });
      return {
        to: [entry.to],
        line: words.asking.warned({ ...review, who: answers, more: followsLine(view) }),
        buttons: askingButtons(view, entry.to),
      };
    }
  }
}

/** Who is reminded; one who stands in reads for whom. */
function spokenTo(view: ViewContext, to: PersonId | ""): Line {
  if (to === "") return [words.asking.nobody];
  const absent = absentLine(view, whoIsAsked(view.situation).insteadOf);
  const person = who(view, to, true);
  return absent ? words.asking.standsIn(person, absent) : [person];
}

function whoAnswers(
  view: ViewContext,
  { to, insteadOf }: Pick<EntryOf<"reassessment.overdue">, "to" | "insteadOf">,
): Line {
  if (to === "") return [words.asking.nobody];
  const alone = absentLine(view, to);
  if (alone) return words.asking.alone(alone);
  const absent = absentLine(view, insteadOf);
  const person = who(view, to, true);
  return absent ? words.asking.instead(absent, person) : words.asking.decides(person);
}

function nextLine(view: ViewContext): readonly Line[] {
  const deployment = deploymentOf(view.situation);
  const next = deployment ? nextReminder(deployment, view.situation.state) : null;
  return next ? [words.asking.next(deadline(view, next.at))] : [];
}

/** What is in force, and since when. */
export function postureSince(view: ViewContext): Line {
  const { posture } = view.situation.state;
  return posture
    ? [`${scopeWordsOf(view, posture.scope)} since `, moment(view, posture.since)]
    : [];
}
