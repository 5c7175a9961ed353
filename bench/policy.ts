import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";

/**
 * How many deployments the bench's policy has beside the example's: each can open one escalation of
 * its own.
 */
export const benchDeployments = 70;

/** Name of the n-th of them, from 0. */
export function benchDeployment(n: number): string {
  return `bench-${n}`;
}

/**
 * The example policy, with copies of its deployment under every rule, and an endpoint that is told
 * of each escalation.
 */
export function benchPolicy(notifyUrl: string | null): string {
  const policy = parseDocument(readFileSync("policy.example.yaml", "utf8")).toJS();
  const names = Array.from({ length: benchDeployments }, (_, n) => benchDeployment(n));
  const { "assistant-prod": assistant } = policy.deployments;
  const copies = names.map((name) => [name, { ...assistant, name: `Bench ${name}` }]);
  const triggers = Object.entries<object>(policy.triggers).map(([id, trigger]) => [
    id,
    { ...trigger, deployments: ["assistant-prod", ...names] },
  ]);
  return JSON.stringify({
    ...policy,
    deployments: { ...policy.deployments, ...Object.fromEntries(copies) },
    triggers: Object.fromEntries(triggers),
    ...(notifyUrl === null ? {} : { notify: { bench: endpointAt(notifyUrl) } }),
  });
}

const endpointAt = (url: string) => ({
  url,
  secret: "env:BENCH_NOTIFY_SECRET",
  events: ["escalation.opened"],
  privateAddresses: ["127.0.0.1/32"],
});
