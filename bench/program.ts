import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { withTimeout } from "../src/app/ports.ts";
import { benchPolicy } from "./policy.ts";
import { webhookSecret } from "./requests.ts";

/** A server in a process of its own: the real program, or what it is compared with. */
export interface Program {
  readonly port: number;
  readonly url: string;
  /** From the spawn to the first 200 of /readyz, ms. */
  readonly readyIn: number;
  /** Resident memory now, MB. */
  resident(): number;
  /** CPU time of the process so far, ms. */
  cpu(): number;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
}

export type Env = Readonly<Record<string, string>>;

/**
 * A directory of the bench's own: the data of one program, its policy and its key. Nobody else's
 * `.holdpoint` is touched.
 */
export interface Home {
  readonly env: Env;
  readonly secret: string;
  remove(): void;
}

/** What gateways of the bench show. */
export const gatewayToken = "gateway-token-of-the-bench-0123456789";

/** What its Alertmanager shows. */
export const alertmanagerToken = "alertmanager-token-of-the-bench-0123456789";

/** What opens demo mode there. */
export const demoKey = "demo-key-of-the-bench-0123456789abcdefghijk";

/** Whoever shows it may read everything, too. */
export const asOperator = { headers: { authorization: `Bearer ${demoKey}` } };

/**
 * Made with `databaseUrl` = null for the embedded database, `notifyUrl` = null where nobody is
 * told.
 */
export function makeHome(databaseUrl: string | null, notifyUrl: string | null): Home {
  const directory = mkdtempSync(join(tmpdir(), "holdpoint-bench-"));
  const secret = webhookSecret();
  const policy = join(directory, "policy.yaml");
  const key = join(directory, "log-key.pem");
  writeFileSync(policy, benchPolicy(notifyUrl));
  const { privateKey } = generateKeyPairSync("ed25519");
  mkdirSync(join(directory, "data"), { mode: 0o700 });
  writeFileSync(join(directory, "data", "demo-key"), demoKey, { mode: 0o600 });
  writeFileSync(key, privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
  return {
    secret,
    env: {
      HOLDPOINT_DATA: join(directory, "data"),
      HOLDPOINT_POLICY: policy,
      HOLDPOINT_LOG_KEY: key,
      HOLDPOINT_ORIGIN: "bench.example.org/log",
      SIGNALS_WEBHOOK_SECRET: secret,
      ALERTMANAGER_TOKEN: alertmanagerToken,
      BENCH_NOTIFY_SECRET: secret,
      HOLDPOINT_GATEWAY_TOKEN: gatewayToken,
      LOG_LEVEL: "warn",
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Starts the program as an operator does, and waits until it is ready, or answers at least. */
export function startProgram(
  env: Env,
  readyAt: "/readyz" | "/healthz" = "/readyz",
): Promise<Program> {
  return start(import.meta.resolve("../src/main.ts"), env, { node: heapLimits(), readyAt });
}

/** What `npm start` tells Node of the heap. */
function heapLimits(): readonly string[] {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return manifest.match(/"start": ".*/)?.[0].match(/--max-[\w-]+=\d+/g) ?? [];
}

/** Starts what the program's intake is compared with. */
export function startOther(mode: "grouped" | "single", env: Env): Promise<Program> {
  return start(import.meta.resolve("./other-server.ts"), env, { own: [mode] });
}

/** Starts a server that does nothing. */
export function startBare(env: Env): Promise<Program> {
  return start(import.meta.resolve("./bare-server.ts"), env, {});
}

async function start(
  file: string,
  env: Env,
  {
    node = [],
    own = [],
    readyAt = "/readyz",
  }: {
    readonly node?: readonly string[];
    readonly own?: readonly string[];
    readonly readyAt?: string;
  },
): Promise<Program> {
  const port = await freePort();
  return spawned(port, {
    command: process.execPath,
    args: [...node, "--import", "tsx", fileURLToPath(file), ...own],
    env: { ...env, PORT: String(port) },
    readyAt,
  });
}

/** Starts a server that will listen on `port`, and waits until `readyAt` answers 200. */
export async function spawned(
  port: number,
  {
    command,
    args,
    env,
    readyAt,
  }: {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: Env;
    readonly readyAt: string;
  },
): Promise<Program> {
  const began = performance.now();
  const child = spawn(command, args, {
    env: { ...inherited(), ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await ready(`${url}${readyAt}`, child);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    port,
    url,
    readyIn: performance.now() - began,
    resident: () => residentOf(child.pid ?? 0),
    cpu: () => cpuOf(child.pid ?? 0),
    stop: () => stop(child),
  };
}

function inherited(): Env {
  // biome-ignore lint/style/noProcessEnv: a child gets these of ours and nothing else
  const given = process.env;
  return { PATH: given["PATH"] ?? "", HOME: given["HOME"] ?? "" };
}

async function ready(address: string, child: ChildProcess): Promise<void> {
  for (const began = performance.now(); performance.now() - began < 60_000; await pause(5)) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const answer = await fetch(address).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
  }
  throw new Error("the server was not ready within 60 s");
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await settledIn(30_000, "the end of a server", ended).catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });
}

/** Linux only: elsewhere NaN, which meets no goal. */
function residentOf(pid: number): number {
  if (process.platform !== "linux") return Number.NaN;
  const [, kilobytes = "NaN"] =
    /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

/** Linux only, too; its clock ticks are hundredths of a second in every /proc. */
function cpuOf(pid: number): number {
  if (process.platform !== "linux") return Number.NaN;
  const afterName = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) ?? "";
  const [user, system] = afterName.split(" ").slice(11, 13).map(Number);
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) * 10;
}

/** A port of 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Nothing in a bench waits for ever. */
export function settledIn<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  return withTimeout(work, ms, () => new Error(`${what} took longer than ${ms / 1000} s`));
}

/**
 * Waits until everything that was stored has been evaluated, and answers how long that took, ms.
 */
export async function caughtUp(program: Program): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < 120_000) {
    if ((await waitingIn(program)) === 0) return performance.now() - began;
    await pause(100);
  }
  throw new Error("stored webhooks were not evaluated within 120 s");
}

/** How many stored deliveries are not evaluated yet. */
export async function waitingIn({ url }: Program): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, asOperator)).text();
  const [, waiting] = /^holdpoint_deliveries_waiting(?:\{[^}]*\})? (\d+)/m.exec(text) ?? [];
  if (waiting === undefined) throw new Error("/metrics says nothing of waiting deliveries");
  return Number(waiting);
}
