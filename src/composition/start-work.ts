import { createErasures } from "../app/erase.ts";
import { evaluateWaiting, storeEvaluated } from "../app/intake/evaluate.ts";
import { createIntake, type Intake } from "../app/intake/intake.ts";
import { createSilenceDetector, type SilenceDetector } from "../app/intake/silence-detector.ts";
import { createLostDueTimes } from "../app/lost-due-times.ts";
import { deliverWaiting } from "../app/outbox/chat-delivery.ts";
import { createDailyDigests } from "../app/outbox/digests.ts";
import { passOnUnreached } from "../app/outbox/pass-on-unreachable.ts";
import { type Outward, withTimeout } from "../app/ports.ts";
import { createRetention } from "../app/retention.ts";
import { type Doubts, RecordInDoubt } from "../app/self-check/doubts.ts";
import { createDoubtTeller } from "../app/self-check/tell-doubts.ts";
import { tick } from "../app/tick.ts";
import { createPacedWorker, createWorker, type Worker } from "../app/worker.ts";
import type { Millis } from "../core/ids.ts";
import { watchChats } from "./chat-health.ts";
import type { Parts } from "./core-parts.ts";
import type { Dependencies } from "./dependencies.ts";
import { startOutward } from "./notify-parts.ts";

/**
 * How long closing waits for the check of the chats' accounts, which may be slow. It only reads,
 * and is repeated after the next start.
 */
const watchPatience: Millis = 2_000;

/** The background work: evaluation, delivery, signing, and the tick. */
export function startWork(dependencies: Dependencies, parts: Parts, outward: Outward) {
  const { store, clock, report } = dependencies;
  const { journal, rules } = parts;
  const shell = { store, journal, rules };
  let isStopping = false;
  const evaluation = createWorker(
    () => store.inBackground(() => evaluateWaiting(parts.evaluator, () => isStopping)),
    (fault) => report(fault, "evaluate"),
  );
  const deliveries = deliverersFor(dependencies, parts);
  const signing = signingFor(dependencies, parts);
  const passing = createWorker(
    () => passOnUnreached(journal),
    (fault) => report(fault, "passing on"),
  );
  for (const { chat } of parts.platforms) chat.onUnreached(passing.wake);
  const watch = together([watchChats(dependencies, parts), checkingFor(dependencies, parts)]);
  const told = startOutward(dependencies, parts, outward);
  const wake = (): void => {
    for (const worker of [...deliveries, told, signing]) worker.wake();
  };
  journal.onCommit(wake);
  const stored = createIntake(
    {
      storeDeliveries: (deliveries) => store.inBackground(() => store.storeDeliveries(deliveries)),
    },
    {
      storeEvaluated: (deliveries) =>
        store.inBackground(() => storeEvaluated(parts.evaluator, deliveries)),
      wake: evaluation.wake,
      idle: evaluation.idle,
    },
  );
  const silenceDetector = createSilenceDetector({ ...shell, clock, random: dependencies.random });
  const upkeep = upkeepFor(dependencies, parts);
  const lost = createLostDueTimes(shell);
  let ticked: number | null = null;
  return {
    intake: tellingSilence(stored, silenceDetector, parts.doubts),
    /** One tick: what is due, and what another process or an earlier run left waiting. */
    tick: async (): Promise<void> => {
      await tick({ ...shell, clock, expecting: silenceDetector, lost, log: report });
      ticked = clock.now();
      watch.wake();
      evaluation.wake();
      wake();
      await told.wakeWaiting();
      await evaluation.idle();
      await upkeep();
    },
    tickAge: () => (ticked === null ? null : clock.now() - ticked),
    /**
     * From now on starts only work that earlier commits asked for; resolves when what was started
     * is done and stored.
     */
    stop: async (): Promise<void> => {
      isStopping = true; // deliveries not yet evaluated are stored; the next start evaluates them
      await evaluation.idle();
      await withTimeout(watch.idle(), watchPatience).catch(() => undefined);
      await passing.idle();
      await told.stop(); // before the chats, which report what was delivered
      for (const worker of deliveries) await worker.stop();
      await signing.stop();
    },
    /** Resolves when no work is due now or soon; signing follows its own interval. */
    idle: () => idle([watch, evaluation, told, ...deliveries, passing, ...deliveries]),
  };
}

/** Resolves when each has come to rest, in this order. */
async function idle(workers: readonly Pick<Worker, "idle">[]): Promise<void> {
  for (const worker of workers) await worker.idle();
}

/** What is erased because somebody asked, and what is removed because it is old. */
function upkeepFor(
  { store, clock, keep, report }: Dependencies,
  { journal }: Pick<Parts, "journal">,
): () => Promise<void> {
  const works = {
    erasure: createErasures({ store, journal }),
    "old rows": createRetention({ store, clock }, keep),
  };
  return async () => {
    for (const [what, work] of Object.entries(works))
      await work().catch((fault: unknown) => report(fault, what));
  };
}

/** A delivery that could not be stored is reported to those who expect its data. */
function tellingSilence(stored: Intake, silenceDetector: SilenceDetector, doubts: Doubts): Intake {
  return {
    accept: async (delivery) => {
      try {
        const clock = doubts.about("clock");
        if (clock !== null) throw new RecordInDoubt(clock);
        return await stored.accept(delivery);
      } catch (fault) {
        silenceDetector.deaf();
        throw fault;
      }
    },
    idle: stored.idle,
  };
}

/** Signs the log. */
function signingFor({ report }: Dependencies, { record }: Parts) {
  let open = true;
  let signed: Promise<unknown> = Promise.resolve();
  const worker = createWorker(
    async () => {
      if (!open) return;
      signed = record.sign();
      await signed;
      await oneSecond();
    },
    (fault) => {
      if (open) report(fault, "checkpoint");
    },
  );
  return {
    wake: worker.wake,
    /** Stops signing, and resolves when the last signature is stored. */
    stop: async (): Promise<void> => {
      open = false;
      await Promise.allSettled([signed]);
    },
  };
}

/** Compares the record with what else is known, at each tick; what is wrong is told once. */
function checkingFor(
  { report }: Dependencies,
  { selfCheck, journal, doubts }: Pick<Parts, "selfCheck" | "journal" | "doubts">,
) {
  const tell = createDoubtTeller(journal, doubts);
  const said = new Set<string>();
  return createWorker(
    async () => {
      await selfCheck.look();
      for (const { about, sentence } of doubts.all())
        if (!said.has(sentence)) report(new Error(sentence), about);
      said.clear();
      for (const { sentence } of doubts.all()) said.add(sentence);
      await tell();
    },
    (fault) => report(fault, "self-check"),
  );
}

const together = (workers: readonly Worker[]): Worker => ({
  wake: () => {
    for (const worker of workers) worker.wake();
  },
  idle: async () => {
    for (const worker of workers) await worker.idle();
  },
});

/** One worker for each chat. */
function deliverersFor({ report }: Dependencies, { store, journal, rules, chats }: Parts) {
  const shell = { store, journal, rules };
  const delivering = { ...shell, dailyDigest: createDailyDigests(shell), log: report };
  return chats.map((chat) =>
    createPacedWorker(
      () => deliverWaiting(delivering, chat),
      (fault) => report(fault, chat.name),
    ),
  );
}

/** Checkpoints are signed when the head moves, at most once a second. */
function oneSecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_000).unref());
}
