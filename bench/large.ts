import { setTimeout as pause } from "node:timers/promises";
import { type BenchEnvironment, type Kind, kindsOn, withServer } from "./environment.ts";
import { atMost, figure, type Measured, percentile } from "./figures.ts";
import { type Person, say, signIn } from "./person.ts";
import { benchDeployment } from "./policy.ts";
import { alertmanagerToken, type Program } from "./program.ts";

const betweenPresses = 110;

/**
 * From a press in the console to its answer, while Alertmanager's messages of 1 MB are stored and
 * evaluated.
 */
export async function large(environment: BenchEnvironment): Promise<Measured> {
  const figures = [];
  for (const kind of kindsOn(environment)) {
    const { idle, paced, flooded } = await timesOn(environment, kind);
    const baseline = { what: "without webhooks, the slowest", value: percentile(idle, 1) };
    figures.push(
      figure(`${kind}: slowest press during one 1 MB body a second`, {
        value: percentile(paced, 1),
        unit: "ms",
        more: {
          baseline,
          goal: atMost(300),
          note: `${paced.length} presses, p50 ${percentile(paced, 0.5).toFixed(0)} ms; each body is a message of Alertmanager with some 1,100 alerts`,
        },
      }),
      figure(`${kind}: slowest press during 1 MB bodies of eight senders without pauses`, {
        value: percentile(flooded, 1),
        unit: "ms",
        more: {
          baseline,
          note: `${flooded.length} presses, p50 ${percentile(flooded, 0.5).toFixed(0)} ms`,
        },
      }),
    );
  }
  return { name: "large", figures };
}

const timesOn = (environment: BenchEnvironment, kind: Kind) =>
  withServer(environment, { mode: "program", kind }, async (program) => {
    const person = await signIn(program, "Chidi");
    let n = 0;
    const presses = async (count: number): Promise<number[]> => {
      const times: number[] = [];
      while (times.length < count) {
        times.push(await pressed(program, person, n++));
        await pause(betweenPresses);
      }
      return times;
    };
    await send(program, 0);
    await presses(6);
    const count = environment.quick ? 10 : 60;
    const idle = await presses(count);
    const paced = await beside(count, 1, 1_000);
    const flooded = await beside(count, 8, 0);
    return { idle, paced, flooded };

    /**
     * Presses while so many senders each send a body, wait for its answer, and then for `rest` ms.
     */
    async function beside(count: number, senders: number, rest: number): Promise<number[]> {
      let isOver = false;
      const sending = Array.from({ length: senders }, async (_, sender) => {
        for (let round = 1; !isOver; round += 1) {
          await send(program, sender + round * 10);
          await pause(rest);
        }
      });
      const times = await presses(count).finally(() => {
        isOver = true;
      });
      await Promise.all(sending);
      return times;
    }
  });

/** Narrower each time, so that each is a decision. */
function pressed(program: Program, person: Person, n: number): Promise<number> {
  const deed = ["narrow", "narrow", "pause"][n % 3];
  const deployment = benchDeployment(Math.floor(n / 3));
  return say(program, person, `${deed} ${deployment} because the jailbreak rate doubled, ${n}`);
}

async function send({ url }: Program, round: number): Promise<void> {
  const answer = await fetch(`${url}/webhooks/alertmanager`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${alertmanagerToken}`,
    },
    body: message(round),
  });
  await answer.arrayBuffer();
  if (answer.status !== 202) throw new Error(`a body of 1 MB was answered ${answer.status}`);
}

/** Just under 1 MiB, and no alert that was sent before. */
function message(round: number): string {
  const alerts = Array.from({ length: 1_100 }, (_, n) => ({
    status: "firing",
    labels: { alertname: "JailbreakRate", deployment: "assistant-api", pod: `pod-${round}-${n}` },
    annotations: { summary: `Jailbreaks above the limit on pod ${n}. ${"x".repeat(610)}` },
    startsAt: new Date(Date.UTC(2026, 10, 1) + round * 1_000).toISOString(),
    endsAt: "0001-01-01T00:00:00Z",
    generatorURL: "http://prometheus.example.org/graph",
    fingerprint: (2 ** 40 + round * 2_000 + n).toString(16),
  }));
  return JSON.stringify({ version: "4", status: "firing", truncatedAlerts: 0, alerts });
}
