import { setTimeout as pause } from "node:timers/promises";
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
}

/**
 * Latency is counted from when a request was due, so that a server that stalls is charged for those
 * that had to wait.
 */
export type Loaded =
  | { readonly ms: number; readonly refused: number; readonly latencies: readonly number[] }
  | { readonly failed: string };

async function drive(job: Job): Promise<Loaded> {
  const { port, secret, count, connections } = job;
  const requests = Array.from({ length: count }, (_, n) => requestBytes(port, mixed(n), secret));
  const lanes = await Promise.all(Array.from({ length: connections }, () => openLane(port)));
  const latencies: number[] = [];
  let refused = 0;
  const start = performance.now();
  const queue = requests.entries(); // the lanes take turns
  const work = async (lane: Lane): Promise<void> => {
    for (const [n, request] of queue) {
      const due = await whenDue(job, start, n);
      const status = await lane.send(request);
      latencies.push(performance.now() - due);
      if (status !== 202) refused += 1;
    }
  };
  await Promise.all(lanes.map(work));
  const ms = performance.now() - start;
  for (const lane of lanes) lane.close();
  return { ms, refused, latencies };
}

/** Resolves when the n-th request is due, with the time at which it was. */
async function whenDue({ rate }: Job, start: number, n: number): Promise<number> {
  if (rate === null) return performance.now();
  const due = start + (n * 1000) / rate;
  const early = due - performance.now();
  if (early > 0) await pause(early);
  return due;
}

async function answer(job: Job): Promise<void> {
  const loaded = await drive(job).catch((error: unknown): Loaded => ({ failed: String(error) }));
  process.send?.(loaded, () => process.disconnect());
}

process.once("message", (job: Job) => void answer(job));
