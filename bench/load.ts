import { fork } from "node:child_process";
import { on } from "node:events";
import { fileURLToPath } from "node:url";
import { median, percentile } from "./figures.ts";
import type { Job, Told } from "./load-process.ts";
import { settledIn } from "./program.ts";

/** What came of a load. Latencies in ms; `refused` counts every answer that is no success. */
export interface Load {
  readonly sent: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
}

/** Sends webhooks from a process of its own. Requests are signed before the clock starts. */
export async function load(job: Job): Promise<Load> {
  return (await beginLoad(job)).done;
}

/** The same, for who has something to do meanwhile: resolves when the clock starts. */
export async function beginLoad(job: Job): Promise<{ readonly done: Promise<Load> }> {
  const child = fork(fileURLToPath(new URL("load-process.ts", import.meta.url)), {
    execArgv: ["--import", "tsx"],
  });
  const messages = on(child, "message");
  const next = async (): Promise<Told> => {
    const { value } = await settledIn(120_000, "the load generator", messages.next());
    return value[0];
  };
  child.send(job);
  const begun = await next();
  if (begun !== "began") throw new Error("failed" in begun ? begun.failed : "no answer");
  return { done: next().then(loadOf) };
}

function loadOf(told: Told): Load {
  if (told === "began" || "failed" in told)
    throw new Error(told === "began" ? "no answer" : told.failed);
  const { ms, refused, latencies } = told;
  return {
    sent: latencies.length,
    perSecond: (latencies.length / ms) * 1000,
    p50: median(latencies),
    p99: percentile(latencies, 0.99),
    refused,
  };
}
