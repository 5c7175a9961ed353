import { checkRecurrence, checkZone } from "./check-schedule.ts";
import { concernedBy, ownSource, writtenIn } from "./expectation.ts";
import { type Finding, known, type Look } from "./findings.ts";
import type { PolicyDoc } from "./schema.ts";

type Source = PolicyDoc["sources"][string];
type Written = ReturnType<typeof writtenIn>[number];
type Run = Extract<Written, { readonly suite: string }>;

/** Source types that never report a run of a suite. */
const withoutRuns: readonly string[] = ["alertmanager", "datadog", "grafana", "pagerduty"];

/** What a source is expected to say must be possible, and each thing be said once. */
export const checkExpect = (look: Look, id: string, source: Source): void => {
  const path = ["sources", id];
  if (id === ownSource) look.report.error(path, `${id} is a name the program gives itself`);
  const isList = Array.isArray(source.expect);
  const all = writtenIn(source);
  for (const [at, one] of all.entries()) {
    const place: Finding["path"] = isList ? [...path, "expect", at] : [...path, "expect"];
    if (all.findIndex((other) => saysTheSame(other, one)) !== at)
      look.report.error(place, "is expected a second time");
    if (typeof one !== "string" && one.deployment !== undefined)
      known(look, "deployments", one.deployment, [...place, "deployment"]);
    if (isRun(one)) checkRun(look, source, one, place);
    else checkHeartbeat(look, source, one, place);
  }
};

const isRun = (one: Written): one is Run => typeof one !== "string" && "suite" in one;

/** One heartbeat is enough: the shorter says all that the longer does. */
const saysTheSame = (a: Written, b: Written): boolean =>
  isRun(a) && isRun(b) ? JSON.stringify(a) === JSON.stringify(b) : !isRun(a) && !isRun(b);

const checkRun = (look: Look, source: Source, run: Run, path: Finding["path"]): void => {
  const { report, names } = look;
  checkRecurrence(run.by, [...path, "by"], report);
  if (run.by.timezone !== undefined)
    checkZone(run.by.timezone, [...path, "by", "timezone"], report);
  if (run.deployment === undefined && source.deployment === undefined) {
    const allowed = names.deployments.join(", ");
    report.error(path, "deployment is missing: whose run is expected", allowed);
  }
  if (withoutRuns.includes(source.type))
    report.warning(path, `sources of type ${source.type} report no runs: this is never heard`);
};

const checkHeartbeat = (look: Look, source: Source, one: Written, path: Finding["path"]): void => {
  const concerned = concernedBy(source, one, look.names.deployments);
  if (concerned.length <= 1) return;
  const each = `silence opens a card for each of ${concerned.length} deployments`;
  look.report.warning(path, `${each}; { every: …, deployment: … } names one`);
};
