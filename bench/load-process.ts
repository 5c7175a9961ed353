import { setTimeout as pause } from "node:timers/promises";
import { type AlertTraffic, alertRequest } from "./alerts.ts";
import { type Lane, openLane } from "./lane.ts";
import { mixed, requestBytes } from "./requests.ts";

/** What the load generator is told by its parent. */
export interface Job {
  readonly port: number;
  readonly secret: string;
  readonly count: number;
  readonly connections: number;
  /** Requests per second; null = each connection sends again as soon as it is answered. */
  readonly rate: number | null;
  /** These instead of signed evaluations. */
  readonly alerts?: AlertTraffic;
  /** Stop after so many seconds, if fewer than `count` were sent by then. */
  readonly seconds?: number;
}

/**
 * Latency is counted from when a request was due, so that a server that stalls is charged for those
 * that had to wait.
 */
type Loaded =
  | { readonly ms: number; readonly refused: number; readonly latencies: readonly number[] }
  | { readonly failed: string };

/** What its parent hears of it, first that it begins to send. */
export type Told = "began" | Loaded;

async function drive(job: Job): Promise<Loaded> {
  const { port, count, connections, seconds = Number.POSITIVE_INFINITY } = job;
  const requests = Array.from({ length: count }, (_, n) => requestOf(job, n));
  const wanted = job.alerts?.to === "alertmanager" ? 200 : 202;
  const lanes = await Promise.all(Array.from({ length: connections }, () => openLane(port)));
  const latencies: number[] = [];
  let refused = 0;
  tell("began");
  const start = performance.now();
  const queue = requests.entries(); // the lanes take turns
  const work = async (lane: Lane): Promise<void> => {
    for (const [n, request] of queue) {
      if (performance.now() - start > seconds * 1000) return;
      const due = await whenDue(job, start, n);
      const status = await lane.send(request);
      latencies.push(performance.now() - due);
      if (status !== wanted) refused += 1;
    }
  };
  await Promise.all(lanes.map(work));
  const ms = performance.now() - start;
  for (const lane of lanes) lane.close();
  return { ms, refused, latencies };
}

const requestOf = ({ port, secret, alerts }: Job, n: number): Buffer =>
  alerts === undefined ? requestBytes(port, mixed(n), secret) : alertRequest(port, alerts, n);

/** Resolves when the n-th request is due, with the time at which it was. */
async function whenDue({ rate }: Job, start: number, n: number): Promise<number> {
  if (rate === null) return performance.now();
  const due = start + (n * 1000) / rate;
  const early = due - performance.now();
  if (early > 0) await pause(early);
  return due;
}

const tell = (told: Told, then: () => void = () => undefined): void =>
  void process.send?.(told, then);

async function answer(job: Job): Promise<void> {
  const loaded = await drive(job).catch((error: unknown): Loaded => ({ failed: String(error) }));
  tell(loaded, () => process.disconnect());
}

process.once("message", (job: Job) => void answer(job));
