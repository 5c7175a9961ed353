import { type BenchEnvironment, type Kind, kindsOn, type Mode, withServer } from "./environment.ts";
import { atLeast, type Figure, figure, type Measured, median } from "./figures.ts";
import { type Load, load } from "./load.ts";
import { caughtUp } from "./program.ts";

const connections = 64;

interface Round extends Load {
  /** From the last answer until everything was evaluated, ms; 0 where nothing evaluates. */
  readonly behind: number;
}

/**
 * Durable webhooks per second: the real program, and the same server with one INSERT per request.
 */
export async function intake(environment: BenchEnvironment): Promise<Measured> {
  const figures: Figure[] = [];
  for (const kind of kindsOn(environment)) figures.push(...(await onDatabase(environment, kind)));
  return { name: "intake", figures };
}

async function onDatabase(environment: BenchEnvironment, kind: Kind): Promise<readonly Figure[]> {
  const counts = { postgres: 8_000, embedded: 2_000 };
  const count = environment.quick ? 1_000 : counts[kind];
  const rounds = environment.quick || kind === "embedded" ? 1 : 3;
  const modes: readonly Mode[] = ["single", "grouped", "program"];
  const all = new Map<Mode, Round[]>(modes.map((mode) => [mode, []]));
  for (let n = 0; n < rounds; n += 1) {
    for (const mode of modes) all.get(mode)?.push(await round(environment, { mode, kind, count }));
  }
  const of = (mode: Mode, item: (round: Round) => number) =>
    median((all.get(mode) ?? []).map(item));
  const rate = (round: Round) => round.perSecond;
  const single = { what: "one INSERT per request", value: of("single", rate) };
  const slow = { what: "one INSERT per request", value: of("single", (round) => round.p99) };
  const settled = of(
    "program",
    ({ perSecond, behind }) => count / (count / perSecond + behind / 1000),
  );
  return [
    figure(`${kind}: stored by Holdpoint`, {
      value: of("program", rate),
      unit: "/s",
      more: {
        baseline: single,
        goal: atLeast(2, "ratio"),
        note: "Holdpoint also evaluates in the same process; the baseline does not",
      },
    }),
    figure(`${kind}: stored with evaluation off`, {
      value: of("grouped", rate),
      unit: "/s",
      more: {
        baseline: single,
        goal: atLeast(2, "ratio"),
        note: "like the baseline, which does not evaluate",
      },
    }),
    figure(`${kind}: p50 of Holdpoint`, {
      value: of("program", (round) => round.p50),
      unit: "ms",
    }),
    figure(`${kind}: p99 of Holdpoint`, {
      value: of("program", (round) => round.p99),
      unit: "ms",
      more: {
        baseline: slow,
      },
    }),
    figure(`${kind}: p99 with evaluation off`, {
      value: of("grouped", (round) => round.p99),
      unit: "ms",
      more: {
        baseline: slow,
      },
    }),
    figure(`${kind}: stored and evaluated`, {
      value: settled,
      unit: "/s",
      more: {
        baseline: single,
        goal: atLeast(2, "ratio"),
        note: "until everything is evaluated",
      },
    }),
  ];
}

const round = (
  environment: BenchEnvironment,
  { mode, kind, count }: { readonly mode: Mode; readonly kind: Kind; readonly count: number },
): Promise<Round> =>
  withServer(environment, { mode, kind }, async (program, { secret }) => {
    const job = { port: program.port, secret, connections, rate: null };
    await load({ ...job, count: Math.ceil(count / 4) });
    if (mode === "program") await caughtUp(program);
    const loaded = await load({ ...job, count });
    if (loaded.refused > 0) throw new Error(`${loaded.refused} webhooks were not stored`);
    return { ...loaded, behind: mode === "program" ? await caughtUp(program) : 0 };
  });
