import { setTimeout as pause } from "node:timers/promises";
import type { AlertTraffic } from "./alerts.ts";
import { findAlertmanager, notInstalled, withAlertmanager } from "./debian-alertmanager.ts";
import { type BenchEnvironment, withServer } from "./environment.ts";
import {
  atLeast,
  atMost,
  type Figure,
  figure,
  type Goal,
  type Measured,
  median,
  percentile,
} from "./figures.ts";
import { beginLoad, type Load } from "./load.ts";
import { watched } from "./memory.ts";
import { say, signIn } from "./person.ts";
import { allRecorded, mostPresses, pressLine } from "./press.ts";
import { caughtUp, type Program, waitingIn } from "./program.ts";

const betweenPresses = 80;

/** How long at full rate, s, after how long to warm up; and how often, in turns. */
interface Plan {
  readonly warm: number;
  readonly seconds: number;
  readonly rounds: number;
}

/** So many alerts a body, and how many bodies are at hand for each second. */
const sizes: readonly { readonly each: number; readonly atHand: number }[] = [
  { each: 1, atHand: 10_000 },
  { each: 100, atHand: 400 },
];
type Size = (typeof sizes)[number];

/**
 * Alerts per second, and how long each sender waits: the program, which has stored and evaluated
 * them, beside Alertmanager, which has them in memory.
 */
export async function alertmanager(environment: BenchEnvironment): Promise<Measured> {
  const figures: Figure[] = [];
  if (environment.postgres !== null)
    for (const size of sizes) figures.push(...(await ofSize(environment, size)));
  return { name: "alertmanager", figures };
}

async function ofSize(environment: BenchEnvironment, size: Size): Promise<readonly Figure[]> {
  const plan = environment.quick
    ? { warm: 1, seconds: size.each === 1 ? 2 : 1, rounds: 1 }
    : { warm: 3, seconds: 6, rounds: 3 };
  const command = findAlertmanager();
  const theirs: FullRate[] = [];
  const ours: Round[] = [];
  for (let n = 0; n < plan.rounds; n += 1) {
    if (command !== null) theirs.push(await roundOfAlertmanager(command, plan, size));
    ours.push(await round(environment, plan, size));
  }
  return figuresOf({ plan, size, theirs, ours });
}

const roundOfAlertmanager = (command: string, plan: Plan, size: Size): Promise<FullRate> =>
  withAlertmanager(command, async (server) => {
    const send = sender(server, { secret: "", to: "alertmanager", size });
    await (await send(plan.warm)).done;
    return atFullRate(server, () => send(plan.seconds));
  });

/** What either server did, and how much CPU its process took for each body, ms. */
interface FullRate extends Load {
  readonly cpu: number;
}

async function atFullRate(
  server: Program,
  send: () => Promise<Sending>,
  finished: () => Promise<void> = async () => undefined,
): Promise<FullRate> {
  const sending = await send();
  const before = server.cpu();
  const loaded = await sending.done;
  await finished();
  return { ...loaded, cpu: (server.cpu() - before) / loaded.sent };
}

/** What the program did in one round. */
interface Round extends FullRate {
  /** Not evaluated yet when the last was answered. */
  readonly waiting: number;
  /** From the last answer until everything was evaluated, ms. */
  readonly behind: number;
  readonly presses: Presses;
  readonly resident: number;
  readonly most: number;
}

const round = (environment: BenchEnvironment, plan: Plan, size: Size): Promise<Round> =>
  withServer(environment, { mode: "program", kind: "postgres" }, async (program, { secret }) => {
    const send = sender(program, { secret, to: "holdpoint", size });
    await (await send(plan.warm)).done;
    await caughtUp(program);
    let waiting = 0;
    let behind = 0;
    const { most, result } = await watched(program, async () => {
      const loaded = await atFullRate(
        program,
        () => send(plan.seconds),
        async () => {
          waiting = await waitingIn(program);
          behind = await caughtUp(program);
        },
      );
      const presses = await pressesBeside(program, () => send(plan.seconds));
      await caughtUp(program);
      return { ...loaded, presses };
    });
    await pause(environment.quick ? 1_000 : 5_000);
    return { ...result, waiting, behind, resident: program.resident(), most };
  });

type Sending = Awaited<ReturnType<typeof beginLoad>>;

