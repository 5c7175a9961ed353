import { preciseText } from "../clock-text.ts";
import { enforcementOf } from "../escalation/enforcement.ts";
import { levelOf } from "../policy/posture.ts";
import { deploymentOf } from "../state/situation.ts";
import type { Decided, EscalationState } from "../state/state.ts";
import * as words from "../words/enforcement.ts";
import { notSeen, seenAt, seenBy } from "../words/words.ts";
import type { Line } from "./card.ts";
import { clock, moment, scopeWordsOf, type ViewContext, who, zoneOf } from "./view-context.ts";

/**
 * What a card says of a posture outside: who was told, who confirms, and what is not known. Never
 * more than that.
 */

/** Of a decision that changed what may be done: whether it is in force where the model runs. */
export function enforcementLine(view: ViewContext, decided: Decided): readonly Line[] {
  if (decided.before === decided.after) return [];
  const { confirmed, waiting, told, failed, isConnected } = enforcementOf(view.situation);
  if (!isConnected) return [words.noGateway()];
  const at = Math.max(...told.map((report) => report.at));
  const names = told.map(({ name }) => name);
  const isStop = restricts(view, decided);
  if (confirmed.length > 0) {
    const last = Math.max(...confirmed.map((report) => report.at));
    const gateways = confirmed.length + waiting.length;
    const when = preciseText(last, zoneOf(view), view.situation.now);
    return waiting.length === 0
      ? [words.confirmedByAll(confirmed.length, when, isStop)]
      : [
          words.confirmedBySome(confirmed.length, {
            all: gateways,
            missing: waiting,
            restricts: isStop,
          }),
        ];
  }
  if (failed.length > 0) return [words.notTold(failed)];
  if (names.length > 0) return [words.toldNotConfirmed(names, clock(view, at), isStop)];
  return waiting.length > 0
    ? [words.notYetConfirmed(waiting)]
    : [words.notToldYet(endpointsOf(view))];
}

const endpointsOf = ({ situation }: ViewContext): readonly string[] =>
  [...situation.policy.notify.values()]
    .filter((endpoint) => endpoint.events.has("decision.made"))
    .filter((endpoint) => endpoint.deployments?.has(situation.state.id) ?? true)
    .map(({ id }) => id);

function restricts({ situation }: ViewContext, { before, after }: Decided): boolean {
  const deployment = deploymentOf(situation);
  return deployment !== undefined && levelOf(deployment, after) > levelOf(deployment, before);
}

/** The card of a posture that some gateway does not carry out. */
export function unconfirmedLines(view: ViewContext, escalation: EscalationState): readonly Line[] {
  return [unconfirmedLine(view), words.unconfirmedNext(), seenByLine(view, escalation)];
}

/** "Not confirmed by edge-2 and edge-3: paused since 03:19" */
export function unconfirmedLine(view: ViewContext): Line {
  const { posture } = view.situation.state;
  const { waiting } = enforcementOf(view.situation);
  return posture
    ? words.unconfirmed(scopeWordsOf(view, posture.scope), clock(view, posture.since), waiting)
    : words.noGateway();
}

const seenByLine = (view: ViewContext, escalation: EscalationState): Line =>
  escalation.acknowledged.length === 0
    ? notSeen(false)
    : seenBy(escalation.acknowledged.map(({ by, at }) => seenAt(who(view, by), moment(view, at))));
