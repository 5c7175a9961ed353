import { setTimeout as pause } from "node:timers/promises";
import { openPostgres } from "../db/open-postgres.ts";
import { type BenchEnvironment, type Kind, kindsOn, withServer } from "./environment.ts";
import { atMost, figure, type Measured, percentile } from "./figures.ts";
import { benchDeployment, benchDeployments } from "./policy.ts";
import { asOperator, type Program } from "./program.ts";
import { signed } from "./requests.ts";

/**
 * From the webhook's first byte until its card can be read, on a server with nothing else to do.
 */
export async function card(environment: BenchEnvironment): Promise<Measured> {
  const figures = [];
  for (const kind of kindsOn(environment)) {
    const { cards, answers } = await timesOn(environment, kind);
    const end = kind === "postgres" ? "its row is in the console" : "it is in GET /v1/escalations";
    const what = (part: string) => ({ what: `its 202, ${part}`, value: 0 });
    for (const [part, at, limit] of [
      ["p50", 0.5, 100],
      ["p99", 0.99, 250],
    ] as const) {
      figures.push(
        figure(`${kind}: webhook to card ready, ${part}`, {
          value: percentile(cards, at),
          unit: "ms",
          more: {
            baseline: { ...what(part), value: percentile(answers, at) },
            goal: atMost(limit),
            note: `${cards.length} webhooks, each opening an escalation; until ${end}`,
          },
        }),
      );
    }
  }
  return { name: "card", figures };
}

interface Times {
  readonly cards: readonly number[];
  /** Until the webhook itself was answered. */
  readonly answers: readonly number[];
}

const timesOn = (environment: BenchEnvironment, kind: Kind): Promise<Times> =>
  withServer(environment, { mode: "program", kind }, async (program, { env, secret }) => {
    const seen = await watching(program, env["DATABASE_URL"] ?? null);
    const cards: number[] = [];
    const answers: number[] = [];
    for (let n = 0; n < (environment.quick ? 8 : benchDeployments); n += 1) {
      const said = { deployment: benchDeployment(n), suite: "nightly", value: 0.082 };
      const began = performance.now();
      const answer = await fetch(`${program.url}/webhooks/signals`, {
        method: "POST",
        ...signed(said, secret),
      });
      await answer.arrayBuffer();
      answers.push(performance.now() - began);
      await until(() => seen.shows(said.deployment));
      cards.push(performance.now() - began);
      await pause(50);
    }
    await seen.close();
    // The first few find code that was never run before; a server that was up for a day has run it.
    return { cards: cards.slice(3), answers: answers.slice(3) };
  });

async function until(isThere: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await isThere())) {
    if (performance.now() - began > 10_000) throw new Error("no card within 10 s");
    await pause(1);
  }
}

interface Watching {
  shows(deployment: string): Promise<boolean>;
  close(): Promise<void>;
}

const cardText = `select 1 from holdpoint.messages m join holdpoint.escalations e on e.id = m.escalation
  where e.deployment = $1::text and m.chat = 'console' and jsonb_typeof(m.body) = 'object'`;

/**
 * Asks the database for the card's row; the embedded one, which only the program can open, through
 * the program.
 */
async function watching(program: Program, databaseUrl: string | null): Promise<Watching> {
  if (databaseUrl !== null) {
    const connection = await openPostgres(databaseUrl);
    return {
      shows: async (deployment) =>
        (await connection.execute({ text: cardText, params: [deployment] })).length > 0,
      close: () => connection.close(),
    };
  }
  return {
    shows: async (deployment) => {
      const asked = `${program.url}/v1/escalations?deployment=${deployment}&limit=1`;
      const answer = await fetch(asked, asOperator);
      return (await answer.text()).includes('"HP-');
    },
    close: async () => undefined,
  };
}
