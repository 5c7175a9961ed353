import { elapse, handOffDue } from "../core/elapse.ts";
import type { Notice } from "../core/own-notice.ts";
import { nextReminder } from "../core/reassessment.ts";
import { missedRetests } from "../core/retest.ts";
import { deploymentOf, type Situation } from "../core/situation.ts";
import { digests } from "./digests.ts";
import type { Expecting } from "./expecting.ts";
import type { Journal } from "./journal.ts";
import { heardSince } from "./person-view.ts";
import type { Clock, Store } from "./ports.ts";
import { requestIn } from "./records.ts";

/** "What is due by now?" A tick that is late, doubled or missing changes nothing: the state says what was done. */

const most = 500;

/** More steps than one deployment can owe: a guard against a rule that never comes to rest. */
const stepsAtMost = 1_000;

export interface TickParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly expecting: Pick<Expecting, "look" | "tell">;
  readonly log: (fault: unknown, what: string) => void;
}

/** Does everything due by now, a deployment at a time, then what was not heard and the day's digests; one that fails does not hold up the others. */
export const tick = async ({ store, journal, clock, expecting, log }: TickParts): Promise<void> => {
  const due = await store.dueBy(clock.now(), most);
  for (const stream of new Set(due.map((one) => one.stream))) {
    if (!stream.startsWith("deployment:")) continue;
    const deployment = stream.slice("deployment:".length);
    try {
      const handsOff = due.some((one) => one.stream === stream && one.kind === handOffDue);
      await expecting.tell(await catchUp({ store, journal }, deployment, handsOff));
    } catch (fault) {
      log(fault, deployment);
    }
  }
  const after = { expecting: () => expecting.look(), digests: () => digests({ store, journal }) };
  for (const [what, work] of Object.entries(after)) {
    try {
      await work();
    } catch (fault) {
      log(fault, what);
    }
  }
};

/** Answers with what should have come by now and did not. */
const catchUp = async (
  { store, journal }: Pick<TickParts, "store" | "journal">,
  deployment: string,
  handsOff: boolean,
): Promise<readonly Notice[]> => {
  const asked = { key: null, surface: "tick" as const, deployments: [deployment] };
  const { result } = await journal.write(asked, async (desk) => {
    if (asksAgain(desk.situation(deployment)))
      desk.hear(deployment, await heardSince(store, desk.state(deployment)));
    if (handsOff) desk.recall(deployment, await requestIn(store, desk.situation(deployment)));
    for (let step = 0; step < stepsAtMost; step += 1) {
      const drafts = elapse(desk.situation(deployment));
      if (drafts.length === 0) break;
      desk.add(`deployment:${deployment}`, drafts);
    }
    if (handsOff) desk.redrawLive(deployment);
    desk.refresh(deployment);
    return missedRetests(desk.situation(deployment));
  });
  return result;
};

/** Whether somebody is to be asked again by now: they are told what came in since. */
const asksAgain = (situation: Situation): boolean => {
  const deployment = deploymentOf(situation);
  const next = deployment ? nextReminder(deployment, situation.state) : null;
  return next !== null && next.at <= situation.now;
};