/** Sends alerts for so many seconds; each call sends other ones. */
function sender(
  { port }: Program,
  {
    secret,
    to,
    size,
  }: { readonly secret: string; readonly to: AlertTraffic["to"]; readonly size: Size },
): (seconds: number) => Promise<Sending> {
  let from = 0;
  return async (seconds) => {
    const count = Math.ceil(seconds * size.atHand);
    const alerts = { to, each: size.each, from };
    from += count;
    const job = { port, secret, connections: 64, rate: null, count, alerts, seconds };
    const { done } = await beginLoad(job);
    return { done: done.then(accepted) };
  };
}

/** Counts what was accepted; the senders of the rest would send it again. */
function accepted(loaded: Load): Load {
  const sent = loaded.sent - loaded.refused;
  return { ...loaded, sent, perSecond: (loaded.perSecond * sent) / loaded.sent };
}

/** How long each press took, ms, and how many of them were answered that nobody knows yet. */
interface Presses {
  readonly times: readonly number[];
  readonly unconfirmed: number;
}

async function pressesBeside(program: Program, send: () => Promise<Sending>): Promise<Presses> {
  const person = await signIn(program, "Chidi");
  const times: number[] = [];
  let unconfirmed = 0;
  let isOver = false;
  const done = (await send()).done.finally(() => {
    isOver = true;
  });
  while (!isOver && times.length < mostPresses) {
    const began = performance.now();
    await say(program, person, pressLine(times.length)).catch(() => {
      unconfirmed += 1;
    });
    times.push(performance.now() - began);
    await pause(betweenPresses);
  }
  await done;
  if (unconfirmed === 0) await allRecorded(program, times.length);
  return { times, unconfirmed };
}

function figuresOf({
  plan: { seconds },
  size: { each },
  theirs,
  ours,
}: {
  readonly plan: Plan;
  readonly size: Size;
  readonly theirs: readonly FullRate[];
  readonly ours: readonly Round[];
}): readonly Figure[] {
  const bodies = each === 1 ? "1 alert a body" : `${each} alerts a body`;
  const of = (item: (round: Round) => number) => median(ours.map(item));
  const beside = (item: (load: FullRate) => number, goal: Goal | null) =>
    theirs.length === 0
      ? { note: `prometheus-alertmanager is ${notInstalled}` }
      : { baseline: { what: "Alertmanager", value: median(theirs.map(item)) }, goal };
  const rate = ({ perSecond }: Load) => perSecond;
  const p99 = ({ p99 }: Load) => p99;
  const cpu = ({ cpu }: FullRate) => cpu;
  const presses = ours.flatMap(({ presses }) => presses.times);
  const unconfirmed = ours.reduce((sum, { presses }) => sum + presses.unconfirmed, 0);
  const settled = ({ sent, perSecond, behind }: Round) => sent / (sent / perSecond + behind / 1000);
  const row = (what: string, value: number, more: Partial<Figure> & Pick<Figure, "unit">) =>
    figure(`${bodies}: ${what}`, { value, unit: more.unit, more });
  return [
    row("bodies stored and evaluated", of(settled), {
      unit: "/s",
      ...beside(rate, atLeast(0.4, "ratio")),
    }),
    row("bodies answered", of(rate), {
      unit: "/s",
      note: "stored, partly not evaluated yet",
    }),
    row("refused", Math.max(...ours.map(({ refused }) => refused)), {
      unit: "bodies",
      goal: atMost(0),
      note: "told to send it again later, in the worst round",
    }),
    row("p99 of an answer", of(p99), { unit: "ms", ...beside(p99, atMost(1.5, "ratio")) }),
    row(
      `not evaluated after ${seconds} s`,
      of(({ waiting }) => waiting),
      {
        unit: "bodies",
        baseline: { what: "stored in one second", value: of(rate) },
        goal: atMost(1, "ratio"),
      },
    ),
    row(
      "from the last answer until everything is evaluated",
      of(({ behind }) => behind),
      {
        unit: "ms",
        goal: atMost(1_000),
      },
    ),
    row("CPU of the process for a body", of(cpu), {
      unit: "ms",
      note: "without PostgreSQL's",
      ...beside(cpu, null),
    }),
    row("press to committed answer during the load, p99", percentile(presses, 0.99), {
      unit: "ms",
      goal: atMost(100),
      note: `${presses.length} presses, p50 ${percentile(presses, 0.5).toFixed(0)} ms, ${unconfirmed} not confirmed in time, the others decisions in the log`,
    }),
    row(
      "resident afterwards",
      of(({ resident }) => resident),
      {
        unit: "MB",
        goal: atMost(250),
        note: `at most ${Math.max(...ours.map(({ most }) => most)).toFixed(0)} MB during the load`,
      },
    ),
  ];
}
