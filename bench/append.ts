import { readFileSync } from "node:fs";
import { migrate } from "../db/migrate.ts";
import { openDirectory } from "../db/open-pglite.ts";
import { openPostgres } from "../db/open-postgres.ts";
import { storeOver } from "../db/store.ts";
import type { Change, Store } from "../src/app/ports.ts";
import { sampleEntry } from "./entries.ts";
import { type BenchEnvironment, homeOn, type Kind, kindsOn } from "./environment.ts";
import { atLeast, type Figure, figure, type Measured } from "./figures.ts";

const batch = 100;

/** Commits of entries, one after another as the log demands: alone, and a hundred together. */
export async function appendMeasured(environment: BenchEnvironment): Promise<Measured> {
  const figures: Figure[] = [];
  for (const kind of kindsOn(environment)) figures.push(...(await onDatabase(environment, kind)));
  return { name: "append", figures };
}

async function onDatabase(environment: BenchEnvironment, kind: Kind): Promise<readonly Figure[]> {
  const home = await homeOn(environment, kind);
  const { DATABASE_URL: url, HOLDPOINT_DATA: data } = home.env;
  const connection = await (url === undefined
    ? openDirectory(`${data}/database`)
    : openPostgres(url));
  try {
    await migrate(connection);
    await connection.execute({ text: "create table plain (bytes bytea)", params: [] });
    const store = storeOver(connection.execute, async () => undefined);
    const insert = async (bytes: readonly Uint8Array[]): Promise<void> => {
      const rows = bytes.map((byte) => Buffer.from(byte).toString("hex"));
      const text = "insert into plain select decode(x, 'hex') from unnest($1::text::text[]) as x";
      await connection.execute({ text, params: [`{${rows.join(",")}}`] });
    };
    const commits = environment.quick ? 20 : 400;
    const few = await rates({ kind, commits, insert, store });
    const ofStored = async (count: number): Promise<number> => {
      await connection.execute({ text: escalationsUpTo, params: [count] });
      return besideMany(store, commits);
    };
    const beside100 = await ofStored(100);
    const now = await ofStored(7_300);
    for (const text of asBefore()) await connection.execute({ text, params: [] });
    const before = await besideMany(store, commits);
    for (const text of asNow()) await connection.execute({ text, params: [] });
    const beside100k = await ofStored(100_000);
    return [...few, besideFigure(kind, now, before), grownFigure(kind, beside100k, beside100)];
  } finally {
    await connection.close();
    home.remove();
  }
}

/** 7,300 are as many as a busy year opens, each with a state of its usual size. */
const escalationsUpTo = `insert into holdpoint.escalations (id, number, status, deployment, trigger, severity, opened_at, doc)
  select 'HP-' || n, n, 'closed', 'deployment-' || n % 20, 'jailbreak-rate', 'high', now(),
    jsonb_build_object('id', 'HP-' || n, 'words', repeat(md5(n::text), 80))
  from generate_series(1 + (select count(*)::int from holdpoint.escalations), $1::int) as n`;

interface Asked {
  readonly kind: Kind;
  readonly commits: number;
  readonly store: Pick<Store, "commit">;
  readonly insert: (bytes: readonly Uint8Array[]) => Promise<void>;
}

let n = 0;
const some = (count: number) => Array.from({ length: count }, () => sampleEntry(n++));

async function perSecond(
  times: number,
  size: number,
  work: (entries: Change["entries"]) => Promise<unknown>,
): Promise<number> {
  const prepared = Array.from({ length: times }, () => some(size));
  const began = performance.now();
  for (const entries of prepared) await work(entries);
  return (times * size * 1000) / (performance.now() - began);
}

const appendTo =
  (store: Pick<Store, "commit">) =>
  async (entries: Change["entries"]): Promise<void> => {
    const { is } = await store.commit(changeWith(entries));
    if (is !== "done") throw new Error(`the commit ended with ${is}`);
  };

/**
 * The commit as it was when an entry's escalations were found by reading all there are (migration
 * 0001), and planned as usual.
 */
function asBefore(): readonly string[] {
  const functions = readFileSync("db/migrations/0001_functions.sql", "utf8");
  const from = functions.indexOf("CREATE FUNCTION holdpoint.append(");
  const text = functions.slice(from, functions.indexOf("--> statement-breakpoint", from));
  return [
    text.replace("CREATE", "CREATE OR REPLACE"),
    ...settings.map((setting) => `alter function holdpoint.commit(jsonb) reset ${setting}`),
  ];
}

const settings = ["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"];

/** The commit as it is. */
const asNow = (): readonly string[] => [
  readFileSync("db/migrations/0020_checked_entries.sql", "utf8"),
  ...settings.map((setting) => `alter function holdpoint.commit(jsonb) set ${setting} = off`),
];

async function besideMany(store: Pick<Store, "commit">, commits: number): Promise<number> {
  const append = appendTo(store);
  await perSecond(commits / 4, 1, append);
  return perSecond(commits / 10, batch, append);
}

const besideFigure = (kind: Kind, now: number, before: number): Figure =>
  figure(`${kind}: entries with 7,300 escalations stored, in commits of ${batch}`, {
    value: now,
    unit: "/s",
    more: {
      baseline: {
        what: "reading all escalations for each, as before migration 0011",
        value: before,
      },
      goal: atLeast(4, "ratio"),
    },
  });

const grownFigure = (kind: Kind, many: number, few: number): Figure =>
  figure(`${kind}: entries with 100,000 escalations stored, in commits of ${batch}`, {
    value: many,
    unit: "/s",
    more: {
      baseline: { what: "with 100 stored", value: few },
      goal: atLeast(0.9, "ratio"),
    },
  });

async function rates({ kind, commits, store, insert }: Asked): Promise<readonly Figure[]> {
  const append = appendTo(store);
  const plain = (entries: Change["entries"]) => insert(entries.map(({ bytes }) => bytes));
  await perSecond(commits / 4, 1, append);
  await perSecond(commits / 4, 1, plain);
  const fewer = commits / 10;
  const what = "INSERT of the same bytes into a table";
  const alone = { what, value: await perSecond(commits, 1, plain) };
  const together = { what, value: await perSecond(fewer, batch, plain) };
  return [
    figure(`${kind}: entries committed singly`, {
      value: await perSecond(commits, 1, append),
      unit: "/s",
      more: {
        baseline: alone,
      },
    }),
    figure(`${kind}: entries in commits of ${batch}`, {
      value: await perSecond(fewer, batch, append),
      unit: "/s",
      more: {
        baseline: together,
      },
    }),
  ];
}

export function changeWith(entries: Change["entries"]): Change {
  return {
    key: null,
    expect: [],
    entries,
    streams: [],
    escalations: [],
    dues: [],
    outbox: [],
    texts: [],
    people: [],
    policies: [],
    conditions: [],
    shown: [],
    signals: [],
    readings: [],
    stored: [],
    deliveries: [],
    sessions: [],
    links: [],
    spent: [],
    heard: null,
    result: null,
  };
}
