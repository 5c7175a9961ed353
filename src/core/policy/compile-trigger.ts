import { personId } from "../ids.ts";
import type { ChangeDoc } from "./canonical-authority.ts";
import { compileCondition } from "./condition.ts";
import { memoryOf, ruleKey } from "./memory.ts";
import type { AuthorityChange, Response, ResponsePart, Trigger } from "./model.ts";
import type { PolicyDoc } from "./schema/policy-schema.ts";
import { millis } from "./spans.ts";

/** A trigger of the runtime policy, from its canonical form. */

/** Its names are references already; only their type is another one. */
export const changeOf = (doc: ChangeDoc): AuthorityChange =>
  JSON.parse(JSON.stringify(doc)) as AuthorityChange;

type ResponseDoc = PolicyDoc["triggers"][string]["response"];
type PartDoc = Exclude<ResponseDoc, readonly unknown[]>;

function partOf(doc: PartDoc): ResponsePart {
  if (doc === "pause") return { kind: doc };
  if (doc === "monitor") return { kind: doc, monitor: "" };
  if (doc === "retest") return { kind: doc, suite: "", by: "", within: null };
  if ("narrow" in doc) return { kind: "narrow", scope: doc.narrow };
  if ("monitor" in doc) return { kind: "monitor", monitor: doc.monitor };
  const { suite, by, within } = doc.retest;
  return {
    kind: "retest",
    suite,
    by: by === undefined ? "" : personId(by),
    within: within === undefined ? null : millis(within),
  };
}

/** The parts of a response as the policy file has them. */
export const responseParts = (doc: ResponseDoc): readonly PartDoc[] =>
  Array.isArray(doc) ? doc : [doc];

/** What a part says for people: "narrow to no-tools", "retest jailbreak-nightly". */
export function partWords(doc: PartDoc): string {
  if (typeof doc === "string") return doc;
  if ("narrow" in doc) return `narrow to ${doc.narrow}`;
  return "monitor" in doc ? `monitor ${doc.monitor}` : `retest ${doc.retest.suite}`;
}

/** What an escalation waits for: what restricts, else the first. */
function mainOf(parts: readonly ResponsePart[]): Response {
  const main = parts.find(({ kind }) => kind === "narrow" || kind === "pause") ?? parts[0];
  if (main?.kind === "narrow") return { kind: "narrow", scope: main.scope };
  return { kind: main?.kind ?? "retest" };
}

/** A trigger that only expects a run has no condition: no signal meets it. */
const noSignal = "false";

export function triggerOf(
  id: string,
  doc: PolicyDoc["triggers"][string],
  remembered: ReadonlySet<string>,
): Trigger {
  const when = doc.when ?? noSignal;
  const memory = memoryOf(doc);
  const parts = responseParts(doc.response).map(partOf);
  return {
    id,
    deployments: doc.deployments,
    method: doc.method,
    when,
    severity: doc.severity,
    authority: doc.authority ? changeOf(doc.authority) : null,
    response: mainOf(parts),
    parts,
    acknowledgeWithin: doc.acknowledgeWithin === undefined ? null : millis(doc.acknowledgeWithin),
    decideWithin: doc.decideWithin === undefined ? null : millis(doc.decideWithin),
    onTimeout: doc.onTimeout ?? null,
    actsFirst: doc.act === "first",
    worseBy: doc.worseBy ?? null,
    because: doc.because,
    runbook: doc.runbook ?? "",
    steps: doc.steps ?? [],
    shadow: doc.shadow ?? false,
    title: doc.title ?? "",
    unit: doc.unit ?? "",
    memory,
    rule: remembered.has(id) ? ruleKey(id, when, memory) : "",
    ...conditionOf(when),
  };
}

/**
 * A condition adopted under earlier, laxer checks must not stop the program: it can no longer be
 * told, and says so.
 */
function conditionOf(
  when: string,
): Pick<Trigger, "evaluate" | "measureOf" | "isAbout" | "isOfValue"> {
  const condition = compileCondition(when);
  if ("evaluate" in condition) {
    const { evaluate, measureOf, isAbout, isOfValue } = condition;
    return { evaluate, measureOf, isAbout, isOfValue };
  }
  const because = `the condition is refused by now: ${condition.problems.join(" ")}`;
  return {
    evaluate: () => ({ is: "indeterminate", because }),
    measureOf: () => null,
    isAbout: () => false,
    isOfValue: false,
  };
}

/** The triggers whose signals are remembered: by themselves, or for another that names them. */
export const rememberedIn = ({ triggers }: Pick<PolicyDoc, "triggers">): ReadonlySet<string> =>
  new Set(
    Object.entries(triggers).flatMap(([id, trigger]) =>
      memoryOf(trigger) ? [id, ...(trigger.together?.with ?? [])] : [],
    ),
  );
