import type { Line } from "./card.ts";
import { enforcementOf } from "./enforcement.ts";
import { levelOf } from "./posture.ts";
import { deploymentOf } from "./situation.ts";
import type { Decided, EscalationState } from "./state.ts";
import { clock, moment, scopeWordsOf, type Telling, who, zoneOf } from "./telling.ts";
import { preciseText } from "./time.ts";
import { notSeen, seenAt, seenBy } from "./words.ts";
import * as words from "./words-enforcement.ts";

/** What a card says of a posture outside: who was told, who confirms, and what is not known. Never more than that. */

/** Of a decision that changed what may be done: whether it is in force where the model runs. */
export const enforcementLine = (telling: Telling, decided: Decided): readonly Line[] => {
  if (decided.before === decided.after) return [];
  const { confirmed, waiting, told, failed, isConnected } = enforcementOf(telling.situation);
  if (!isConnected) return [words.noGateway()];
  const at = Math.max(...told.map((one) => one.at));
  const names = told.map(({ name }) => name);
  const isStop = restricts(telling, decided);
  if (confirmed.length > 0) {
    const last = Math.max(...confirmed.map((one) => one.at));
    const gateways = confirmed.length + waiting.length;
    const when = preciseText(last, zoneOf(telling), telling.situation.now);
    return waiting.length === 0
      ? [words.confirmedByAll(confirmed.length, when, isStop)]
      : [words.confirmedBySome(confirmed.length, gateways, waiting, isStop)];
  }
  if (failed.length > 0) return [words.notTold(failed)];
  if (names.length > 0) return [words.toldNotConfirmed(names, clock(telling, at), isStop)];
  return waiting.length > 0
    ? [words.notYetConfirmed(waiting)]
    : [words.notToldYet(endpointsOf(telling))];
};

const endpointsOf = ({ situation }: Telling): readonly string[] =>
  [...situation.policy.notify.values()]
    .filter((one) => one.events.has("decision.made"))
    .filter((one) => one.deployments?.has(situation.state.id) ?? true)
    .map(({ id }) => id);

const restricts = ({ situation }: Telling, { before, after }: Decided): boolean => {
  const deployment = deploymentOf(situation);
  return deployment !== undefined && levelOf(deployment, after) > levelOf(deployment, before);
};

/** The card of a posture that some gateway does not carry out. */
export const unconfirmedLines = (
  telling: Telling,
  escalation: EscalationState,
): readonly Line[] => [
  unconfirmedLine(telling),
  words.unconfirmedNext(),
  seenByLine(telling, escalation),
];

/** "Not confirmed by edge-2 and edge-3: paused since 03:19" */
export const unconfirmedLine = (telling: Telling): Line => {
  const { posture } = telling.situation.state;
  const { waiting } = enforcementOf(telling.situation);
  return posture
    ? words.unconfirmed(
        scopeWordsOf(telling, posture.scope),
        clock(telling, posture.since),
        waiting,
      )
    : words.noGateway();
};

const seenByLine = (telling: Telling, escalation: EscalationState): Line =>
  escalation.acknowledged.length === 0
    ? notSeen(false)
    : seenBy(
        escalation.acknowledged.map(({ by, at }) => seenAt(who(telling, by), moment(telling, at))),
      );
