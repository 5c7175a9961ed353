import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { median, percentile } from "./figures.ts";
import type { Job, Loaded } from "./load-process.ts";
import { settledIn } from "./program.ts";

/** What came of a load. Latencies in ms; `refused` counts every answer but 202. */
export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
}

/** Sends webhooks from a process of its own. Requests are signed before the clock starts. */
export async function load(job: Job): Promise<Load> {
  const child = fork(fileURLToPath(new URL("load-process.ts", import.meta.url)), {
    execArgv: ["--import", "tsx"],
  });
  child.send(job);
  const [loaded]: Loaded[] = await settledIn(120_000, "the load generator", once(child, "message"));
  if (loaded === undefined || "failed" in loaded) throw new Error(loaded?.failed ?? "no answer");
  const { ms, refused, latencies } = loaded;
  return {
    perSecond: (job.count / ms) * 1000,
    p50: median(latencies),
    p99: percentile(latencies, 0.99),
    refused,
  };
}
