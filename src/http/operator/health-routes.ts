import type { FastifyInstance } from "fastify";
import { withTimeout } from "../../app/ports.ts";
import { clockNote } from "../../core/true-clock.ts";
import type { Gate } from "../access.ts";
import type { Health } from "../ports.ts";
import type { Metrics } from "./metrics.ts";

const patience = 2_000;
/** Four missed ticks. */
const oldestTick = 60_000;
/** Deliveries are usually evaluated within a second or two; older ones are reported. */
const oldestUnread = 30_000;

/**
 * GET /healthz: the process answers. GET /readyz: it can do its work. GET /metrics: numbers for
 * Prometheus.
 */
export function healthRoutes(
  app: FastifyInstance,
  {
    health,
    metrics,
    gate,
  }: { readonly health: Health; readonly metrics: Metrics; readonly gate: Gate },
): void {
  app.get("/healthz", async () => ({ ok: true }));

  app.get("/readyz", async (_request, reply) => {
    const checks = await readiness(health);
    const ready = checks.every(({ problem }) => problem === null);
    return reply.code(ready ? 200 : 503).send({ ready, checks });
  });

  app.get("/metrics", { onRequest: gate }, async (_request, reply) => {
    const { text, contentType } = await metrics.read();
    return reply.header("content-type", contentType).send(text);
  });
}

const noRoom =
  "the last write found no room on the database's disk: nothing can be recorded until there is room again";

interface Check {
  readonly name: string;
  readonly problem: string | null;
  /** What an operator should look at; it does not make the server unready. */
  readonly note?: string | null;
}

async function readiness(health: Health): Promise<readonly Check[]> {
  const [database, log, note] = await Promise.all([
    answers("database", health.ping()),
    answers("log", health.headSize()),
    unreadNote(health),
  ]);
  const disk = await health.disk().catch(() => null);
  // the check of the database reports it
  const hasRoom = await withTimeout(health.hasRoom(), patience).catch(() => true);
  const age = health.tickAge();
  const late = age !== null && age > oldestTick;
  const clocks = health.clock();
  const chats = health.chats().map(({ name, problem, note }) => ({ name, problem, note }));
  return [
    database,
    log,
    { name: "room", problem: hasRoom ? null : noRoom },
    { name: "tick", problem: late ? `the last tick was ${Math.round(age / 1000)} s ago` : null },
    { name: "clock", problem: null, note: clocks && clockNote(clocks) },
    { name: "evaluation", problem: null, note },
    { name: "record", problem: health.inDoubt().join(" ") || null },
    // Neither makes the server unready: what can still be stored is stored, and what was signed is
    // known while this process runs.
    { name: "signing", problem: null, note: health.signing() },
    ...(disk === null ? [] : [{ name: "disk", problem: null, note: disk.note }]),
    ...chats,
  ];
}

/** A note, not a problem: refusing webhooks would only lose the later ones as well. */
async function unreadNote(health: Health): Promise<string | null> {
  try {
    const { deliveries, unread } = await withTimeout(health.backlog(), patience);
    const oldest = Math.max(0, ...unread.values());
    return oldest < oldestUnread
      ? null
      : `${deliveries} accepted deliveries are not evaluated yet, the oldest for ${Math.round(oldest / 1000)} s`;
  } catch {
    return null; // the check of the database reports it
  }
}

/** The reason is in our log; the answer only says that something failed. */
async function answers(name: string, asked: Promise<unknown>): Promise<Check> {
  try {
    await withTimeout(asked, patience);
    return { name, problem: null };
  } catch {
    return { name, problem: "does not answer" };
  }
}
