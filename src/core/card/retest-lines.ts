import { nothingYet } from "../decision/monitoring.ts";
import type { PersonId } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import type { RecordedFigure, RunSeen } from "../log/evidence.ts";
import type { Decided, EscalationState, Retest } from "../state/state.ts";
import { instantOf } from "../time.ts";
import { amountOf } from "../words/evidence.ts";
import * as words from "../words/retest.ts";
import type { Line, Part } from "./card.ts";
import { deadline, moment, type ViewContext, who } from "./view-context.ts";

/** What a card and its thread say of re-tests, and of what watches from now on. */

/** The newest re-test asked for about this escalation, as a line; none where there is none. */
export function retestLine(
  view: ViewContext,
  { id }: Pick<EscalationState, "id">,
): readonly Line[] {
  const { retests } = view.situation.state;
  const mine = retests.filter((retest) => retest.escalation === id);
  const newest = mine.at(-1);
  return newest ? [lineOf(view, newest)] : [];
}

function lineOf(view: ViewContext, retest: Retest): Line {
  const suite: Part = { untrusted: retest.suite };
  const named = retest.by === "" ? null : [who(view, retest.by)];
  const due = retest.due === null ? null : deadline(view, retest.due);
  if (retest.result)
    return words.result(suite, moment(view, retest.result.at), figuresOf(retest.result));
  const stands =
    retest.missed !== null && due !== null
      ? words.missed(suite, due, named)
      : words.waits(suite, due, named);
  const { partial } = retest;
  return partial
    ? [...stands, ...words.partial(partial.was, moment(view, partial.at), partial.samples)]
    : stands;
}

/** Re-tests that have not come yet, for whoever decides again. */
export function waitingRetests(view: ViewContext): readonly Line[] {
  return view.situation.state.retests
    .filter(({ result }) => result === null)
    .slice(-mostWaiting)
    .map(({ suite, due }) =>
      words.notYet({ untrusted: suite }, due === null ? null : deadline(view, due)),
    );
}

/** Most that are said beside a question. */
const mostWaiting = 2;

/**
 * "attack_success mean 0.021 ± 0.004; refusal mean 0.5 and 3 more (200 of 200 samples, aurora-3)"
 */
function figuresOf({ figures, more, samples, model }: RunSeen): Line {
  const said = figures.flatMap((figure, at) => [...(at === 0 ? [] : ["; "]), ...figureOf(figure)]);
  return [
    ...(said.length === 0 ? [words.noFigures] : said),
    ...(more === 0 ? [] : [words.andMore(more)]),
    ...words.circumstances(samples, model === "" ? null : { untrusted: model }),
  ];
}

function figureOf({ scorer, metric, value, stderr }: RecordedFigure): Line {
  const name = [scorer, metric].filter((part) => part !== "").join(" ");
  return words.figure({ untrusted: name }, amountOf(value), amountOf(stderr));
}

/** One step of a re-test as a sentence for its thread, and who is spoken to. */
export function retestSentence(
  view: ViewContext,
  name: string,
  { what, suite: text, to, due: by, run }: EntryOf<"retest.followed">,
): { readonly to: readonly (PersonId | "")[]; readonly line: Line } {
  const suite: Part = { untrusted: text };
  const due = by === "" ? "" : deadline(view, instantOf(by));
  const person = to === "" ? null : [who(view, to, true)];
  switch (what) {
    case "complete":
      return { to: [], line: words.said.complete(name, suite, run ? figuresOf(run) : []) };
    case "incomplete":
    case "errored":
      return {
        to: [],
        line: words.said.partial(name, suite, { was: what, samples: run?.samples ?? "" }),
      };
    case "reminded":
      return { to: [to], line: words.said.reminded({ name, suite, due, who: person }) };
    case "missed":
      return { to: [to], line: words.said.missed({ name, suite, due, who: person }) };
  }
}

/** What watches from now on, where somebody said so about this escalation. */
export function monitoringLine(
  view: ViewContext,
  escalation: EscalationState,
  decided: Decided | null,
): readonly Line[] {
  const { lastDecision } = view.situation.state;
  const said = [lastDecision, decided].find(
    (decision) => decision?.decision === "monitor" && decision.escalation === escalation.id,
  );
  return said ? [monitored(view, said.monitor)] : [];
}

function monitored({ situation: { policy } }: ViewContext, name: string): Line {
  if (name === "" || name === nothingYet) return words.monitoring.nothing();
  if (policy.triggers.has(name)) return words.monitoring.rule(name);
  return policy.sources.has(name) ? words.monitoring.source(name) : words.monitoring.words(name);
}
