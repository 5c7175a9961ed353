import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { clientId, clientSecret } from "./oidc-issuer.ts";

/**
 * Starts oidc-provider, a certified OpenID Connect provider, in a process of its own, on a port of
 * localhost, which is another site than 127.0.0.1. `ours`: our server's address.
 */
export async function startProvider(port: number, ours: string): Promise<void> {
  const program = new URL("./oidc-provider.mjs", import.meta.url).pathname;
  const args = [program, String(port), `${ours}/sign-in/callback`, clientId, clientSecret];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(createInterface({ input: child.stdout }), "line");
}
