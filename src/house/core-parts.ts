import { AsyncResource } from "node:async_hooks";
import { commands } from "../../commands/index.ts";
import { createViews } from "../app/audit.ts";
import { createInbound } from "../app/decide.ts";
import { deliverWaiting } from "../app/deliver.ts";
import { digestOf } from "../app/digests.ts";
import { type EvaluatorParts, evaluateAll, evaluateWaiting } from "../app/evaluate.ts";
import { createExpecting, type Expecting } from "../app/expecting.ts";
import { createForgetting } from "../app/forget.ts";
import { createIntake, type Intake } from "../app/intake.ts";
import { createJournal, type Journal } from "../app/journal.ts";
import type { Chat, Clock, LastSigned, Outward, Random, Store } from "../app/ports.ts";
import { createReading, type Reading } from "../app/read-first.ts";
import { createReads } from "../app/reads.ts";
import { createRecord } from "../app/record.ts";
import { createRules, type Rules } from "../app/rules.ts";
import { createSessions } from "../app/sessions.ts";
import { tick } from "../app/tick.ts";
import { passOnUnreached } from "../app/unreached.ts";
import { createPacedWorker, createWorker, type Worker } from "../app/worker.ts";
import { consoleChat } from "../console/chat.ts";
import type { Millis } from "../core/ids.ts";
import type { LogKey } from "../core/log/checkpoint.ts";
import { parseNotice } from "../core/own-notice.ts";
import { soon } from "../http/soon.ts";
import { parseDelivery } from "../sources/index.ts";
import type { ChatParts } from "./chat-parts.ts";
import { watchChats } from "./chat-watch.ts";
import { startOutward } from "./notify-parts.ts";
import type { SlackParts } from "./slack-parts.ts";

/** What everything is made from. */
export interface Ground {
  readonly store: Store;
  readonly key: LogKey;
  readonly lastSigned: LastSigned;
  /** How long bodies of deliveries, receipts and sent messages are kept. */
  readonly keep: Millis;
  readonly clock: Clock;
  readonly random: Random;
  /** Logs a fault and answers the reference that a person may be shown. */
  readonly report: (fault: unknown, what: string) => string;
  /** Builds Slack over the rules; null where it is not configured. */
  readonly slack: ((rules: Rules) => SlackParts) | null;
  /** The same for Teams. */
  readonly teams: ((rules: Rules) => ChatParts) | null;
}

export type Parts = ReturnType<typeof buildParts>;

const readers = { parse: parseDelivery, parseOwn: parseNotice };

/** Builds the shell over a store: nothing here runs by itself yet. */
export const buildParts = (ground: Ground) => {
  const { store, key, lastSigned, clock, random, report } = ground;
  const rules = createRules(store);
  const slack = ground.slack?.(rules) ?? null;
  const teams = ground.teams?.(rules) ?? null;
  const platforms: readonly ChatParts[] = [slack, teams].filter((one) => one !== null);
  const alone = platforms.length === 0;
  const chats: readonly Chat[] = [
    consoleChat(store, clock, { alone }),
    ...platforms.map(({ chat }) => chat),
  ];
  const readFirst = (): Reading =>
    createReading({ ...readers, store, rules, evaluate: (all) => evaluateAll(evaluator, all) });
  const origin = key.origin;
  const journal = inTheirOwn(
    createJournal({ store, clock, random, rules, origin, chats, readFirst }),
  );
  const shell = { store, journal, rules };
  const evaluator: EvaluatorParts = { ...shell, ...readers };
  return {
    ...shell,
    evaluator,
    random,
    chats,
    slack,
    platforms,
    inbound: createInbound({ ...shell, commands, within: soon, log: report }),
    views: createViews(shell),
    reads: createReads(shell),
    sessions: createSessions({ store, journal, clock, random }),
    record: createRecord(store, key, lastSigned),
  };
};

/** Whoever hears of a commit is not in the background because the commit was: a card is sent before noise is read. */
const inTheirOwn = (journal: Journal): Journal => ({
  ...journal,
  onCommit: (listener) => journal.onCommit(AsyncResource.bind(listener)),
});

/** The watch asks a chat about one person after another, and a chat may be silent. It only asks, and will again after the next start. */
const watchPatience: Millis = 2_000;

