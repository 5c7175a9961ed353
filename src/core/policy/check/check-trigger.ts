import { parseDuration } from "../../duration.ts";
import { ownTriggers } from "../../filters.ts";
import { responseParts } from "../compile-trigger.ts";
import { compileCondition } from "../condition.ts";
import { nextScope } from "../posture.ts";
import type { PolicyDoc } from "../schema/policy-schema.ts";
import { checkChange } from "./check-deployment.ts";
import { checkMemory } from "./check-memory.ts";
import { type CheckInput, type Finding, known, oneOf } from "./findings.ts";

type Trigger = PolicyDoc["triggers"][string];
type Path = Finding["path"];

/**
 * One trigger: where it applies, a condition that can be told, a response that restricts, clocks
 * that lead somewhere.
 */
export function checkTrigger(look: CheckInput, id: string, trigger: Trigger): void {
  const path = ["triggers", id];
  const { report } = look;
  if (ownTriggers.includes(id)) report.error(path, `${id} is a name the program gives itself`);
  for (const [at, name] of trigger.deployments.entries()) {
    const place = [...path, "deployments", at];
    if (trigger.deployments.indexOf(name) !== at) report.error(place, `${name} is named twice`);
    else if (known(look, { section: "deployments", name, path: place }))
      checkOn(look, { deployment: name, trigger, path });
  }
  checkCondition(look, trigger, path);
  checkAct(look, trigger, path);
  checkClocks(look, trigger, path);
}

function checkCondition(look: CheckInput, trigger: Trigger, path: Path): void {
  const { report } = look;
  const { when, unit } = trigger;
  if (when === undefined) {
    checkMemory(look, trigger, { path, asks: [] });
    if (!trigger.expect)
      report.error(path, "when is missing: what must be so for this trigger", "a condition");
    return;
  }
  const condition = compileCondition(when);
  if ("problems" in condition) {
    for (const problem of condition.problems) report.error([...path, "when"], problem);
    return;
  }
  for (const warning of condition.warnings) report.warning([...path, "when"], warning);
  checkMemory(look, trigger, { path, asks: condition.asks });
  const odd = oddUnit(unit, condition.numbers);
  if (odd !== null) report.warning([...path, "unit"], odd);
}

/** `percent` takes shares of one, `%` what is in percent already. */
function oddUnit(unit: string | undefined, limits: readonly number[]): string | null {
  const large = limits.find((limit) => Math.abs(limit) > 1);
  if (unit === "percent" && large !== undefined)
    return `percent is for shares of one, and ${large} is none: write ${Number((large / 100).toPrecision(12))}, or unit: "%" where values come in percent`;
  const small = limits.find((limit) => limit !== 0 && Math.abs(limit) < 1);
  if (unit === "%" && small !== undefined && large === undefined)
    return `% shows ${small} as ${small} %: write unit: percent where values are shares of one`;
  return null;
}

function checkAct({ report }: CheckInput, { act, response }: Trigger, path: Path): void {
  const restricting = responseParts(response).filter(restricts).length;
  if (restricting > 1)
    report.error(
      [...path, "response"],
      "narrows or pauses more than once: keep the one that is meant",
    );
  if (act === "first" && restricting === 0)
    report.error(
      [...path, "act"],
      "there is nothing to do first: the response restricts nothing",
      "no act, or a response of pause or { narrow: <scope> }",
    );
}

function checkClocks({ report }: CheckInput, trigger: Trigger, path: Path): void {
  const { severity, acknowledgeWithin, decideWithin, onTimeout } = trigger;
  const urgent = severity === "high" || severity === "critical";
  const missing = (key: string, why: string, allowed: string): void =>
    report.error(path, `${key} is missing: ${why}`, allowed);
  if (urgent && acknowledgeWithin === undefined)
    missing("acknowledgeWithin", `${severity} triggers need it`, "a duration like 10m");
  if (urgent && decideWithin === undefined)
    missing("decideWithin", `${severity} triggers need it`, "a duration like 30m");
  if (onTimeout === undefined && (urgent || decideWithin !== undefined))
    missing("onTimeout", "what happens when nobody decides in time", "respond, pass");
  if (onTimeout !== undefined && decideWithin === undefined && !urgent)
    report.warning([...path, "onTimeout"], "never happens without decideWithin");
  const [seen, decided] = [acknowledgeWithin, decideWithin].map((text) =>
    parseDuration(text ?? ""),
  );
  if (seen != null && decided != null && seen > decided) {
    report.warning([...path, "acknowledgeWithin"], `is longer than decideWithin, ${decideWithin}`);
  }
}

function checkOn(
  look: CheckInput,
  on: { readonly deployment: string; readonly trigger: Trigger; readonly path: Path },
): void {
  checkResponse(look, on);
  const { authority } = on.trigger;
  const deployment = Object.hasOwn(look.doc.deployments, on.deployment)
    ? look.doc.deployments[on.deployment]
    : undefined;
  if (authority && deployment)
    checkChange(look, { deployment, change: authority, path: [...on.path, "authority"] });
}

function checkResponse(
  look: CheckInput,
  {
    deployment,
    trigger: { response },
    path,
  }: { readonly deployment: string; readonly trigger: Trigger; readonly path: Path },
): void {
  const isList = Array.isArray(response);
  for (const [at, part] of responseParts(response).entries()) {
    const place = [...path, "response", ...(isList ? [at] : [])];
    if (typeof part === "string") continue;
    if ("narrow" in part) checkScope(look, { deployment, scope: part.narrow, place });
    if ("retest" in part && part.retest.by !== undefined)
      known(look, { section: "people", name: part.retest.by, path: [...place, "retest", "by"] });
  }
}

const restricts = (part: ReturnType<typeof responseParts>[number]): boolean =>
  part === "pause" || (typeof part !== "string" && "narrow" in part);

function checkScope(
  { names: given, report }: CheckInput,
  {
    deployment,
    scope,
    place: response,
  }: { readonly deployment: string; readonly scope: string; readonly place: Path },
): void {
  const names = given.scopes.get(deployment) ?? [];
  if (names.length === 0 || (scope === nextScope && !names.includes(nextScope))) return;
  const place = [...response, "narrow"];
  const isWidest = scope === names[0];
  if (isWidest)
    report.error(
      place,
      `${scope} is the widest scope of ${deployment}: it would restrict nothing`,
      names.slice(1).join(", ") || "pause",
    );
  else
    oneOf(report, {
      all: names.slice(1),
      name: scope,
      path: place,
      what: `${deployment} has no scope`,
    });
}
