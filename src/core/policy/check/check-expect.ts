import { concernedBy, ownSource, writtenIn } from "../expectation.ts";
import type { PolicyDoc } from "../schema/policy-schema.ts";
import { checkReached } from "./check-reached.ts";
import { checkRecurrence, checkZone } from "./check-schedule.ts";
import type { CheckInput, Finding } from "./findings.ts";

type Source = PolicyDoc["sources"][string];
type Written = ReturnType<typeof writtenIn>[number];
type Run = Extract<Written, { readonly suite: string }>;

/** Source types that never report a run of a suite. */
const withoutRuns: readonly string[] = ["alertmanager", "datadog", "grafana", "pagerduty"];

/** What a source is expected to say must be possible, and each thing be said once. */
export function checkExpect(look: CheckInput, id: string, source: Source): void {
  const path = ["sources", id];
  if (id === ownSource) look.report.error(path, `${id} is a name the program gives itself`);
  const isList = Array.isArray(source.expect);
  const all = writtenIn(source);
  for (const [at, written] of all.entries()) {
    const place: Finding["path"] = isList ? [...path, "expect", at] : [...path, "expect"];
    if (all.findIndex((other) => saysTheSame(other, written)) !== at)
      look.report.error(place, "is expected a second time");
    if (typeof written !== "string" && written.deployment !== undefined)
      checkReached(look, written.deployment, [...place, "deployment"]);
    if (isRun(written)) checkRun(look, { source, run: written, path: place });
    else checkHeartbeat(look, { source, written, path: place });
  }
}

const isRun = (written: Written): written is Run =>
  typeof written !== "string" && "suite" in written;

/** One heartbeat is enough: the shorter says all that the longer does. */
const saysTheSame = (a: Written, b: Written): boolean =>
  isRun(a) && isRun(b) ? JSON.stringify(a) === JSON.stringify(b) : !isRun(a) && !isRun(b);

function checkRun(
  look: CheckInput,
  {
    source,
    run,
    path,
  }: { readonly source: Source; readonly run: Run; readonly path: Finding["path"] },
): void {
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
}

function checkHeartbeat(
  look: CheckInput,
  {
    source,
    written,
    path,
  }: { readonly source: Source; readonly written: Written; readonly path: Finding["path"] },
): void {
  const concerned = concernedBy(source, written, look.doc);
  if (concerned.length <= 1) return;
  const each = `silence opens a card for each of ${concerned.length} deployments`;
  look.report.warning(path, `${each}; { every: …, deployment: … } names one`);
}
