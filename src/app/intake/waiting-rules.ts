import { spokenDuration } from "../../core/duration.ts";
import type { Reading } from "../../core/escalation/readings.ts";
import type { Instant } from "../../core/ids.ts";
import { ownSource } from "../../core/policy/expectation.ts";
import type { Memory } from "../../core/policy/memory.ts";
import type { Policy, Trigger } from "../../core/policy/model.ts";
import { unmistakable } from "../../core/reassessment/silence-notice.ts";
import { blankSignal, type ObservedSignal } from "../../core/signal.ts";
import { rfc3339 } from "../../core/time.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Clock, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { openOrJoin, prepared } from "./judge.ts";

/**
 * Rules that wait for time: a condition that has to last (`for`), and a run that has to follow a
 * change (`expect`). What they wait for is kept with their readings, so a restart loses none, and
 * a late tick does what is due then.
 */

interface WaitingParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly rules: Pick<PolicyCache, "current">;
}

const most = 200;

type Due = Awaited<ReturnType<Store["dueReadings"]>>[number];

/** Fires what has lasted long enough, and what was not run in time. */
export async function waitingRules({ store, journal, clock, rules }: WaitingParts): Promise<void> {
  const policy = rules.current();
  if (!policy || ![...policy.triggers.values()].some(waits)) return;
  const due = await store.dueReadings(clock.now(), most);
  for (const deployment of new Set(due.map(({ reading }) => reading.deployment))) {
    const some = due.filter(({ reading }) => reading.deployment === deployment);
    const runs = await lastRunsFor(store, policy, some);
    await journal.write({ key: null, surface: "tick", deployments: [deployment] }, async (work) => {
      for (const one of some) await fire(store, work, { ...one, ranAt: runs.get(one) ?? null });
    });
  }
}

const waits = ({ memory }: Trigger): boolean =>
  memory !== null && (memory.lasts !== null || memory.expect !== null);

const triggerFor = (policy: Policy, { rule }: Reading): Trigger | undefined =>
  [...policy.triggers.values()].find((trigger) => trigger.rule === rule);

/** When the suite that each expects last ran whole, whatever source told of it. */
async function lastRunsFor(
  store: Store,
  policy: Policy,
  due: readonly Due[],
): Promise<ReadonlyMap<Due, Instant>> {
  const sources = [...policy.sources.keys()];
  const found = new Map<Due, Instant>();
  for (const one of due) {
    const suite = triggerFor(policy, one.reading)?.memory?.expect?.suite;
    if (suite === undefined || sources.length === 0) continue;
    const { deployment } = one.reading;
    const at = await store.lastRuns(sources.map((source) => ({ source, deployment, suite })));
    found.set(one, Math.max(...at.map((ran) => ran ?? 0)));
  }
  return found;
}

async function fire(
  store: Store,
  work: UnitOfWork,
  { reading, observed, ranAt }: Due & { readonly ranAt: Instant | null },
): Promise<void> {
  work.extra.readings.push({ ...reading, due: null });
  work.refresh(reading.deployment);
  const { policy } = work.situation(reading.deployment);
  const trigger = triggerFor(policy, reading);
  const memory = trigger?.memory;
  if (!trigger || !memory || !trigger.deployments.includes(reading.deployment)) return;
  const told = memory.expect
    ? notRun(policy, { reading, expect: memory.expect, ranAt })
    : observed && { observed, because: `for ${spokenDuration(memory.lasts ?? 0)}` };
  if (!told) return;
  const { delivery: id, position, deployment, body: digest } = reading;
  const delivery = {
    id,
    source: told.observed.signal.source,
    receivedAt: reading.at,
    contentType: "",
    body: new Uint8Array(),
    identity: null,
    attributes: {},
  };
  const received = { delivery, position, observed: told.observed, digest };
  const at = await prepared(store, {
    work,
    deployments: [deployment],
    arrived: [{ ...received, deployment }],
  });
  openOrJoin(at, {
    receivedSignal: received,
    deployment,
    trigger,
    verdict: { is: "fired", because: told.because },
    decided: [],
  });
}

/** A run that should have followed a change, as a signal of our own; null where it did. */
function notRun(
  policy: Policy,
  {
    reading,
    expect,
    ranAt,
  }: {
    readonly reading: Reading;
    readonly expect: NonNullable<Memory["expect"]>;
    readonly ranAt: Instant | null;
  },
): { readonly observed: ObservedSignal; readonly because: string } | null {
  if (ranAt !== null && ranAt >= reading.at) return null;
  const { suite, after, within } = expect;
  const zone = policy.deployments.get(reading.deployment)?.hours.timezone ?? "UTC";
  const because = `no complete run of ${suite} within ${spokenDuration(within)} after ${after} on ${unmistakable(reading.at, zone)}`;
  const signal = blankSignal({
    source: ownSource,
    kind: "eval",
    status: "no_data",
    deployment: reading.deployment,
    severity: "warning",
    summary: because,
    startedAt: rfc3339(reading.at),
    metric: "expected run",
    suite,
  });
  const condition = `expected:${suite}:${after}`;
  return {
    because,
    observed: { signal, condition, occurrence: rfc3339(reading.at), caveat: null },
  };
}
