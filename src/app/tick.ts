import { applyDeadlines, handOffDue } from "../core/deadlines.ts";
import { nextReminder } from "../core/reassessment/reassessment.ts";
import { missedRetests } from "../core/reassessment/retest.ts";
import type { SilenceNotice } from "../core/reassessment/silence-notice.ts";
import { deploymentOf, type Situation } from "../core/state/situation.ts";
import type { SilenceDetector } from "./intake/silence-detector.ts";
import { waitingRules } from "./intake/waiting-rules.ts";
import type { Journal } from "./journal.ts";
import { dailyCheckpoints } from "./outbox/checkpoints.ts";
import { digests } from "./outbox/digests.ts";
import type { PolicyCache } from "./policy-cache.ts";
import type { Clock, Store } from "./ports.ts";
import { evidenceSince } from "./reads/evidence-since.ts";
import { heardSince } from "./reads/home-view.ts";
import { requestIn } from "./reads/recorded-texts.ts";
import { RecordInDoubt } from "./self-check/doubts.ts";
import type { UnitOfWork } from "./unit-of-work.ts";
import { deploymentIn } from "./unit-of-work-parts.ts";

/**
 * "What is due by now?" A tick that is late, doubled or missing changes nothing: the state says
 * what was done.
 */

const most = 500;

/** More steps than one deployment can owe: a guard against a rule that never comes to rest. */
const stepsAtMost = 1_000;

export interface TickParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly expecting: Pick<SilenceDetector, "look" | "tell">;
  /** Deployments of which a due time is missing in the database. */
  readonly lost: () => Promise<readonly string[]>;
  readonly rules: Pick<PolicyCache, "current">;
  readonly log: (fault: unknown, what: string) => void;
}

/**
 * Does everything due by now, a deployment at a time, then what was not heard and the day's
 * digests; one that fails does not hold up the others.
 */
export async function tick({
  store,
  journal,
  clock,
  expecting,
  lost,
  rules,
  log,
}: TickParts): Promise<void> {
  const due = await store.dueBy(clock.now(), most);
  const caughtUp = async (deployment: string): Promise<void> => {
    const handsOff = due.some(
      ({ stream, kind }) => kind === handOffDue && deploymentIn(stream) === deployment,
    );
    try {
      await expecting.tell(await catchUp({ store, journal }, deployment, handsOff));
    } catch (fault) {
      // what is in doubt is said once, elsewhere
      if (!(fault instanceof RecordInDoubt)) log(fault, deployment);
    }
  };
  const ofDue = due.flatMap(({ stream }) => deploymentIn(stream) ?? []);
  for (const deployment of new Set(ofDue)) await caughtUp(deployment);
  const after = {
    "lost due times": async () => {
      for (const deployment of await lost()) await caughtUp(deployment);
    },
    expecting: () => expecting.look(),
    "rules that wait": () => waitingRules({ store, journal, clock, rules }),
    digests: () => digests({ store, journal }),
    // most policies name no address: then nothing is asked of the database
    checkpoints: async () =>
      (rules.current()?.audit.size ?? 0) > 0 && dailyCheckpoints({ store, journal }),
  };
  for (const [what, work] of Object.entries(after)) {
    try {
      await work();
    } catch (fault) {
      log(fault, what);
    }
  }
}

/** Answers with what should have come by now and did not. */
async function catchUp(
  { store, journal }: Pick<TickParts, "store" | "journal">,
  deployment: string,
  handsOff: boolean,
): Promise<readonly SilenceNotice[]> {
  const asked = { key: null, surface: "tick" as const, deployments: [deployment] };
  const { result } = await journal.write(asked, async (work) => {
    await readFor(store, work, deployment);
    if (handsOff) work.recall(deployment, await requestIn(store, work.situation(deployment)));
    for (let step = 0; step < stepsAtMost; step += 1) {
      const drafts = applyDeadlines(work.situation(deployment));
      if (drafts.length === 0) break;
      work.add(`deployment:${deployment}`, drafts);
    }
    if (handsOff) work.redrawLive(deployment);
    work.refresh(deployment);
    return missedRetests(work.situation(deployment));
  });
  return result;
}

/** Reads what came in since the last decision, where it is said or recorded now. */
async function readFor(
  store: TickParts["store"],
  work: UnitOfWork,
  deployment: string,
): Promise<void> {
  if (asksAgain(work.situation(deployment)))
    work.receive(deployment, await heardSince(store, work.state(deployment)));
  if (takesEffect(work.situation(deployment)))
    work.restOn(await evidenceSince(store, work.state(deployment)));
}

/** Whether a resume that waited for an objection takes effect by now. */
function takesEffect({ state: { proposal }, now }: Situation): boolean {
  return proposal?.waits !== undefined && proposal.waits.until <= now;
}

/** Whether somebody is to be asked again by now: they are told what came in since. */
function asksAgain(situation: Situation): boolean {
  const deployment = deploymentOf(situation);
  const next = deployment ? nextReminder(deployment, situation.state) : null;
  return next !== null && next.at <= situation.now;
}
