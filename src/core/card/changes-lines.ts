import type { Since } from "../reassessment/changes-since-decision.ts";
import * as words from "../words/words.ts";
import type { Line } from "./card.ts";
import { moment, type ViewContext } from "./view-context.ts";

/** What came in meanwhile, as parts of a sentence. */

/** Each kind of news once; nothing where there is none. */
export function newsIn(view: ViewContext, since: Since): readonly Line[] {
  const { evals, alerts, changes, findings, reports, opened, atLeast } = since;
  const counted: readonly (readonly [number, string])[] = [
    [evals.complete, words.since.evals(evals.complete, evals.last)],
    [evals.withoutResult, words.since.withoutResult(evals.withoutResult)],
    [findings, words.since.findings(findings)],
    [reports, words.since.reports(reports)],
  ];
  const heard = {
    none: [],
    firing: [[words.since.stillFiring]],
    stopped: alerts.are === "stopped" ? [words.since.stopped(moment(view, alerts.at))] : [],
  }[alerts.are];
  const least = atLeast ? words.since.atLeast : "";
  return [
    ...opened.map((id): Line => [words.since.opened(id)]),
    ...counted.filter(([count]) => count > 0).map(([, text]): Line => [`${least}${text}`]),
    ...heard,
    ...changes.map((change) => words.since.changed({ untrusted: change })),
  ];
}
