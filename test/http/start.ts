import { connect } from "node:net";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { createIntake } from "../../src/app/intake/intake.ts";
import type { Delivery } from "../../src/app/ports.ts";
import { tooLarge } from "../../src/core/escalation/too-large.ts";
import type { Source } from "../../src/core/policy/model.ts";
import { contextOf } from "../../src/core/policy/source-context.ts";
import type { Signal } from "../../src/core/signal.ts";
import { demoKeyOf } from "../../src/demo-key.ts";
import type { ServerDeps } from "../../src/http/ports.ts";
import { createServer } from "../../src/http/server.ts";
import { checking } from "../../src/sources/authenticate.ts";
import { parseDelivery } from "../../src/sources/index.ts";
import { mappingOf } from "../sources/mapping.ts";
import { demoKey } from "../support/keys.ts";

export const now = Date.UTC(2026, 10, 23, 8);
export const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
export const bearer = "b".repeat(40);
/** Demo mode, in which `demoKey` opens. */
export const demo = demoKeyOf(demoKey);
export const tokens = {
  operator: "o".repeat(40),
  auditor: "a".repeat(40),
  gateway: "g".repeat(40),
};

const source = (id: string, type: string, auth: Source["auth"]): Source => ({
  id,
  type,
  auth,
  deployment: "",
  map: new Map(),
  labels: new Map(),
  expect: [],
  mapping: null,
});
const sources = new Map([
  ["signals", source("signals", "signal", { standardWebhooks: ["env:SECRET"] })],
  ["alertmanager", source("alertmanager", "alertmanager", { bearer: "env:TOKEN" })],
  ["inspect", source("inspect", "inspect", { standardWebhooks: ["env:SECRET"] })],
  ["events", source("events", "signal", { bearer: "env:TOKEN" })],
  [
    "mapped",
    {
      ...source("mapped", "mapped", { bearer: "env:TOKEN" }),
      mapping: mappingOf(
        "event: X-Event\nkind: { value: eval }\ndeployment: { value: d }\nmetric: { cel: event }\nvalue: /rate\nworse: higher\n",
      ),
    },
  ],
]);

/** Keeps deliveries as the database would: an identity is stored once per source. */
export function recorder() {
  const rows: Delivery[] = [];
  return {
    rows,
    storeDeliveries: async (deliveries: readonly Delivery[]) =>
      deliveries.map((delivery) => {
        const earlier = rows.find(
          (row) =>
            delivery.identity !== null &&
            row.identity === delivery.identity &&
            row.source === delivery.source,
        );
        if (!earlier) rows.push(delivery);
        return { id: (earlier ?? delivery).id, duplicate: earlier !== undefined };
      }),
  };
}

const nothingToRead: ServerDeps["reads"] = {
  deployments: async () => [],
  deployment: async () => undefined,
  escalations: async () => ({ items: [], next: null }),
  escalation: async () => undefined,
  decisions: async () => ({ items: [], next: null }),
  record: async () => undefined,
};

/** As app/intake/explain-delivery tells of a signal, of a policy without rules. */
const toldOf = ({ samples, ...signal }: Signal) => ({
  ...signal,
  samples: samples ? `${samples.completed} of ${samples.total}` : "",
  meets: [],
  counts: [],
  unsure: [],
  unmatched: false,
  caveat: "",
});

