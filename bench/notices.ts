import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type BenchEnvironment, type Kind, kindsOn, withServer } from "./environment.ts";
import { atMost, figure, type Measured, percentile } from "./figures.ts";
import { benchDeployment, benchDeployments } from "./policy.ts";
import { settledIn } from "./program.ts";
import { signed } from "./requests.ts";

/**
 * From a webhook's first byte until the endpoint of the policy has been told of the escalation that
 * it opened.
 */
export async function notice(environment: BenchEnvironment): Promise<Measured> {
  const figures = [];
  for (const kind of kindsOn(environment)) {
    const { told, answers } = await timesOn(environment, kind);
    for (const [part, at, limit] of [
      ["p50", 0.5, 100],
      ["p99", 0.99, 250],
    ] as const) {
      figures.push(
        figure(`${kind}: webhook to notification sent, ${part}`, {
          value: percentile(told, at),
          unit: "ms",
          more: {
            baseline: { what: `its 202, ${part}`, value: percentile(answers, at) },
            goal: atMost(limit),
            note: `${told.length} webhooks, each opening an escalation; until the receiver has the whole signed body`,
          },
        }),
      );
    }
  }
  return { name: "notice", figures };
}

interface Times {
  readonly told: readonly number[];
  readonly answers: readonly number[];
}

async function timesOn(environment: BenchEnvironment, kind: Kind): Promise<Times> {
  const receiver = await receiving();
  try {
    return await withServer(
      environment,
      { mode: "program", kind, notifyUrl: receiver.url },
      async ({ url }, { secret }) => {
        const told: number[] = [];
        const answers: number[] = [];
        for (let n = 0; n < (environment.quick ? 8 : benchDeployments); n += 1) {
          const deployment = benchDeployment(n);
          const hearing = receiver.heard(deployment);
          const began = performance.now();
          const said = { deployment, suite: "nightly", value: 0.082 };
          const answer = await fetch(`${url}/webhooks/signals`, {
            method: "POST",
            ...signed(said, secret),
          });
          await answer.arrayBuffer();
          answers.push(performance.now() - began);
          told.push((await settledIn(10_000, "a notification", hearing)) - began);
          await pause(50);
        }
        return { told: told.slice(3), answers: answers.slice(3) };
      },
    );
  } finally {
    receiver.close();
  }
}

/** An endpoint of somebody else's. */
async function receiving() {
  const waiting = new Map<string, (at: number) => void>();
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      const at = performance.now();
      response.writeHead(204).end();
      waiting.get(String(JSON.parse(text).subject))?.(at);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    heard: (deployment: string): Promise<number> =>
      new Promise((resolve) => waiting.set(deployment, resolve)),
    close: (): void => {
      server.closeAllConnections();
      server.close();
    },
  };
}
