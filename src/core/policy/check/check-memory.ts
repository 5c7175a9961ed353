import type { PolicyDoc } from "../schema/policy-schema.ts";
import { type CheckInput, type Finding, oneOf } from "./findings.ts";

type Trigger = PolicyDoc["triggers"][string];

/** The variables of a condition that another key of the trigger gives. */
const givenBy = [
  ["before", "compare"],
  ["over", "over"],
  ["spread", "spread"],
] as const;

const examples = {
  compare: "compare: previous",
  over: "over: { p95: 1d }",
  spread: "spread: labels.variant",
};

/** What a trigger remembers must be asked for, and what it asks for must be remembered. */
export function checkMemory(
  look: CheckInput,
  trigger: Trigger,
  { path, asks }: { readonly path: Finding["path"]; readonly asks: readonly string[] },
): void {
  const { report } = look;
  for (const [variable, key] of givenBy) {
    const isAsked = asks.includes(variable);
    if (isAsked && trigger[key] === undefined)
      report.error(
        [...path, "when"],
        `${variable}.value needs ${key}: beside it: write ${examples[key]}`,
      );
    if (!isAsked && trigger[key] !== undefined)
      report.warning([...path, key], `the condition does not look at ${variable}.value`);
  }
  if (asks.includes("deployment")) checkModels(look, trigger, path);
  checkTogether(look, trigger, path);
  if (trigger.for !== undefined && trigger.repeated)
    report.error([...path, "for"], "for and repeated together are never met: keep one of them");
}

function checkModels({ doc, report }: CheckInput, trigger: Trigger, path: Finding["path"]): void {
  for (const name of trigger.deployments) {
    const deployment = Object.hasOwn(doc.deployments, name) ? doc.deployments[name] : undefined;
    if (deployment && deployment.model === "" && /\bdeployment\.model\b/.test(trigger.when ?? ""))
      report.warning(
        [...path, "when"],
        `deployment.model is not known of ${name}, so this cannot be told: give it a model`,
      );
  }
}

function checkTogether({ doc, report }: CheckInput, trigger: Trigger, path: Finding["path"]): void {
  const { together, deployments } = trigger;
  const place = [...path, "together"];
  if (together?.deployments !== undefined && together.deployments > deployments.length)
    report.error(
      [...place, "deployments"],
      `it watches ${deployments.length} ${deployments.length === 1 ? "deployment" : "deployments"}: it would never fire`,
    );
  const own = path.at(-1);
  const others = Object.keys(doc.triggers).filter((id) => id !== own);
  for (const [at, name] of (together?.with ?? []).entries())
    oneOf(report, {
      all: others,
      name,
      path: [...place, "with", at],
      what: name === own ? "the trigger itself is no other" : "no trigger",
    });
}
