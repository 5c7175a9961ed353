import { setTimeout as pause } from "node:timers/promises";
import { openPostgres } from "../db/open-postgres.ts";
import { type BenchEnvironment, homeOn } from "./environment.ts";
import { atMost, type Figure, figure, type Measured, median, percentile } from "./figures.ts";
import { say, signIn } from "./person.ts";
import { benchDeployment, benchDeployments } from "./policy.ts";
import { asOperator, caughtUp, type Home, type Program, startProgram } from "./program.ts";
import { signed } from "./requests.ts";

/**
 * Questions of auditors about a long log, over HTTP, on PostgreSQL. The database copies four real
 * entries under other ids, with what they are found by. No hashes of the tree are made, so the
 * server says that the record is in doubt, and answers.
 */
export async function asked(environment: BenchEnvironment): Promise<Measured> {
  if (environment.postgres === null) return { name: "asked", figures: [] };
  const count = environment.quick ? 100_000 : 1_000_000;
  const home = await homeOn(environment, "postgres");
  try {
    const program = await startProgram(home.env);
    const small = await (async () => {
      await told(program, home);
      return timesOf(program, questions("HP-1", null));
    })().finally(program.stop);
    const span = await filled(home, count);
    const again = await startProgram(home.env, "/healthz");
    try {
      await readToTheEnd(again);
      const large = await timesOf(again, questions("HP-70", span));
      return { name: "asked", figures: figuresOf({ small, large, count }) };
    } finally {
      await again.stop();
    }
  } finally {
    home.remove();
  }
}

/** One entry of each kind that is copied. */
async function told(program: Program, { secret }: Home): Promise<void> {
  for (const value of [0.082, 0.091]) {
    const said = { deployment: benchDeployment(0), suite: `suite-${value}`, value };
    await fetch(`${program.url}/webhooks/signals`, { method: "POST", ...signed(said, secret) });
    await caughtUp(program);
  }
  const dana = await signIn(program, "Dana");
  await say(program, dana, "pause bench-0 because the samples look real");
  await say(program, dana, "resume bench-0 because I feel fine");
}

/** The instants between which the copies are. */
interface Span {
  readonly from: number;
  readonly until: number;
}

/** An index is made faster when its rows are there. */
const keyOfAbout = "entry_about_what_index_pk";
const aStep = 20_000;
const perMs = 100;
const copied = ["decision.made", "decision.denied", "escalation.opened", "escalation.updated"];

/** Of twenty entries one is a decision, one was refused, one opened an escalation. */
async function filled({ env }: Home, count: number): Promise<Span> {
  const database = await openPostgres(env["DATABASE_URL"] ?? "", 600_000, 1);
  try {
    const run = (text: string, ...params: readonly unknown[]) => database.execute({ text, params });
    await run("set statement_timeout = 0");
    await run("set synchronous_commit = off");
    await run(`alter table holdpoint.entry_about drop constraint ${keyOfAbout}`);
    const [[size, at] = []] = await run(
      "select size, (extract(epoch from at) * 1000)::bigint from holdpoint.log_head",
    );
    for (let from = 0; from < count; from += aStep)
      await run(copies, Number(size), from, from + aStep - 1, `{${copied.join(",")}}`, Number(at));
    await run(
      `alter table holdpoint.entry_about add constraint ${keyOfAbout} primary key (what, index)`,
    );
    await run(escalations, count / 20, Number(at));
    await run("update holdpoint.log_head set size = size + $1::int, at = now()", count);
    for (const table of ["entries", "entry_about", "escalation_about", "escalations"])
      await run(`analyze holdpoint.${table}`);
    await run("checkpoint");
    return { from: Number(at), until: Number(at) + count / perMs };
  } finally {
    await database.close();
  }
}

/**
 * $1 = the size of the log before, $2 and $3 = the first and the last copy, $4 = the kinds, $5 =
 * the time of the first.
 */
const copies = `with template as materialized (
    select k.kind, convert_from(e.bytes, 'UTF8') as words, e.id, k.n - 1 as turn
    from unnest($4::text::text[]) with ordinality as k(kind, n)
    cross join lateral (select * from holdpoint.entries e where e.kind = k.kind and e.index < $1::int
      order by e.index limit 1) e),
  made as materialized (
    select $1::int + n as index, t.*, 'x_' || n as new_id, 'bench-' || n / 20 % 70 as deployment,
      'HP-' || 1 + n / 20 as escalation, n, date_trunc('milliseconds', to_timestamp(($5::bigint + n / ${perMs}) / 1000.0)) as at
    from generate_series($2::int, $3::int) n join template t on t.turn = least(n % 20, 3)),
  stored as (
    insert into holdpoint.entries (index, bytes, leaf, id, at, kind, subject, deployment, decision)
    select index, c.bytes, sha256('\\x00'::bytea || c.bytes), new_id, at, kind,
      'deployment:' || deployment, deployment, case when kind = 'decision.made' then 'pause' end
    from made cross join lateral (select convert_to(replace(replace(replace(regexp_replace(words,
      '"at":"[^"]*"', '"at":"' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"'),
      id, new_id), 'bench-0"', deployment || '"'), 'HP-1"', escalation || '"'), 'UTF8') as bytes) c),
  keys as (
    select index, kind, w.what from made cross join lateral (
      select 'escalation:' || escalation union all select 'trigger:jailbreak-rate'
      union all select 'severity:' || (array['critical', 'high', 'warning'])[1 + n / 20 % 3]
      union all select 'model:aurora-' || 3 + n / 20 % 2
      union all select 'person:' || p from (select substring(words from '"person":"(p_[^"]*)"')) as x(p) where p is not null
      union all select 'decider:' || p from (select substring(words from '"person":"(p_[^"]*)"')) as x(p)
        where kind = 'decision.made' and n / 20 % 3 > 0
      union all select 'is:' || m from (values ('by-policy', 3), ('deviation', 20), ('stricter', 40), ('weaker', 60),
        ('breakglass', 1000), ('undone', 1000)) as v(m, every) where kind = 'decision.made' and n / 20 % every = 0
    ) as w(what))
  insert into holdpoint.entry_about (what, index)
    select what, index from keys
    union all select kind || '/' || what, index from keys where kind <> 'escalation.updated'
    union all select kind || '/deployment:' || deployment, index from made where kind <> 'escalation.updated'
    union all select 'decision.made/decision:pause', index from made where kind = 'decision.made'`;