/** The work that goes on behind the answers: evaluation, delivery, signing, and the tick. */
export const startWork = (ground: Ground, parts: Parts, outward: Outward) => {
  const { store, clock, report } = ground;
  const { journal, rules } = parts;
  const shell = { store, journal, rules };
  let isStopping = false;
  const evaluation = createWorker(
    () => store.inBackground(() => evaluateWaiting(parts.evaluator, () => isStopping)),
    (fault) => report(fault, "evaluate"),
  );
  const deliveries = deliverersFor(ground, parts);
  const signing = signingFor(ground, parts);
  const passing = createWorker(
    () => passOnUnreached(journal),
    (fault) => report(fault, "passing on"),
  );
  for (const { chat } of parts.platforms) chat.onUnreached(passing.wake);
  const watch = watchChats(ground, parts);
  const told = startOutward(ground, parts, outward);
  const wake = (): void => {
    for (const worker of [...deliveries, told, signing]) worker.wake();
  };
  journal.onCommit(wake);
  const stored = createIntake({
    storeDeliveries: (all) => store.inBackground(() => store.storeDeliveries(all)),
  });
  const expecting = createExpecting({ ...shell, clock, random: ground.random });
  const forget = createForgetting({ store, clock }, ground.keep);
  let ticked: number | null = null;
  return {
    intake: heedful(stored, evaluation, expecting),
    /** One tick: what is due, and whatever another process or an earlier life left waiting. */
    ring: async (): Promise<void> => {
      await tick({ store, journal, clock, expecting, log: report });
      ticked = clock.now();
      watch.wake();
      evaluation.wake();
      wake();
      await told.ring();
      await evaluation.idle();
      await forget().catch((fault: unknown) => report(fault, "old rows"));
    },
    tickAge: () => (ticked === null ? null : clock.now() - ticked),
    /** Nothing is begun from now on but what a commit before this asks for; resolves when what was begun is done and stored. */
    stop: async (): Promise<void> => {
      isStopping = true; // what waits to be evaluated is stored, and the next start begins with it
      await evaluation.idle();
      await soon(watch.idle(), watchPatience).catch(() => undefined);
      await passing.idle();
      await told.stop(); // that somebody was told is said in the chats
      for (const worker of deliveries) await worker.stop();
      await signing.stop();
    },
    /** Resolves when nothing waits that may be done now or soon; signing is left to its own second. */
    idle: async (): Promise<void> => {
      await watch.idle();
      await evaluation.idle();
      await told.idle();
      for (const worker of deliveries) await worker.idle();
      await passing.idle();
      for (const worker of deliveries) await worker.idle();
    },
  };
};

/** Wakes the evaluation for what was stored; what could not be is told to those who expect something. */
const heedful = (stored: Intake, evaluation: Worker, expecting: Expecting): Intake => ({
  accept: async (delivery) => {
    try {
      const answer = await stored.accept(delivery);
      evaluation.wake();
      return answer;
    } catch (fault) {
      expecting.deaf();
      throw fault;
    }
  },
  idle: stored.idle,
});

/** Signs the log; why it is not signed is reported once. */
const signingFor = ({ report }: Ground, { record }: Parts) => {
  let open = true;
  let signed: Promise<unknown> = Promise.resolve();
  let heldBefore: string | null = null;
  const worker = createWorker(
    async () => {
      if (!open) return;
      signed = record.sign();
      await signed;
      const held = record.held();
      if (held !== null && held !== heldBefore) report(new Error(held), "checkpoint");
      heldBefore = held;
      await oneSecond();
    },
    (fault) => report(fault, "checkpoint"),
  );
  return {
    wake: worker.wake,
    /** Signs nothing more, and resolves when what is being signed is done. */
    stop: async (): Promise<void> => {
      open = false;
      await Promise.allSettled([signed]);
    },
  };
};

/** One worker for each chat. */
const deliverersFor = ({ report }: Ground, { store, journal, rules, chats }: Parts) => {
  const shell = { store, journal, rules };
  const delivering = { ...shell, digestOf: digestOf(shell), log: report };
  return chats.map((chat) =>
    createPacedWorker(
      () => deliverWaiting(delivering, chat),
      (fault) => report(fault, chat.name),
    ),
  );
};

/** Checkpoints are signed when the head moves, at most once a second. */
const oneSecond = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_000).unref());
