import { setTimeout as pause } from "node:timers/promises";
import { openDirectory } from "../db/open-pglite.ts";
import { openPostgres } from "../db/open-postgres.ts";
import { storeOver } from "../db/store.ts";
import type { Change } from "../src/app/ports.ts";
import { changeWith } from "./append.ts";
import { manyPostures, manyReadings } from "./entries.ts";
import { type BenchEnvironment, homeOn, type Kind, kindsOn } from "./environment.ts";
import { atMost, type Figure, figure, type Measured, percentile } from "./figures.ts";
import { benchDeployment, benchDeployments } from "./policy.ts";
import { asOperator, gatewayToken, type Home, type Program, startProgram } from "./program.ts";

const gateways = 5;

/**
 * What gateways wait while somebody asks for the past, one question after another, of a long log.
 */
export async function past(environment: BenchEnvironment): Promise<Measured> {
  const figures: Figure[] = [];
  for (const kind of kindsOn(environment)) figures.push(...(await onDatabase(environment, kind)));
  return { name: "past", figures };
}

async function onDatabase(environment: BenchEnvironment, kind: Kind): Promise<readonly Figure[]> {
  const entries = environment.quick ? 5_000 : 50_000;
  const names = Array.from({ length: benchDeployments }, (_, n) => benchDeployment(n));
  const asked = await overLog(environment, kind, {
    entries,
    some: (from, count) => manyPostures(names, from, count),
    work: (program) => measured(environment, { kind, program, entries }),
  });
  const exported = await overLog(environment, kind, {
    entries,
    some: (_from, count) => manyReadings(count),
    work: (program) => duringExports(environment, { kind, program, entries }),
  });
  return [...asked, exported];
}

interface LongLog<T> {
  readonly entries: number;
  /** `count` entries, the first of them number `from`. */
  readonly some: (from: number, count: number) => Change["entries"];
  readonly work: (program: Program) => Promise<T>;
}

async function overLog<T>(
  environment: BenchEnvironment,
  kind: Kind,
  { entries, some, work }: LongLog<T>,
): Promise<T> {
  const home = await homeOn(environment, kind);
  try {
    await (await startProgram(home.env)).stop();
    await seeded(home, entries, some);
    const program = await startProgram(home.env);
    try {
      return await work(program);
    } finally {
      await program.stop();
    }
  } finally {
    home.remove();
  }
}

async function seeded(
  { env }: Home,
  entries: number,
  some: LongLog<unknown>["some"],
): Promise<void> {
  const { DATABASE_URL: url, HOLDPOINT_DATA: data } = env;
  const database = await (url === undefined
    ? openDirectory(`${data}/database`)
    : openPostgres(url));
  try {
    const store = storeOver(database.execute, async () => undefined);
    for (let from = 0; from < entries; from += 500) {
      const { is } = await store.commit(changeWith(some(from, 500)));
      if (is !== "done") throw new Error(`the commit ended with ${is}`);
    }
  } finally {
    await database.close();
  }
}

async function measured(
  environment: BenchEnvironment,
  { kind, program, entries }: LogServed,
): Promise<readonly Figure[]> {
  const seconds = environment.quick ? 3 : 15;
  await polled(program, 2, null);
  const alone = await polled(program, seconds, null);
  const beside = await polled(program, seconds, allThen);
  const note = `${entries} entries in the log; ${gateways} gateways ask twenty times a second each, ${beside.polls.length} times; ${beside.questions.length} questions about the past`;
  const gateway = (["p50", "p99"] as const).map((part) => {
    const at = part === "p50" ? 0.5 : 0.99;
    return figure(`${kind}: a gateway's request during requests about the past, ${part}`, {
      value: percentile(beside.polls, at),
      unit: "ms",
      more: {
        baseline: { what: `without them, ${part}`, value: percentile(alone.polls, at) },
        goal: part === "p99" ? atMost(3, "ratio") : null,
        note,
      },
    });
  });
  const answered = figure(`${kind}: all deployments at a past time, slowest`, {
    value: percentile(beside.questions, 1),
    unit: "ms",
    more: { goal: atMost(5_000), note },
  });
  return [...gateway, answered];
}

interface LogServed {
  readonly kind: Kind;
  readonly program: Program;
  readonly entries: number;
}

async function duringExports(
  environment: BenchEnvironment,
  { kind, program, entries }: LogServed,
): Promise<Figure> {
  const seconds = environment.quick ? 3 : 15;
  await signedUpTo(program, entries);
  await polled(program, 2, null);
  const alone = await polled(program, seconds, null);
  const beside = await polled(program, seconds, () => "/log/export");
  return figure(`${kind}: /authz during exports of the log, p99`, {
    value: percentile(beside.authz, 0.99),
    unit: "ms",
    more: {
      baseline: { what: "without them, p99", value: percentile(alone.authz, 0.99) },
      goal: atMost(50),
      note: `${beside.questions.length} exports of ${entries} entries, one after another; ${beside.authz.length} requests`,
    },
  });
}

/** An export goes up to the last signed checkpoint. */
async function signedUpTo({ url }: Program, entries: number): Promise<void> {
  for (const began = performance.now(); performance.now() - began < 120_000; await pause(250)) {
    const answer = await fetch(`${url}/log/checkpoint`, asOperator);
    const [, size = "0"] = (await answer.text()).split("\n");
    if (answer.status === 200 && Number(size) >= entries) return;
  }
  throw new Error("the log was not signed within two minutes");
}

const allThen = (): string => `/v1/deployments?at=${new Date(Date.now() - 1000).toISOString()}`;

/** `beside`: the path that somebody requests meanwhile, again and again; null = nobody does. */
async function polled(program: Program, seconds: number, beside: (() => string) | null) {
  const end = performance.now() + seconds * 1000;
  const polls: number[] = [];
  const authz: number[] = [];
  const questions: number[] = [];
  const gateway = async (n: number): Promise<void> => {
    while (performance.now() < end) {
      polls.push(await timed(program, `/v1/deployments/${benchDeployment(n)}`, asGateway));
      authz.push(await timed(program, `/authz/${benchDeployment(n)}`, asGateway));
      await pause(50);
    }
  };
  const reader = async (path: () => string): Promise<void> => {
    while (performance.now() < end) questions.push(await timed(program, path(), asOperator));
  };
  const all = Array.from({ length: gateways }, (_, n) => gateway(n));
  await Promise.all([...all, ...(beside === null ? [] : [reader(beside)])]);
  return { polls, authz, questions };
}

const asGateway = { headers: { authorization: `Bearer ${gatewayToken}` } };

async function timed({ url }: Program, path: string, as: typeof asGateway): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`${url}${path}`, as);
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  return performance.now() - began;
}
