import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { operatorToken } from "../support/keys.ts";
import { playgroundConfig, policyText, tenantId } from "./cast.ts";

/**
 * Holdpoint and the Playground as processes of their own. Nobody else is in the namespace, so the
 * ports are fixed.
 */

export const holdpointUrl = "http://127.0.0.1:3000";
export const playgroundUrl = "http://localhost:56150";

const require = createRequire(import.meta.url);
const playgroundProgram = require.resolve("@microsoft/m365agentsplayground/cli.js");

/** What runs, and the folder it runs in. */
export interface Programs {
  readonly folder: string;
  /** Runs `npm run holdpoint -- …` against the server. */
  command(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly out: string }>;
  /** What a program wrote to its own log, for a failure's message. */
  readonly logs: () => string;
  close(): Promise<void>;
}

const given = Object.fromEntries(
  ["PATH", "HOME", "TZ"].flatMap((name) => {
    // biome-ignore lint/style/noProcessEnv: a child gets these of ours and nothing else
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

const environment = (folder: string): Record<string, string> => ({
  ...given,
  PORT: "3000",
  HOLDPOINT_DATA: join(folder, "data"),
  HOLDPOINT_POLICY: join(folder, "policy.yaml"),
  HOLDPOINT_TEAMS_ANONYMOUS: "1",
  HOLDPOINT_TEAMS_TENANTS: tenantId,
  HOLDPOINT_OPERATOR_TOKEN: operatorToken,
  SIGNALS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 9).toString("base64")}`,
  INSPECT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 8).toString("base64")}`,
  ALERTMANAGER_TOKEN: "alertmanager-token-for-tests-0123456789",
  LOG_LEVEL: "warn",
});

/** Starts both and waits until each answers. */
export async function startPrograms(): Promise<Programs> {
  const folder = mkdtempSync(join(tmpdir(), "holdpoint-playground-"));
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "policy.yaml"), policyText());
  writeFileSync(join(folder, ".m365agentsplayground.yml"), playgroundConfig());
  const env = environment(folder);
  const written: string[] = [];
  const running: ChildProcess[] = [];
  const start = (
    command: string,
    args: readonly string[],
    { cwd, own }: { readonly cwd: string; readonly own: typeof env },
  ) => {
    const child = spawn(command, args, { cwd, env: own, stdio: ["ignore", "pipe", "pipe"] });
    running.push(child);
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => written.push(String(chunk)));
    return child;
  };
  const here = process.cwd();
  start("npm", ["start"], { cwd: here, own: env });
  const whereTo = ["-e", `${holdpointUrl}/api/messages`, "-c", "msteams", "-p", "56150"];
  const playground = [playgroundProgram, "start", ...whereTo, "--disable-telemetry"];
  // It asks desktop programs to open a browser window; there is nobody to open one for.
  start(process.execPath, playground, { cwd: folder, own: { ...given, BROWSER: "none" } });
  const logs = () => written.join("");
  // Asked before it listens, the Playground takes its port for occupied and goes to another.
  await until(async () => logs().includes("Listening on 56150"), logs);
  await until(async () => (await fetch(`${holdpointUrl}/readyz`)).ok, logs);
  return {
    folder,
    logs,
    command: (...args) => run(["run", "-s", "holdpoint", "--", ...args], env),
    close: async () => {
      await Promise.all(running.map(end));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Polls: neither program says when it is ready in a way that the other understands. */
const until = (is: () => Promise<boolean>, logs: () => string): Promise<unknown> =>
  vi
    .waitUntil(() => is().catch(() => false), { timeout: 60_000, interval: 100 })
    .catch(() => {
      throw new Error(`not ready after a minute: ${logs()}`);
    });

async function run(args: readonly string[], env: Record<string, string>) {
  const child = spawn("npm", args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      out += chunk;
    });
  const [code] = await once(child, "close");
  return { code, out };
}

/** Ends one of ours; npm passes the signal on to the server and waits for it. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
