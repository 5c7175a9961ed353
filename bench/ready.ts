import { atMost, figure, type Measured } from "./figures.ts";
import { type Ground, homeOn, kindsOn, withServer } from "./ground.ts";
import { startProgram } from "./program.ts";

/** From the start of the process to the first 200 of /readyz: with nothing there yet, and again. */
export const ready = async (ground: Ground): Promise<Measured> => {
  const bare = await withServer(
    ground,
    { mode: "bare", kind: "embedded" },
    async (one) => one.readyIn,
  );
  const baseline = { what: "a bare Fastify under the same runtime", value: bare / 1000 };
  const figures = [];
  for (const kind of kindsOn(ground)) {
    const home = await homeOn(ground, kind);
    try {
      const first = await startOnce(home.env);
      const later = await startOnce(home.env);
      figures.push(
        figure(`${kind}: first start`, first, "s", { baseline, goal: atMost(10) }),
        figure(`${kind}: later start`, later, "s", { baseline, goal: atMost(3) }),
      );
    } finally {
      home.remove();
    }
  }
  return { name: "ready", figures };
};

const startOnce = async (env: Parameters<typeof startProgram>[0]): Promise<number> => {
  const program = await startProgram(env);
  await program.stop();
  return program.readyIn / 1000;
};
