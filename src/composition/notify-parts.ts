import { checkpointsFor } from "../app/outbox/checkpoint-rows.ts";
import { deliverCheckpoints } from "../app/outbox/checkpoints.ts";
import { noticesFor, pagesFor } from "../app/outbox/outbox-rows.ts";
import { deliverPages } from "../app/outbox/pager-pages.ts";
import { deliverNotices } from "../app/outbox/webhook-notices.ts";
import type { Clock, Outward } from "../app/ports.ts";
import { createPacedWorker, type PacedWorker } from "../app/worker.ts";
import type { Config } from "../config.ts";
import type { Endpoint, Pager, Policy } from "../core/policy/model.ts";
import { syncDirectory } from "../kept-file.ts";
import { auditFiles } from "../notify/audit-files.ts";
import { systemResolve } from "../notify/post.ts";
import { pageTimes, standardSchedule } from "../notify/schedule.ts";
import { createOutward, type OutwardTimes } from "../notify/send.ts";
import type { NeededSecret } from "../secret-problems.ts";
import type { Parts } from "./core-parts.ts";
import type { Dependencies } from "./dependencies.ts";

/** Webhook endpoints and pagers for the server. */

const production: OutwardTimes = {
  timeout: 10_000,
  schedule: standardSchedule,
  page: pageTimes,
  // Eight deployments of an endpoint in parallel; the lease is longer than a send that is given up
  // for lack of an answer.
  pace: {
    perLane: 1,
    laneMs: 0,
    editMs: 0,
    leaseMs: 30_000,
    doubtMs: 0,
    retryMs: 5_000,
  },
};

export interface OutwardDependencies {
  readonly config: Config;
  readonly clock: Clock;
  /** The log's name. */
  readonly origin: string;
  readonly secretFor: Config["secretFor"];
  /** Null = as the specification says. */
  readonly times: OutwardTimes | null;
}

/** Builds what sends webhooks and pages. */
export function outwardFor({
  config,
  clock,
  origin,
  secretFor,
  times,
}: OutwardDependencies): Outward {
  return createOutward({
    clock,
    origin,
    publicUrl: config.publicUrl,
    pagerdutyUrl: config.pagerdutyUrl,
    secretFor: (reference) => secretFor(reference)?.reveal(),
    jitter: Math.random,
    resolve: systemResolve,
    times: times ?? production,
  });
}

/**
 * The secrets of a policy's endpoints and pagers. In demo mode a pager may lack its key: then it
 * pages nobody, and says so.
 */
export function secretsNeeded(
  told: {
    readonly notify: ReadonlyMap<string, Pick<Endpoint, "secrets">>;
    readonly wake: ReadonlyMap<string, Pick<Pager, "routingKey">>;
    readonly audit: ReadonlyMap<
      string,
      { readonly kind?: string; readonly secrets?: readonly string[] }
    >;
  },
  demo: boolean,
): readonly NeededSecret[] {
  return [
    ...[...told.notify].flatMap(([id, { secrets }]) =>
      secrets.map((reference) => ({
        reference,
        is: "base64" as const,
        of: `the secret of notify ${id}`,
      })),
    ),
    ...[...told.audit].flatMap(([id, { secrets = [] }]) =>
      secrets.map((reference) => ({
        reference,
        is: "base64" as const,
        of: `the secret of audit ${id}`,
      })),
    ),
    ...[...told.wake].flatMap(([id, { routingKey }]) =>
      demo
        ? []
        : [{ reference: routingKey, is: "text" as const, of: `the routing key of wake ${id}` }],
    ),
  ];
}

/** A line at the start for each pager without a key. */
export function silentPagers(
  { wake }: Pick<Policy, "wake">,
  secretFor: Config["secretFor"],
): readonly string[] {
  return [...wake.values()]
    .filter(({ routingKey }) => secretFor(routingKey) === undefined)
    .map(({ id, routingKey }) => {
      const name = routingKey.replace(/^env:/, "");
      return `Pager ${id}: ${name} is not set, so it pages nobody.`;
    });
}

/**
 * One worker for each endpoint and each pager, started when the policy or the outbox first names
 * it.
 */
export function startOutward(
  { store, report }: Pick<Dependencies, "store" | "report">,
  { journal, rules, record }: Pick<Parts, "journal" | "rules" | "record">,
  outward: Outward,
) {
  const parts = {
    store,
    journal,
    rules,
    record,
    outward,
    files: auditFiles(syncDirectory),
    log: report,
  };
  const workers = new Map<string, PacedWorker>();
  const begin = (name: string): PacedWorker => {
    const id = name.slice(name.indexOf(":") + 1);
    const deliver =
      name === noticesFor(id)
        ? deliverNotices
        : name === checkpointsFor(id)
          ? deliverCheckpoints
          : deliverPages;
    return createPacedWorker(
      () => deliver(parts, id),
      (fault) => report(fault, name),
    );
  };
  const wake = (name: string): void => {
    const worker = workers.get(name) ?? begin(name);
    workers.set(name, worker);
    worker.wake();
  };
  const each = async (act: (worker: PacedWorker) => Promise<void>): Promise<void> => {
    await Promise.all([...workers.values()].map(act));
  };
  return {
    /** After a commit. */
    wake: (): void => {
      const policy = rules.current();
      for (const id of policy?.notify.keys() ?? []) wake(noticesFor(id));
      for (const id of policy?.wake.keys() ?? []) wake(pagesFor(id));
      for (const id of policy?.audit.keys() ?? []) wake(checkpointsFor(id));
    },
    /** At a tick: also wakes workers for endpoints and pagers that the policy no longer names. */
    wakeWaiting: async (): Promise<void> => {
      for (const name of await store.waitingChats())
        if (/^(?:notify|pager|audit):/.test(name)) wake(name);
    },
    idle: () => each((worker) => worker.idle()),
    stop: () => each((worker) => worker.stop()),
  };
}
