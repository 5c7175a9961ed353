import type { FastifyInstance } from "fastify";
import { clockNote } from "../core/true-clock.ts";
import type { Gate } from "./access.ts";
import type { Metrics } from "./metrics.ts";
import type { Health } from "./ports.ts";
import { soon } from "./soon.ts";

const patience = 2_000;
/** Four missed bells. */
const oldestTick = 60_000;

/** GET /healthz: the process answers. GET /readyz: it can also do its work. GET /metrics: numbers for Prometheus. */
export const healthRoutes = (
  app: FastifyInstance,
  health: Health,
  metrics: Metrics,
  gate: Gate,
): void => {
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
};

interface Check {
  readonly name: string;
  readonly problem: string | null;
  /** What an operator should look at; it turns no request away. */
  readonly note?: string | null;
}

const readiness = async (health: Health): Promise<readonly Check[]> => {
  const [database, log] = await Promise.all([
    answers("database", health.ping()),
    answers("log", health.headSize()),
  ]);
  const age = health.tickAge();
  const late = age !== null && age > oldestTick;
  const clocks = health.clock();
  const chats = health.chats().map(({ name, problem, note }) => ({ name, problem, note }));
  return [
    database,
    log,
    { name: "tick", problem: late ? `the last tick was ${Math.round(age / 1000)} s ago` : null },
    { name: "clock", problem: null, note: clocks && clockNote(clocks) },
    ...chats,
  ];
};

/** What went wrong is in our log; here it is only said that something did. */
const answers = async (name: string, asked: Promise<unknown>): Promise<Check> => {
  try {
    await soon(asked, patience);
    return { name, problem: null };
  } catch {
    return { name, problem: "does not answer" };
  }
};
