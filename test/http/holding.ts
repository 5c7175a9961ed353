import type { DeploymentBody } from "../../src/app/ports.ts";
import type { ServerDeps } from "../../src/http/ports.ts";
import { start, tokens } from "./start.ts";

export const open: DeploymentBody = {
  id: "assistant-prod",
  name: "Assistant (production)",
  state: "open",
  scope: "full",
  decision: null,
  decidedBy: [],
  decidedAt: null,
  reassessBy: null,
  version: 1,
  scopes: [
    { id: "full", allows: { audience: "everyone", tools: true } },
    { id: "no-tools", allows: { audience: "everyone", tools: false } },
    { id: "staff", allows: { audience: "staff", tools: false } },
  ],
  applied: [],
};
export const narrowed: DeploymentBody = {
  ...open,
  state: "narrowed",
  scope: "no-tools",
  version: 2,
  decision: "narrow",
  decidedBy: ["Chidi Lindt"],
  decidedAt: "2026-11-23T03:40:00.000Z",
};
export const paused: DeploymentBody = {
  ...narrowed,
  state: "paused",
  scope: null,
  decision: "pause",
  version: 3,
};

export const gateway = { authorization: `Bearer ${tokens.gateway}` };

/** A server whose one deployment is in the posture that `be` sets. */
export async function holding(first: DeploymentBody, more: Partial<ServerDeps> = {}) {
  let posture = first;
  const changed = new Set<() => void>();
  const reads: ServerDeps["reads"] = {
    deployments: async () => [posture],
    deployment: async (id) => (id === posture.id ? posture : undefined),
    escalations: async () => ({ items: [], next: null }),
    escalation: async () => undefined,
    decisions: async () => ({ items: [], next: null }),
    record: async () => undefined,
  };
  const server = await start({
    reads,
    subscribe: (listener) => {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    ...more,
  });
  const post = (path: string, body: unknown, headers: Record<string, string> = gateway) =>
    fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return {
    ...server,
    post,
    be: (next: DeploymentBody) => {
      posture = next;
      for (const listener of changed) listener();
    },
    listeners: () => changed.size,
  };
}

export const broken: ServerDeps["reads"]["deployment"] = async () => {
  throw new Error("no database");
};

export async function nothing(): Promise<ServerDeps["reads"]> {
  return {
    deployments: async () => [],
    deployment: async () => undefined,
    escalations: async () => ({ items: [], next: null }),
    escalation: async () => undefined,
    decisions: async () => ({ items: [], next: null }),
    record: async () => undefined,
  };
}
