import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { type BenchEnvironment, type Kind, kindsOn, withServer } from "./environment.ts";
import { atMost, figure, type Measured, percentile } from "./figures.ts";
import { beginLoad, load } from "./load.ts";
import { say, signIn } from "./person.ts";
import { benchDeployment } from "./policy.ts";
import { asOperator, type Program } from "./program.ts";

/** Three for each deployment of the bench but one. */
export const mostPresses = 3 * 69;

const rate = 200;
const betweenPresses = 140;

/** Narrower each time, so that each is a decision; there are {@link mostPresses} such lines. */
export function pressLine(n: number): string {
  const deployment = benchDeployment(Math.floor(n / 3));
  const deed = ["narrow", "narrow", "pause"][n % 3];
  return `${deed} ${deployment} because the jailbreak rate doubled, press ${n}`;
}

/**
 * From a press in the console to its answer, which is given after the commit, while webhooks
 * arrive.
 */
export async function press(environment: BenchEnvironment): Promise<Measured> {
  const figures = [];
  for (const kind of kindsOn(environment)) {
    const seconds = environment.quick ? 4 : 20;
    const { idle, busy, stored } = await timesOn(environment, kind, seconds);
    const note = `${busy.length} presses, each a decision in the log; webhooks were stored at ${stored.toFixed(0)}/s`;
    for (const [part, at] of [
      ["p50", 0.5],
      ["p99", 0.99],
    ] as const) {
      figures.push(
        figure(`${kind}: press to committed answer, ${part}`, {
          value: percentile(busy, at),
          unit: "ms",
          more: {
            baseline: { what: `without webhooks, ${part}`, value: percentile(idle, at) },
            goal: part === "p99" ? atMost(300) : null,
            note,
          },
        }),
      );
    }
  }
  return { name: "press", figures };
}

interface Times {
  readonly idle: readonly number[];
  readonly busy: readonly number[];
  readonly stored: number;
}

const timesOn = (environment: BenchEnvironment, kind: Kind, seconds: number): Promise<Times> =>
  withServer(environment, { mode: "program", kind }, async (program, { secret }) => {
    const person = await signIn(program, "Chidi");
    let n = 0;
    const pressFor = async (until: () => boolean): Promise<number[]> => {
      const times: number[] = [];
      while (until() && n < mostPresses) {
        times.push(await say(program, person, pressLine(n++)));
        await pause(betweenPresses);
      }
      return times;
    };
    await pressFor(() => n < 6);
    const idle = await pressFor(() => n < (environment.quick ? 12 : 36));
    const job = { port: program.port, secret, connections: 64 };
    await load({ ...job, count: rate, rate });
    let isOver = false;
    const loading = await beginLoad({ ...job, count: rate * seconds, rate });
    const done = loading.done.finally(() => {
      isOver = true;
    });
    const busy = await pressFor(() => !isOver);
    const { perSecond, refused } = await done;
    if (refused > 0) throw new Error(`${refused} webhooks were not stored`);
    await allRecorded(program, n);
    return { idle, busy, stored: perSecond };
  });

const decisions = z.object({
  items: z.array(z.object({ entry: z.object({ kind: z.string() }) })),
  next: z.string().nullable(),
});

/** A refusal would be fast too: every press must be a decision in the log. */
export async function allRecorded({ url }: Program, presses: number): Promise<void> {
  let found = 0;
  for (let cursor = ""; ; ) {
    const answer = await fetch(`${url}/v1/decisions?limit=100${cursor}`, asOperator);
    const page = decisions.parse(await answer.json());
    found += page.items.filter(({ entry }) => entry.kind === "decision.made").length;
    if (page.next === null) break;
    cursor = `&cursor=${page.next}`;
  }
  if (found !== presses) throw new Error(`${presses} presses, but ${found} decisions in the log`);
}
