import type { LookupAddress } from "node:dns";
import { Webhook } from "standardwebhooks";
import { type Outward, SendFault, type WebhookNotice } from "../../src/app/ports.ts";
import type { Entry } from "../../src/core/log/entry.ts";
import type { Endpoint, Pager } from "../../src/core/policy/model.ts";
import type { Resolve } from "../../src/notify/post.ts";
import { pageTimes, standardSchedule } from "../../src/notify/schedule.ts";
import { createOutward, type OutwardParts } from "../../src/notify/send.ts";

/** What posts and rings, as the server builds it, with what a test wants to be different. */

export const secret = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
export const nextSecret = `whsec_${Buffer.alloc(32, 4).toString("base64")}`;
export const routingKey = "r".repeat(32);

const secrets = new Map([
  ["env:SECRET", secret],
  ["env:NEXT", nextSecret],
  ["env:KEY", routingKey],
]);

/** The system's clock: receivers hold a message against theirs. */
export function outward(more: Partial<OutwardParts> = {}): Outward {
  return createOutward({
    origin: "example.org/holdpoint",
    publicUrl: "https://holdpoint.example.org",
    pagerdutyUrl: null,
    clock: { now: () => Date.now() },
    secretFor: (reference) => secrets.get(reference),
    jitter: () => 0,
    resolve: resolving({}),
    times: {
      timeout: 2_000,
      schedule: standardSchedule,
      page: pageTimes,
      pace: { perLane: 1, laneMs: 0, editMs: 0, leaseMs: 1, doubtMs: 0, retryMs: 1 },
    },
    ...more,
  });
}

/**
 * A resolver that knows these names; each look-up of a name takes the next of its answers, the last
 * for ever.
 */
export function resolving(
  names: Readonly<Record<string, readonly (readonly string[])[]>>,
  asked: string[] = [],
): Resolve {
  const times = new Map<string, number>();
  return (hostname, _, callback) => {
    const time = times.get(hostname) ?? 0;
    times.set(hostname, time + 1);
    asked.push(hostname);
    const answers = names[hostname] ?? [];
    const found = answers[Math.min(time, answers.length - 1)];
    if (!found) return callback(Object.assign(new Error("not found"), { code: "ENOTFOUND" }), []);
    callback(
      null,
      found.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
}

export function endpoint(url: string, more: Partial<Endpoint> = {}): Endpoint {
  return {
    id: "gateway",
    url,
    secrets: ["env:SECRET"],
    events: new Set(["decision.made"]),
    deployments: null,
    privateAddresses: ["127.0.0.1"],
    ...more,
  };
}

export const pager: Pager = {
  id: "oncall",
  routingKey: "env:KEY",
  deployments: new Set(["assistant-prod"]),
  severities: new Set(["critical"]),
  region: "us",
};

const entry: Entry = {
  v: 1,
  origin: "example.org/holdpoint",
  at: "2026-11-23T10:00:00.000Z",
  id: "e_abcdefghijklmnopqrst",
  subject: "deployment:assistant-prod",
  actor: { type: "policy" },
  surface: "tick",
  policy: "0".repeat(64),
  kind: "escalation.closed",
  escalation: "HP-1",
  because: "quiet",
};

export const notice: WebhookNotice = {
  recorded: { index: 7, entry, bytes: new Uint8Array() },
  body: {
    kind: "notice",
    endpoint: "gateway",
    entry: entry.id,
    deployment: "assistant-prod",
    posture: { state: "paused", version: 3 },
  },
};

/** How a send failed; a send that got through is a failed test. */
export async function faultOf(sending: Promise<unknown>): Promise<SendFault> {
  const fault = await sending.then(
    () => new Error("it got through"),
    (error: unknown) => error,
  );
  if (fault instanceof SendFault) return fault;
  throw fault;
}

/** Verifies as a receiver would, with the library and its own clock. */
export function verify(
  key: string,
  headers: Readonly<Record<string, string>>,
  text: string,
): unknown {
  return new Webhook(key).verify(text, headers);
}
