import { nextToRehearse } from "../decision/rehearsal.ts";
import { holders } from "../people/authority.ts";
import type { EscalationState } from "../state/state.ts";
import * as words from "../words/rehearsal.ts";
import type { Button, Line } from "./card.ts";
import {
  clockInZone,
  deadline,
  moment,
  nameOf,
  type ViewContext,
  who,
  whoWithDuty,
} from "./view-context.ts";

/**
 * What the card of a rehearsal says: the same questions as a real one, and in every state that
 * nothing changes by it.
 */

/**
 * Open: who started it, who decides until when, what would happen without an answer, who may, who
 * has seen it.
 */
export function rehearsalLines(view: ViewContext, escalation: EscalationState): readonly Line[] {
  return escalation.rehearsed
    ? [
        rehearsedLine(view, escalation, escalation.rehearsed),
        words.nothingChanged,
        seenLine(view, escalation),
      ]
    : [
        startedLine(view, escalation),
        words.asIfReal,
        decidesLine(view, escalation),
        withoutAnswer(view, escalation),
        ...mayLine(view, escalation),
        seenLine(view, escalation),
      ];
}

type Rehearsed = NonNullable<EscalationState["rehearsed"]>;

const startedLine = (view: ViewContext, { openedBy }: EscalationState): Line =>
  words.started(openedBy === "" ? [words.operator] : whoWithDuty(view, openedBy));

/** "Bob Okafor (on call) would pause, 10:03", or that nobody answered. */
const rehearsedLine = (
  view: ViewContext,
  { response }: EscalationState,
  { by, asked, at }: Rehearsed,
): Line =>
  by === "" || asked === ""
    ? words.unanswered(response)
    : words.answered(whoWithDuty(view, by), asked, moment(view, at));

const decidesLine = (view: ViewContext, { decider, decideBy }: EscalationState): Line =>
  words.decides(
    decider === "" ? null : [who(view, decider, true)],
    decideBy === null ? "" : deadline(view, decideBy),
  );

function withoutAnswer(view: ViewContext, escalation: EscalationState): Line {
  const next = nextToRehearse(view.situation, escalation);
  const by = escalation.decideBy === null ? "" : deadline(view, escalation.decideBy);
  return next ? words.passes(by, [who(view, next)]) : words.ends(by, escalation.response);
}

function mayLine(view: ViewContext, escalation: EscalationState): readonly Line[] {
  const others = [...holders(view.situation, "restrict", escalation).keys()].filter(
    (person) => person !== escalation.decider,
  );
  return others.length === 0 ? [] : [words.may(others.map((person) => whoWithDuty(view, person)))];
}

const seenLine = (view: ViewContext, { acknowledged }: EscalationState): Line =>
  words.seen(acknowledged.map(({ by, at }): Line => [who(view, by), " ", moment(view, at)]));

/** What the lock screen says behind the deployment's name. */
export function rehearsalOnLockScreen(view: ViewContext, escalation: EscalationState): string {
  const { rehearsed, decider, decideBy } = escalation;
  if (rehearsed) return "it is over, nothing changed.";
  const name = decider === "" ? null : (nameOf(view, decider).split(" ")[0] ?? "");
  return words.lockScreen(name, decideBy === null ? "" : clockInZone(view, decideBy));
}

/** The real buttons, with forms that say that they are not. */
export function rehearsalButtons(
  rows: readonly (readonly Button[])[],
): readonly (readonly Button[])[] {
  return rows.map((row) =>
    row.map((button) =>
      button.form === null
        ? button
        : {
            ...button,
            form: { ...button.form, title: words.title, submit: words.submit(button.form.submit) },
          },
    ),
  );
}
