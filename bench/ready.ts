import { type BenchEnvironment, homeOn, kindsOn, withServer } from "./environment.ts";
import { atMost, figure, type Measured } from "./figures.ts";
import { startProgram } from "./program.ts";

/** From the start of the process to the first 200 of /readyz: with nothing there yet, and again. */
export async function ready(environment: BenchEnvironment): Promise<Measured> {
  const bare = await withServer(
    environment,
    { mode: "bare", kind: "embedded" },
    async (program) => program.readyIn,
  );
  const baseline = { what: "a bare Fastify under the same runtime", value: bare / 1000 };
  const figures = [];
  for (const kind of kindsOn(environment)) {
    const home = await homeOn(environment, kind);
    try {
      const first = await startOnce(home.env);
      const later = await startOnce(home.env);
      figures.push(
        figure(`${kind}: first start`, {
          value: first,
          unit: "s",
          more: { baseline, goal: atMost(10) },
        }),
        figure(`${kind}: later start`, {
          value: later,
          unit: "s",
          more: { baseline, goal: atMost(3) },
        }),
      );
    } finally {
      home.remove();
    }
  }
  return { name: "ready", figures };
}

async function startOnce(env: Parameters<typeof startProgram>[0]): Promise<number> {
  const program = await startProgram(env);
  await program.stop();
  return program.readyIn / 1000;
}
