import type { EscalationId, Instant } from "../ids.ts";
import { stateWord } from "../policy/posture.ts";
import {
  type BodyOf,
  type Draft,
  deploymentOf,
  isUnconfirmed,
  type Situation,
  unconfirmedName,
} from "../state/situation.ts";
import type { Carrier, DeploymentState, EscalationState } from "../state/state.ts";
import { beginningOf } from "../text.ts";
import { liveFor, open } from "./escalation.ts";

/**
 * Whether a decided posture is applied: which endpoints received it, which gateways confirmed it,
 * and what happens when one does not.
 */

/** Most gateways that are recorded without being in the policy. */
const strangersKept = 50;

/** What is known about where the posture is applied. */
export interface Enforcement {
  /** Gateways that say they carry it out, and since when. */
  readonly confirmed: readonly { readonly name: string; readonly at: Instant }[];
  /** Gateways that do not. */
  readonly waiting: readonly string[];
  /** Endpoints that received it. */
  readonly told: readonly { readonly name: string; readonly at: Instant }[];
  /** Endpoints that could not be reached. */
  readonly failed: readonly string[];
  /** Whether any system is connected at all. */
  readonly isConnected: boolean;
}

/** What is known now of the posture in force. */
export function enforcementOf(situation: Situation): Enforcement {
  const { state, policy } = situation;
  const version = state.posture?.version ?? 0;
  const gateways = gatewaysOf(situation);
  const endpoints = [...policy.notify.values()]
    .filter((endpoint) => endpoint.events.has("decision.made"))
    .filter((endpoint) => endpoint.deployments?.has(state.id) ?? true)
    .map(({ id }) => id);
  const at = (name: string, what: keyof Carrier) => {
    const heard = carrierOf(state, name)?.[what];
    return heard?.version === version ? [{ name, at: heard.at }] : [];
  };
  return {
    confirmed: gateways.flatMap((name) => at(name, "applied")),
    waiting: gateways.filter((name) => at(name, "applied").length === 0),
    told: endpoints.flatMap((name) => at(name, "told")),
    failed: endpoints.filter(
      (name) => at(name, "failed").length > 0 && at(name, "told").length === 0,
    ),
    isConnected: gateways.length > 0 || endpoints.length > 0,
  };
}

const carrierOf = ({ carriers }: DeploymentState, name: string): Carrier | undefined =>
  Object.hasOwn(carriers, name) ? carriers[name] : undefined;

/** The gateways that have to confirm; where the policy lists none, those that ever did. */
const gatewaysOf = (situation: Situation): readonly string[] =>
  deploymentOf(situation)?.enforcement?.gateways ?? strangers(situation.state);

const strangers = ({ carriers }: DeploymentState): readonly string[] =>
  Object.entries(carriers).flatMap(([name, { applied }]) => (applied ? [name] : []));

/** Why a report is refused. */
export type Unreported =
  /** The policy lists the gateways of this deployment, and this is none of them. */
  | { readonly is: "unknown-gateway"; readonly known: readonly string[] }
  /** No posture has had that version yet. */
  | { readonly is: "not-yet"; readonly current: number };

/**
 * A gateway says which posture version it carries out. One that said the newest and now says an
 * older one has drifted: that is asked about at once, others have until `confirmWithin`.
 */
export function report(
  situation: Situation,
  gateway: string,
  version: number,
): readonly Draft[] | Unreported {
  const { state } = situation;
  const current = state.posture?.version ?? 0;
  const listed = deploymentOf(situation)?.enforcement?.gateways;
  const seen = strangers(state);
  const isKnown =
    listed?.includes(gateway) ?? (seen.includes(gateway) || seen.length < strangersKept);
  if (!isKnown) return { is: "unknown-gateway", known: listed ?? seen };
  if (version > current) return { is: "not-yet", current };
  const before = carrierOf(state, gateway)?.applied?.version;
  if (before === version) return [];
  const drifted = before === current && version < current;
  return [
    reported(state.id, { gateway, what: "applied", version }),
    ...(drifted ? asked(situation, gateway) : []),
  ];
}

/** Records that an endpoint received a posture version, or never will. */
export function reported(
  deployment: string,
  {
    gateway,
    what,
    version,
  }: {
    readonly gateway: string;
    readonly what: BodyOf<"enforcement.reported">["what"];
    readonly version: number;
  },
): Draft {
  return {
    actor: { type: what === "applied" ? "gateway" : "policy" },
    body: { kind: "enforcement.reported", deployment, gateway, what, version },
  };
}

/** Opens what says that the posture is not carried out, unless that is open already. */
function asked(situation: Situation, ...gateways: readonly string[]): readonly Draft[] {
  const { state, lastNumber } = situation;
  if (liveFor(state, unconfirmedName)) return [];
  const id: EscalationId = `HP-${lastNumber + 1}`;
  const because = `not confirmed by ${gateways.join(", ")}`;
  return open(situation, {
    id,
    name: unconfirmedName,
    trigger: null,
    // A restriction that is not applied is dangerous; a resume that is not applied is only late.
    severity: isRestriction(situation) ? "critical" : "warning",
    verdict: "none",
    because: beginningOf(because, 300),
    seen: null,
    reason: "",
    actor: { type: "policy" },
  });
}

/** Whether less is allowed now than without any decision. */
function isRestriction(situation: Situation): boolean {
  const deployment = deploymentOf(situation);
  const { posture } = situation.state;
  return Boolean(deployment && posture && stateWord(deployment, posture.scope) !== "open");
}

/** When the gateways must have confirmed, or null where nothing is waited for any more. */
export function confirmBy(situation: Situation): Instant | null {
  const { posture, unconfirmed } = situation.state;
  const rule = deploymentOf(situation)?.enforcement;
  if (!rule || !posture?.decided || unconfirmed === posture.version) return null;
  if (liveFor(situation.state, unconfirmedName)) return null;
  if (enforcementOf(situation).waiting.length === 0) return null;
  return posture.since + rule.confirmWithin;
}

/** What time brings about: gateways that should have confirmed by now are asked about. */
export function unconfirmedByNow(situation: Situation): readonly Draft[] {
  const by = confirmBy(situation);
  if (by === null || by > situation.now) return [];
  return asked(situation, ...enforcementOf(situation).waiting);
}

/** Closes the escalation once every gateway confirms. */
export function closedByConfirmation(
  situation: Situation,
  escalation: EscalationState,
): readonly Draft[] {
  return isUnconfirmed(escalation) && enforcementOf(situation).waiting.length === 0
    ? [
        {
          actor: { type: "policy" },
          body: { kind: "escalation.closed", escalation: escalation.id, because: "confirmed" },
        },
      ]
    : [];
}
