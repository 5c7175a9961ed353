import { setTimeout as pause } from "node:timers/promises";
import { type BenchEnvironment, type Kind, kindsOn, withServer } from "./environment.ts";
import { atMost, figure, type Measured, percentile } from "./figures.ts";
import { say, signIn } from "./person.ts";
import { benchDeployment, benchDeployments } from "./policy.ts";
import { gatewayToken, type Program } from "./program.ts";

const gateways = 3;
const headers = { authorization: `Bearer ${gatewayToken}` };

/** From a pause in the console until three gateways refuse: by asking, and by listening. */
export async function enforce(environment: BenchEnvironment): Promise<Measured> {
  const figures = [];
  for (const kind of kindsOn(environment)) {
    const { presses, denied, heard } = await timesOn(environment, kind);
    const note = `${denied.length} pauses; ${gateways} gateways ask /authz ten times a second and ${gateways} listen; the slowest of them counts`;
    for (const [part, at] of [
      ["p50", 0.5],
      ["p99", 0.99],
    ] as const) {
      const baseline = {
        what: `the press alone, ${part}`,
        value: percentile(presses, at),
      };
      const goal = atMost(250);
      figures.push(
        figure(`${kind}: pause to /authz denies, ${part}`, {
          value: percentile(denied, at),
          unit: "ms",
          more: {
            baseline,
            goal,
            note,
          },
        }),
        figure(`${kind}: pause to received on a stream, ${part}`, {
          value: percentile(heard, at),
          unit: "ms",
          more: {
            baseline,
            goal,
            note,
          },
        }),
      );
    }
  }
  return { name: "enforce", figures };
}

interface Times {
  readonly presses: readonly number[];
  readonly denied: readonly number[];
  readonly heard: readonly number[];
}

const timesOn = (environment: BenchEnvironment, kind: Kind): Promise<Times> =>
  withServer(environment, { mode: "program", kind }, async (program) => {
    const person = await signIn(program, "Chidi");
    const stop = new AbortController();
    const streams = await Promise.all(
      Array.from({ length: gateways }, () => listening(program, stop.signal)),
    );
    const asked = { deployment: benchDeployment(0) };
    const polling = Array.from({ length: gateways }, () => poll(program, asked, stop.signal));
    const presses: number[] = [];
    const denied: number[] = [];
    const heard: number[] = [];
    for (let n = 0; n < (environment.quick ? 8 : benchDeployments); n += 1) {
      asked.deployment = benchDeployment(n);
      await pause(150);
      const began = performance.now();
      const hearing = Promise.all(streams.map((stream) => stream.paused(asked.deployment)));
      presses.push(await say(program, person, `pause ${asked.deployment} because press ${n}`));
      const statuses = await Promise.all(
        Array.from({ length: gateways }, () => ask(program, asked.deployment)),
      );
      denied.push(performance.now() - began);
      if (statuses.some((status) => status !== 403))
        throw new Error(`/authz answered ${statuses.join(", ")} after a pause`);
      heard.push(Math.max(...(await hearing)) - began);
    }
    stop.abort();
    await Promise.allSettled(polling);
    return { presses: presses.slice(3), denied: denied.slice(3), heard: heard.slice(3) };
  });

async function ask({ url }: Program, deployment: string): Promise<number> {
  const answer = await fetch(`${url}/authz/${deployment}`, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

async function poll(
  program: Program,
  asked: { readonly deployment: string },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await ask(program, asked.deployment);
    await pause(100);
  }
}

/** A gateway that follows all deployments. */
async function listening({ url }: Program, signal: AbortSignal) {
  const answer = await fetch(`${url}/v1/deployments`, {
    headers: { ...headers, accept: "text/event-stream" },
    signal,
  });
  let heard = (_text: string): void => undefined;
  void (async () => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const end = text.lastIndexOf("\n\n");
      if (end < 0) continue;
      heard(text.slice(0, end));
      text = text.slice(end + 2);
    }
  })().catch(() => undefined);
  return {
    /** When it heard that the deployment is paused. */
    paused: (deployment: string): Promise<number> =>
      new Promise((resolve) => {
        const said = new RegExp(`"id":"${deployment}","name":"[^"]*","state":"paused"`);
        heard = (text) => {
          if (said.test(text)) resolve(performance.now());
        };
      }),
  };
}
