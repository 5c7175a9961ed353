import { setTimeout as pause } from "node:timers/promises";
import { type BenchEnvironment, type Kind, kindsOn, withServer } from "./environment.ts";
import { atMost, type Figure, figure, type Measured } from "./figures.ts";
import { load } from "./load.ts";
import { caughtUp, type Program } from "./program.ts";

/** Resident memory: after the start, and after webhooks were stored, evaluated and shown. */
export async function memory(environment: BenchEnvironment): Promise<Measured> {
  const bare = await withServer(
    environment,
    { mode: "bare", kind: "embedded" },
    async (program) => {
      await pause(1_000);
      return program.resident();
    },
  );
  const figures: Figure[] = [];
  for (const kind of kindsOn(environment))
    figures.push(...(await onDatabase(environment, kind, bare)));
  return { name: "memory", figures };
}

const onDatabase = (
  environment: BenchEnvironment,
  kind: Kind,
  bare: number,
): Promise<readonly Figure[]> =>
  withServer(environment, { mode: "program", kind }, async (program, { secret }) => {
    const baseline = { what: "a bare Fastify under the same runtime", value: bare };
    const goal = kind === "postgres" ? atMost(200) : null;
    const at = (when: string, resident: number) =>
      figure(`${kind}: resident ${when}`, {
        value: resident,
        unit: "MB",
        more: { baseline, goal },
      });
    await pause(1_000);
    const figures = [at("after the start", program.resident())];
    let sent = 0;
    for (const total of totals(environment, kind)) {
      const count = total - sent;
      const load_ = { port: program.port, secret, count, connections: 64, rate: null };
      const { most } = await watched(program, async () => {
        const { refused } = await load(load_);
        if (refused > 0) throw new Error(`${refused} webhooks were not stored`);
        await caughtUp(program);
      });
      sent = total;
      await pause(5_000);
      const now = at(`after ${total} webhooks`, program.resident());
      figures.push({ ...now, note: `at most ${most.toFixed(0)} MB during the load` });
    }
    return figures;
  });

function totals({ quick, long }: BenchEnvironment, kind: Kind): readonly number[] {
  if (quick) return [1_000];
  return long && kind === "postgres" ? [10_000, 20_000, 50_000, 100_000] : [5_000, 10_000];
}

/** Does `work`; answers with what it does and the most memory that was resident meanwhile, MB. */
export async function watched<T>(
  program: Program,
  work: () => Promise<T>,
): Promise<{ readonly most: number; readonly result: T }> {
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, program.resident());
  }, 200);
  try {
    const result = await work();
    return { most, result };
  } finally {
    clearInterval(look);
  }
}
