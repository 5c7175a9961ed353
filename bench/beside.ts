import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { openDirectory } from "../db/open-pglite.ts";
import { openPostgres } from "../db/open-postgres.ts";
import { storeOver } from "../db/store.ts";
import { changeWith } from "./append.ts";
import { entryAt } from "./entries.ts";
import { atMost, figure, type Measured, percentile } from "./figures.ts";
import { type Ground, homeOn, type Kind, kindsOn, withServer } from "./ground.ts";
import { say, signIn } from "./person.ts";
import { benchDeployment } from "./policy.ts";
import { asOperator, gatewayToken, type Home, type Program, startProgram } from "./program.ts";
import { mixed, signed } from "./requests.ts";

/** What is small and urgent, beside what is large and is not. */
export const beside = async (ground: Ground): Promise<Measured> => {
  const figures = [];
  for (const kind of kindsOn(ground)) {
    const presses = await besideBodies(ground, kind);
    const polls = await besidePast(ground, kind);
    figures.push(
      figure(`${kind}: a press beside bodies of 1 MB, p99`, percentile(presses.busy, 0.99), "ms", {
        baseline: { what: "without them, p99", value: percentile(presses.alone, 0.99) },
        goal: atMost(300),
        note: `${presses.busy.length} presses; ${presses.others} bodies, each sent when the one before was answered`,
      }),
      figure(`${kind}: a gateway's question beside ?at=, p99`, percentile(polls.busy, 0.99), "ms", {
        baseline: { what: "without them, p99", value: percentile(polls.alone, 0.99) },
        goal: atMost(300),
        note: `${polls.busy.length} of /authz; meanwhile ${polls.others} of /v1/deployments?at= over a log of ${entries(ground)} entries, two at a time`,
      }),
    );
  }
  return { name: "beside", figures };
};

interface Times {
  readonly alone: readonly number[];
  readonly busy: readonly number[];
  /** How often the large thing was done meanwhile. */
  readonly others: number;
}

/** Asks again and again; first alone, then while `large` is done again and again. */
const timed = async (
  count: number,
  small: (n: number) => Promise<number>,
  large: () => Promise<void>,
): Promise<Times> => {
  let n = 0;
  const some = async (): Promise<number[]> => {
    const times: number[] = [];
    for (let left = count; left > 0; left -= 1) {
      times.push(await small(n++));
      await pause(50);
    }
    return times;
  };
  await some(); // finds code that was never run before
  const alone = await some();
  let isOver = false;
  let others = 0;
  const doing = (async () => {
    for (; !isOver; others += 1) await large();
  })();
  const busy = await some().finally(() => {
    isOver = true;
  });
  await doing;
  return { alone, busy, others };
};

/** An evaluation of one megabyte that cannot be made smaller. */
const large = (n: number): Parameters<typeof signed>[0] => ({
  ...mixed(n),
  details: randomBytes(780_000).toString("base64"),
});

const besideBodies = (ground: Ground, kind: Kind): Promise<Times> =>
  withServer(ground, { mode: "program", kind }, async (program, { secret }) => {
    const person = await signIn(program, "Chidi");
    let n = 0;
    return timed(
      ground.quick ? 10 : 66,
      (turn) => {
        const deed = ["narrow", "narrow", "pause"][turn % 3];
        const deployment = benchDeployment(Math.floor(turn / 3));
        return say(program, person, `${deed} ${deployment} because press ${turn}`);
      },
      async () => {
        const request = { method: "POST", ...signed(large(n++), secret) };
        const answer = await fetch(`${program.url}/webhooks/signals`, request);
        await answer.arrayBuffer();
        if (answer.status !== 202) throw new Error(`a body of 1 MB was answered ${answer.status}`);
      },
    );
  });

const entries = ({ quick }: Ground): number => (quick ? 5_000 : 50_000);

const besidePast = async (ground: Ground, kind: Kind): Promise<Times> => {
  const home = await homeOn(ground, kind);
  try {
    await (await startProgram(home.env)).stop(); // adopts the policy: the first entry
    await fill(home, entries(ground));
    const program = await startProgram(home.env);
    try {
      return await timed(
        ground.quick ? 50 : 400,
        () => asked(program),
        () => past(program),
      );
    } finally {
      await program.stop();
    }
  } finally {
    home.remove();
  }
};

const fill = async ({ env }: Home, count: number): Promise<void> => {
  const connection = await (env["DATABASE_URL"] === undefined
    ? openDirectory(`${env["HOLDPOINT_DATA"]}/database`)
    : openPostgres(env["DATABASE_URL"]));
  const store = storeOver(connection.execute, connection.close);
  try {
    for (let n = 0; n < count; n += 500) {
      const some = Array.from({ length: 500 }, (_, m) => entryAt(Date.now(), n + m));
      await store.commit(changeWith(some));
    }
  } finally {
    await store.close();
  }
};

const asked = async ({ url }: Program): Promise<number> => {
  const began = performance.now();
  const headers = { authorization: `Bearer ${gatewayToken}` };
  const answer = await fetch(`${url}/authz/${benchDeployment(0)}`, { headers });
  await answer.arrayBuffer();
  return performance.now() - began;
};

const past = async ({ url }: Program): Promise<void> => {
  const at = new Date(Date.now() - 1_000).toISOString();
  const both = [1, 2].map(async () => {
    const answer = await fetch(`${url}/v1/deployments?at=${at}`, asOperator);
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`?at= was answered ${answer.status}`);
  });
  await Promise.all(both);
};
