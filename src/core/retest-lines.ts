import type { Line, Part } from "./card.ts";
import type { PersonId } from "./ids.ts";
import type { EntryOf } from "./log/entry.ts";
import type { Figure, RunSeen } from "./log/seen.ts";
import { nothingYet } from "./monitoring.ts";
import type { Decided, EscalationState, Retest } from "./state.ts";
import { deadline, moment, type Telling, who } from "./telling.ts";
import { instantOf } from "./time.ts";
import { amountOf } from "./words-evidence.ts";
import * as words from "./words-retest.ts";

/** What a card and its thread say of re-tests, and of what watches from now on. */

/** The newest re-test asked for about this escalation, as a line; none where there is none. */
export const retestLine = (
  telling: Telling,
  { id }: Pick<EscalationState, "id">,
): readonly Line[] => {
  const { retests } = telling.situation.state;
  const mine = retests.filter((one) => one.escalation === id);
  const newest = mine.at(-1);
  return newest ? [lineOf(telling, newest)] : [];
};

const lineOf = (telling: Telling, one: Retest): Line => {
  const suite: Part = { untrusted: one.suite };
  const named = one.by === "" ? null : [who(telling, one.by)];
  const due = one.due === null ? null : deadline(telling, one.due);
  if (one.result) return words.result(suite, moment(telling, one.result.at), figuresOf(one.result));
  const stands =
    one.missed !== null && due !== null
      ? words.missed(suite, due, named)
      : words.waits(suite, due, named);
  const { partial } = one;
  return partial
    ? [...stands, ...words.partial(partial.was, moment(telling, partial.at), partial.samples)]
    : stands;
};

/** Re-tests that have not come yet, for whoever decides again. */
export const waitingRetests = (telling: Telling): readonly Line[] =>
  telling.situation.state.retests
    .filter(({ result }) => result === null)
    .slice(-mostWaiting)
    .map(({ suite, due }) =>
      words.notYet({ untrusted: suite }, due === null ? null : deadline(telling, due)),
    );

/** Most that are said beside a question. */
const mostWaiting = 2;

/** "attack_success mean 0.021 ± 0.004; refusal mean 0.5 and 3 more (200 of 200 samples, aurora-3)" */
const figuresOf = ({ figures, more, samples, model }: RunSeen): Line => {
  const said = figures.flatMap((one, at) => [...(at === 0 ? [] : ["; "]), ...figureOf(one)]);
  return [
    ...(said.length === 0 ? [words.noFigures] : said),
    ...(more === 0 ? [] : [words.andMore(more)]),
    ...words.circumstances(samples, model === "" ? null : { untrusted: model }),
  ];
};

const figureOf = ({ scorer, metric, value, stderr }: Figure): Line => {
  const name = [scorer, metric].filter((part) => part !== "").join(" ");
  return words.figure({ untrusted: name }, amountOf(value), amountOf(stderr));
};

/** One step of a re-test as a sentence for its thread, and who is spoken to. */
export const retestSentence = (
  telling: Telling,
  name: string,
  { what, suite: text, to, due: by, run }: EntryOf<"retest.followed">,
): { readonly to: readonly (PersonId | "")[]; readonly line: Line } => {
  const suite: Part = { untrusted: text };
  const due = by === "" ? "" : deadline(telling, instantOf(by));
  const person = to === "" ? null : [who(telling, to, true)];
  switch (what) {
    case "complete":
      return { to: [], line: words.said.complete(name, suite, run ? figuresOf(run) : []) };
    case "incomplete":
    case "errored":
      return { to: [], line: words.said.partial(name, suite, what, run?.samples ?? "") };
    case "reminded":
      return { to: [to], line: words.said.reminded(name, suite, due, person) };
    case "missed":
      return { to: [to], line: words.said.missed(name, suite, due, person) };
  }
};

/** What watches from now on, where somebody said so about this escalation. */
export const monitoringLine = (
  telling: Telling,
  escalation: EscalationState,
  decided: Decided | null,
): readonly Line[] => {
  const { lastDecision } = telling.situation.state;
  const said = [lastDecision, decided].find(
    (one) => one?.decision === "monitor" && one.escalation === escalation.id,
  );
  return said ? [monitored(telling, said.monitor)] : [];
};

const monitored = ({ situation: { policy } }: Telling, name: string): Line => {
  if (name === "" || name === nothingYet) return words.monitoring.nothing();
  if (policy.triggers.has(name)) return words.monitoring.rule(name);
  return policy.sources.has(name) ? words.monitoring.source(name) : words.monitoring.words(name);
};
