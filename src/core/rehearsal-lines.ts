import { holders } from "./authority.ts";
import type { Button, Line } from "./card.ts";
import { nextToRehearse } from "./rehearsal.ts";
import type { EscalationState } from "./state.ts";
import {
  clockInZone,
  deadline,
  moment,
  nameOf,
  type Telling,
  who,
  whoWithDuty,
} from "./telling.ts";
import * as words from "./words-rehearsal.ts";

/** What the card of a rehearsal says: the same questions as a real one, and in every state that nothing changes by it. */

/** Open: who started it, who decides until when, what would happen without an answer, who may, who has seen it. */
export const rehearsalLines = (telling: Telling, escalation: EscalationState): readonly Line[] =>
  escalation.rehearsed
    ? [
        rehearsedLine(telling, escalation, escalation.rehearsed),
        words.nothingChanged,
        seenLine(telling, escalation),
      ]
    : [
        startedLine(telling, escalation),
        words.asIfReal,
        decidesLine(telling, escalation),
        withoutAnswer(telling, escalation),
        ...mayLine(telling, escalation),
        seenLine(telling, escalation),
      ];

type Rehearsed = NonNullable<EscalationState["rehearsed"]>;

const startedLine = (telling: Telling, { openedBy }: EscalationState): Line =>
  words.started(openedBy === "" ? [words.operator] : whoWithDuty(telling, openedBy));

/** "Bob Okafor (on call) would pause, 10:03", or that nobody answered. */
const rehearsedLine = (
  telling: Telling,
  { response }: EscalationState,
  { by, asked, at }: Rehearsed,
): Line =>
  by === "" || asked === ""
    ? words.unanswered(response)
    : words.answered(whoWithDuty(telling, by), asked, moment(telling, at));

const decidesLine = (telling: Telling, { decider, decideBy }: EscalationState): Line =>
  words.decides(
    decider === "" ? null : [who(telling, decider, true)],
    decideBy === null ? "" : deadline(telling, decideBy),
  );

const withoutAnswer = (telling: Telling, escalation: EscalationState): Line => {
  const next = nextToRehearse(telling.situation, escalation);
  const by = escalation.decideBy === null ? "" : deadline(telling, escalation.decideBy);
  return next ? words.passes(by, [who(telling, next)]) : words.ends(by, escalation.response);
};

const mayLine = (telling: Telling, escalation: EscalationState): readonly Line[] => {
  const others = [...holders(telling.situation, "restrict", escalation).keys()].filter(
    (one) => one !== escalation.decider,
  );
  return others.length === 0 ? [] : [words.may(others.map((one) => whoWithDuty(telling, one)))];
};

const seenLine = (telling: Telling, { acknowledged }: EscalationState): Line =>
  words.seen(acknowledged.map(({ by, at }): Line => [who(telling, by), " ", moment(telling, at)]));

/** What the lock screen says behind the deployment's name. */
export const rehearsalOnLockScreen = (telling: Telling, escalation: EscalationState): string => {
  const { rehearsed, decider, decideBy } = escalation;
  if (rehearsed) return "it is over, nothing changed.";
  const name = decider === "" ? null : (nameOf(telling, decider).split(" ")[0] ?? "");
  return words.lockScreen(name, decideBy === null ? "" : clockInZone(telling, decideBy));
};

/** The real buttons, with forms that say that they are not. */
export const rehearsalButtons = (
  rows: readonly (readonly Button[])[],
): readonly (readonly Button[])[] =>
  rows.map((row) =>
    row.map((button) =>
      button.form === null
        ? button
        : {
            ...button,
            form: { ...button.form, title: words.title, submit: words.submit(button.form.submit) },
          },
    ),
  );