/** Starts the real server on a free port of this machine; it is closed when the test ends. */
export async function start(more: Partial<ServerDeps> = {}) {
  const store = recorder();
  const logged: { fields: object; message: string }[] = [];
  const note = (fields: object, message: string) => void logged.push({ fields, message });
  let ids = 0;
  const deps: ServerDeps = {
    host: "127.0.0.1",
    port: 0,
    publicUrl: "http://127.0.0.1:3000",
    demo: null,
    tokens,
    clock: { now: () => now },
    random: {
      id: (prefix) => {
        ids += 1;
        return `${prefix}${ids}`;
      },
    },
    log: { info: note, warn: note, error: note },
    intake: createIntake(store),
    sources: {
      find: (name) => sources.get(name),
      checking: (of, headers, at) =>
        checking(of, {
          secretFor: (name) => (name === "env:TOKEN" ? bearer : secret),
          headers,
          now: at,
        }),
      unmapped: (delivery) => {
        const of = sources.get(delivery.source);
        const parsed = of && parseDelivery(of.type, delivery.body, contextOf(of, delivery));
        const because = parsed && "unmapped" in parsed ? parsed.unmapped : null;
        return tooLarge(delivery) ?? because;
      },
      understood: (delivery) => {
        const of = sources.get(delivery.source);
        const parsed = of && parseDelivery(of.type, delivery.body, contextOf(of, delivery));
        const all = parsed && "mapped" in parsed ? parsed.mapped : [];
        return { signals: all.length, understood: all.map(({ signal }) => toldOf(signal)) };
      },
    },
    reads: nothingToRead,
    ask: async (role, line) => ({
      ok: true,
      text: `${role} asked: ${line}`,
      choices: [],
      lines: [["one ", { untrusted: "two" }]],
      next: null,
      file: { name: 'a"b.csv', text: "x\r\n" },
      form: null,
    }),
    noteRead: async () => undefined,
    reports: {
      applied: async () => ({ is: "unknown-deployment" }),
      asked: async () => ({ is: "unknown-deployment" }),
    },
    subscribe: () => () => {},
    record: {
      checkpoint: async () => null,
      proof: async () => undefined,
      proofFile: async () => "unknown",
      witnessed: async () => ({ ok: false, because: "The policy names no witness." }),
      tile: async () => null,
      consistency: async () => "unsigned",
      export: async function* () {},
    },
    operator: {
      policy: async () => null,
      adopt: async () => ({ is: "invalid", problems: ["not today"] }),
      loginLink: async () => ({ unknown: true, nearest: [] }),
      doctor: async () => [],
      backtest: async () => null,
      coverage: async () => null,
      restored: async () => ({ is: "refused" as const, told: "" }),
      rotateKey: async () => ({ is: "refused" as const, told: "" }),
      rehearse: async () => ({ is: "unknown", told: "" }),
    },
    health: {
      ping: async () => {},
      hasRoom: async () => true,
      headSize: async () => 1,
      backlog: async () => ({
        deliveries: 3,
        outbox: 2,
        dead: 1,
        oldestOutboxAge: 1_500,
        unread: new Map([["signals", 45_000]]),
      }),
      tickAge: () => 4_000,
      clock: () => null,
      inDoubt: () => [],
      signing: () => null,
      disk: async () => null,
      chats: () => [],
    },
    register: () => {},
    ...more,
  };
  const server = await createServer(deps);
  const port = await server.listen();
  onTestFinished(() => server.close());
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    server,
    store,
    logged,
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(`${url}${path}`, { headers }),
    /**
     * Sends exactly these bytes and answers with everything that came back until the connection
     * ended.
     */
    raw: (bytes: string | Uint8Array) => exchange(port, bytes),
  };
}

const exchange = (port: number, bytes: string | Uint8Array) =>
  new Promise<string>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk;
    });
    // the server may hang up on what it refuses; what it said first counts
    socket.on("error", () => {});
    socket.on("close", () => resolve(received));
    socket.write(bytes);
  });

const told = z.looseObject({
  detail: z.string().optional(),
  errors: z.array(z.string()).optional(),
  reference: z.string().optional(),
  unmapped: z.string().optional(),
  next: z.string().nullish(),
  checks: z
    .array(
      z.object({
        name: z.string(),
        problem: z.string().nullable(),
        note: z.string().nullish(),
      }),
    )
    .optional(),
});

/** Status and body of an answer. */
export async function answer(response: Response) {
  return {
    status: response.status,
    body: told.parse(await response.json()),
  };
}
