import { timeoutCause } from "../escalation/passing-on.ts";
import type { Actor } from "../people/person.ts";
import type { Deployment, ResponsePart } from "../policy/model.ts";
import { paused } from "../policy/posture.ts";
import { reassessNoLater } from "../reassessment/reassessment.ts";
import { type BodyOf, type Draft, deploymentOf, type Situation } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { instantOf, rfc3339 } from "../time.ts";
import { decisionBody, restriction } from "./restrict.ts";

/** The written response, applied because nobody with authority decided in time. */

const rule = "onTimeout.respond";
const actor: Actor = { type: "policy" };

/**
 * Every part of the response, in the order in which it is written, each as an entry of its own. One
 * of them settles the escalation: what restricts, else the first.
 */
export function respondByPolicy(
  situation: Situation,
  escalation: EscalationState,
): readonly Draft[] {
  const deployment = deploymentOf(situation);
  const { response } = escalation;
  if (!deployment || !situation.state.posture || !response) return [];
  const main = isMild(response.kind) ? 0 : null;
  const drafts: Draft[] = [];
  let now = situation;
  for (const [at, part] of partsOf(situation, escalation).entries()) {
    const bodies =
      part.kind === "narrow" || part.kind === "pause"
        ? restricted(now, escalation, deployment)
        : [asked(now, { escalation, deployment, part, isMain: at === main })];
    drafts.push(...bodies.map((body) => ({ actor, body })));
    now = after(now, bodies);
  }
  return drafts;
}

/** The posture and the review date that a decision leaves, which the parts after it find. */
function after(situation: Situation, [made]: readonly Draft["body"][]): Situation {
  const { posture } = situation.state;
  if (made?.kind !== "decision.made" || !posture) return situation;
  const { state, now } = situation;
  const reassess = { by: instantOf(made.reassessBy), setAt: now, reminded: [], overdueSteps: 0 };
  const next = { ...posture, scope: made.after, version: made.version };
  return { ...situation, state: { ...state, posture: next, reassess } };
}

const isMild = (kind: string): boolean => kind === "retest" || kind === "monitor";

/** As the rule says them that it opened under; in old logs only the one response is known. */
function partsOf(
  { pinned }: Situation,
  { policy, trigger, response }: EscalationState,
): readonly ResponsePart[] {
  const parts = pinned(policy).triggers.get(trigger)?.parts ?? [];
  if (parts.length > 0 || !response) return parts;
  if (response.kind === "retest") return [{ kind: "retest", suite: "", by: "", within: null }];
  return response.kind === "monitor" ? [{ kind: "monitor", monitor: "" }] : [response];
}

function restricted(
  situation: Situation,
  escalation: EscalationState,
  deployment: Deployment,
): readonly Draft["body"][] {
  const { response } = escalation;
  if (response?.kind !== "narrow" && response?.kind !== "pause") return [];
  return restriction(situation, deployment, {
    do: response.kind,
    requested: response.kind === "pause" ? paused : response.scope,
    rule,
    reason: "",
    askAgainIn: null,
    people: [],
    breakGlass: false,
    cause: timeoutCause(situation, escalation),
    main: escalation,
    openedByHand: null,
  });
}

type Mild = Extract<ResponsePart, { readonly kind: "retest" | "monitor" }>;

function asked(
  situation: Situation,
  {
    escalation,
    deployment,
    part,
    isMain,
  }: {
    readonly escalation: EscalationState;
    readonly deployment: Deployment;
    readonly part: Mild;
    readonly isMain: boolean;
  },
): BodyOf<"decision.made"> {
  const scope = situation.state.posture?.scope ?? paused;
  return decisionBody(situation, deployment, {
    decision: part.kind,
    escalation: escalation.id,
    settles: isMain ? [escalation.id] : [],
    authority: rule,
    before: scope,
    after: scope,
    deviation: "none",
    reassess: reassessNoLater(situation, { deployment, kind: part.kind }),
    reason: "",
    reasonToFollow: false,
    people: [],
    breakGlass: false,
    cause: timeoutCause(situation, escalation),
    ...saidBy(situation, part, escalation),
  });
}

/** What a part says further: the suite, by whom and by when; or what to watch. */
export function saidBy(
  { policy, now }: Pick<Situation, "policy" | "now">,
  part: Mild,
  { seen }: Pick<EscalationState, "seen">,
): Pick<BodyOf<"decision.made">, "suite" | "by" | "due" | "monitor"> {
  if (part.kind === "monitor") return { suite: "", by: "", due: "", monitor: part.monitor };
  const { suite, by, within } = part;
  return {
    suite: suite === "" ? (seen?.suite ?? "") : suite,
    by: by !== "" && policy.people.has(by) ? by : "",
    due: within === null ? "" : rfc3339(now + within),
    monitor: "",
  };
}