/** Each was open for ten seconds. $1 = how many, $2 = when the first was opened. */
const escalations = `insert into holdpoint.escalations (id, number, status, deployment, trigger, severity, opened_at, doc)
  select 'HP-' || n, n, 'closed', 'bench-' || n % 70, e.trigger, 'high', e.opened_at, e.doc || jsonb_build_object(
    'id', 'HP-' || n, 'deployment', 'bench-' || n % 70, 'status', 'closed',
    'openedAt', $2::bigint + n * 20 / ${perMs}, 'closedAt', $2::bigint + n * 20 / ${perMs} + 1)
  from (select * from holdpoint.escalations where number = 1) e, generate_series(2, $1::int) n`;

/** The first comparison with the log is over when it is told. */
async function readToTheEnd({ url }: Program): Promise<void> {
  for (const began = performance.now(); performance.now() - began < 600_000; await pause(500)) {
    const text = await (await fetch(`${url}/readyz`)).text();
    if (text.includes("was changed without Holdpoint")) return;
  }
  throw new Error("the log was not read within ten minutes");
}

type Question = readonly [what: string, path: () => string];

/** `span`: the instants of the long log; null = it is short. */
function questions(escalation: string, span: Span | null): readonly Question[] {
  const decisions = (what: string, query: string): Question => [
    what,
    () => `/v1/decisions?${query}`,
  ];
  const then = (): string => {
    const { from, until } = span ?? { from: Date.now() - 1, until: Date.now() };
    return new Date(from + 1 + Math.random() * (until - from - 1)).toISOString();
  };
  const line = (words: string): string => `/v1/ask?line=${encodeURIComponent(words)}`;
  return [
    ...Object.entries(filters(escalation)).map(([what, query]) => decisions(what, query)),
    decisions("since", `since=${new Date(span?.from ?? 0).toISOString()}`),
    ["status at", () => line(`status bench-7 at ${then()}`)],
    ["who at", () => line(`who bench-7 at ${then()}`)],
    ["a deployment at", () => `/v1/deployments/bench-7?at=${then()}`],
    [`all ${benchDeployments + 1} deployments at`, () => `/v1/deployments?at=${then()}`],
  ];
}

const filters = (escalation: string): Readonly<Record<string, string>> => ({
  "no filter": "",
  deployment: "deployment=bench-7",
  actor: "actor=Dana",
  decider: "decider=Dana",
  kind: "kind=pause",
  "kind of entry": "kind=escalation.updated",
  trigger: "trigger=jailbreak-rate",
  escalation: `escalation=${escalation}`,
  severity: "severity=critical",
  model: "model=aurora-3",
  denied: "denied=true",
  deviation: "deviation=true",
  "by-policy": "by-policy=true",
  breakglass: "breakglass=true",
  undone: "undone=true",
  overdue: "overdue=true",
  "deployment, severity, model": "deployment=bench-7&severity=critical&model=aurora-3",
  "decider, deviation": "decider=Dana&deviation=true",
});

const times = 30;

/** Each question is asked as often before: a server that runs for days is not in its first minute. */
async function timesOf(program: Program, all: readonly Question[]) {
  await askedOften(program, all);
  return askedOften(program, all);
}

async function askedOften({ url }: Program, all: readonly Question[]) {
  const taken = new Map<string, readonly number[]>();
  for (const [what, path] of all) {
    const own: number[] = [];
    for (let n = 0; n < times; n += 1) {
      const began = performance.now();
      const answer = await fetch(`${url}${path()}`, asOperator);
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${path()} answered ${answer.status}: ${text}`);
      own.push(performance.now() - began);
    }
    taken.set(what, own);
  }
  return taken;
}

type Times = Awaited<ReturnType<typeof timesOf>>;

function figuresOf({
  small,
  large,
  count,
}: {
  readonly small: Times;
  readonly large: Times;
  readonly count: number;
}): readonly Figure[] {
  return [...large].map(([what, own]) => {
    const isPast = what.endsWith(" at");
    return figure(`${isPast ? what : `history: ${what}`}, p50`, {
      value: median(own),
      unit: "ms",
      more: {
        baseline: { what: "the same of a short log", value: median(small.get(what) ?? []) },
        goal: atMost(isPast ? 50 : 10),
        note: `${count} entries; the slowest of ${times}: ${percentile(own, 1).toFixed(0)} ms`,
      },
    });
  });
}
