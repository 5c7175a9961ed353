import { once } from "node:events";
import { setTimeout as after } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { type Env, program } from "../support/process.ts";

/** A replica under a supervisor, which starts it again whenever it ends. */
export interface Replica {
  readonly url: string;
  /** How often it was started. */
  starts(): number;
  /** What the last one that ended by itself said before. */
  lastWords(): string;
  /** Resolves when /readyz answers 200. */
  ready(): Promise<void>;
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
  /** SIGTERM, and it is not started again. */
  stop(): Promise<void>;
}

export function startReplica(env: Env): Replica {
  const url = `http://127.0.0.1:${env["PORT"]}`;
  let starts = 0;
  let lastWords = "";
  let isWanted = true;

  const launch = () => {
    starts += 1;
    const child = program([], env);
    child.stdout.resume();
    let err = "";
    child.stderr.on("data", (chunk) => {
      err = `${err}${chunk}`.slice(-2_000);
    });
    child.once("exit", (code) => {
      if (code !== null) lastWords = `exit ${code}: ${err}`;
      if (isWanted) running = launch();
    });
    return child;
  };
  let running = launch();

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const child = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  const isReady = async (): Promise<boolean> => {
    try {
      return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
    } catch {
      return false;
    }
  };
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    isWanted = false;
    await end(signal);
  };
  onTestFinished(() => stop("SIGKILL"));

  return {
    url,
    starts: () => starts,
    lastWords: () => lastWords,
    ready: async () => {
      while (!(await isReady())) await after(100);
    },
    kill: () => end("SIGKILL"),
    stop: () => stop("SIGTERM"),
  };
}
