import { setTimeout as pause } from "node:timers/promises";
import type { Connection } from "../db/connection.ts";
import { openDirectory } from "../db/open-pglite.ts";
import { openPostgres } from "../db/open-postgres.ts";
import { type BenchEnvironment, homeOn, type Kind, kindsOn } from "./environment.ts";
import { atMost, type Figure, figure, type Measured, median, percentile } from "./figures.ts";
import { load } from "./load.ts";
import { say, signIn } from "./person.ts";
import { benchDeployment } from "./policy.ts";
import { caughtUp, type Home, type Program, startProgram } from "./program.ts";
import { signed } from "./requests.ts";

/**
 * An alert and a pause where little and where much is stored; and how much room a webhook takes.
 */
export async function growth(environment: BenchEnvironment): Promise<Measured> {
  const figures: Figure[] = [];
  for (const kind of kindsOn(environment)) {
    figures.push(...(await timesOn(environment, kind)), await roomOn(environment, kind));
  }
  return { name: "growth", figures };
}

const databaseOf = ({ env }: Home): Promise<Connection> =>
  env["DATABASE_URL"] === undefined
    ? openDirectory(`${env["HOLDPOINT_DATA"]}/database`)
    : openPostgres(env["DATABASE_URL"]);

/** Asks the database while no program has it: the embedded one lets in one process at a time. */
async function asking<T>(home: Home, work: (database: Connection) => Promise<T>): Promise<T> {
  const database = await databaseOf(home);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function running<T>({ env }: Home, work: (program: Program) => Promise<T>): Promise<T> {
  const program = await startProgram(env);
  try {
    return await work(program);
  } finally {
    await program.stop();
  }
}

interface Times {
  /** From when the program had a webhook until what it means was committed. */
  readonly alerts: readonly number[];
  readonly pauses: readonly number[];
}

async function timesOn(environment: BenchEnvironment, kind: Kind): Promise<readonly Figure[]> {
  const { conditions, occurrences } = amount(environment, kind);
  const home = await homeOn(environment, kind);
  try {
    const few = await measured(home, 0);
    await asking(home, (database) => seeded(database, conditions, occurrences));
    const many = await measured(home, 1);
    const beside = `with ${conditions} conditions stored, ${occurrences} of them of the same escalation`;
    return (["alerts", "pauses"] as const).map((what) =>
      figure(`${kind}: ${what}, ${beside}, p50`, {
        value: median(many[what]),
        unit: "ms",
        more: {
          baseline: { what: "the same where little is stored, p50", value: median(few[what]) },
          goal: atMost(100),
          note: `the slowest of ${many[what].length}: ${percentile(many[what], 1).toFixed(0)} ms, where little is stored ${percentile(few[what], 1).toFixed(0)} ms`,
        },
      }),
    );
  } finally {
    home.remove();
  }
}

/** The embedded database is for one small team. */
function amount({ quick }: BenchEnvironment, kind: Kind) {
  const part = (quick ? 0.1 : 1) * (kind === "embedded" ? 0.2 : 1);
  return { conditions: Math.round(500_000 * part), occurrences: Math.round(200_000 * part) };
}

const times = 25;

async function measured(home: Home, round: number): Promise<Times> {
  const sent: string[] = [];
  const pauses = await running(home, async (program) => {
    const person = await signIn(program, "Chidi");
    const taken: number[] = [];
    for (let n = 0; n < times; n += 1) {
      const said = { deployment: benchDeployment(0), suite: "nightly", value: 0.082 };
      const answer = await fetch(`${program.url}/webhooks/signals`, {
        method: "POST",
        ...signed(said, home.secret),
      });
      const { delivery }: { delivery: string } = JSON.parse(await answer.text());
      sent.push(delivery);
      await pause(300);
      const deployment = benchDeployment(1 + round * times + n);
      taken.push(await say(program, person, `pause ${deployment} because it is measured`));
      await pause(100);
    }
    await caughtUp(program);
    return taken;
  });
  const alerts = await asking(home, async ({ execute }) => {
    const text = `select (extract(epoch from evaluated_at - received_at) * 1000)::float8
      from holdpoint.deliveries where id = any($1::text::text[]) order by number`;
    const rows = await execute({ text, params: [`{${sent.join(",")}}`] });
    return rows.map(([ms]) => Number(ms));
  });
  // The first few find code that was never run before.
  return { alerts: alerts.slice(3), pauses: pauses.slice(3) };
}

const aStep = 10_000;

/**
 * Years of one condition: some of it in the escalation that is open, the rest in 7,300 closed ones.
 */
async function seeded(
  { execute }: Connection,
  conditions: number,
  occurrences: number,
): Promise<void> {
  const run = (text: string, ...params: readonly unknown[]) => execute({ text, params });
  await run(`insert into holdpoint.escalations (id, number, status, deployment, trigger, severity, opened_at, doc)
    select 'HP-' || n, n, 'closed', e.deployment, e.trigger, 'high', e.opened_at, e.doc
    from (select * from holdpoint.escalations order by number limit 1) e, generate_series(100001, 107300) n`);
  for (let from = 1; from <= conditions; from += aStep) {
    const span = [from, from + aStep - 1];
    await run(
      `insert into holdpoint.conditions select c.deployment, c.trigger, c.condition, 'seed-' || n,
        case when n <= $3::int then c.escalation else 'HP-' || 100001 + n % 7300 end, n % 500 = 0, c.lowest, c.highest, c.verdict,
        c.first_at, c.last_at, 1
      from (select * from holdpoint.conditions where deployment = 'bench-0' limit 1) c, generate_series($1::int, $2::int) n`,
      ...span,
      occurrences,
    );
    if (from > occurrences) continue;
    await run(
      `insert into holdpoint.signals select 'd_seed_' || n, 0, s.escalation, s.deployment, s.at, s.observed
      from (select * from holdpoint.signals where deployment = 'bench-0' limit 1) s, generate_series($1::int, $2::int) n`,
      ...span,
    );
  }
  for (const table of ["conditions", "escalations", "signals"])
    await run(`vacuum (analyze) holdpoint.${table}`);
  await run("checkpoint"); // else the server is still busy with all this while it is measured
}

async function roomOn(environment: BenchEnvironment, kind: Kind): Promise<Figure> {
  const count = environment.quick ? 1_000 : 10_000;
  const home = await homeOn(environment, kind);
  try {
    await running(home, async () => undefined);
    const before = await asking(home, roomIn);
    await running(home, async (program) => {
      const job = { port: program.port, secret: home.secret, count, connections: 16, rate: null };
      const { refused } = await load(job);
      if (refused > 0) throw new Error(`${refused} webhooks were not stored`);
      await caughtUp(program);
    });
    const after = await asking(home, roomIn);
    const bodies = after.bodies / count;
    return figure(`${kind}: storage of a webhook beyond its body`, {
      value: (after.room - before.room) / count - bodies,
      unit: "B",
      more: {
        baseline: { what: "the body", value: bodies },
        goal: atMost(1000),
        note: `${count} webhooks of twenty suites, two of them above the limit; all tables and indexes of the schema, vacuumed`,
      },
    });
  } finally {
    home.remove();
  }
}

/** Without what changed rows left behind, which vacuum gives back to the rows that come next. */
async function roomIn({ execute }: Connection) {
  for (const table of ["deliveries", "signals", "conditions", "entries", "entry_about", "outbox"])
    await execute({ text: `vacuum (full) holdpoint.${table}`, params: [] });
  const text = `select (select sum(pg_total_relation_size(c.oid))::float8 from pg_class c
      where c.relnamespace = 'holdpoint'::regnamespace and c.relkind = 'r'),
    (select coalesce(sum(length(body)), 0)::float8 from holdpoint.deliveries)`;
  const [[room, bodies] = []] = await execute({ text, params: [] });
  return { room: Number(room), bodies: Number(bodies) };
}
