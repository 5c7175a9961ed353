import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchEnvironment } from "./environment.ts";
import { atMost, figure, type Measured, median } from "./figures.ts";
import { exportOf } from "./verify.ts";

const program = fileURLToPath(import.meta.resolve("../src/holdpoint.mjs"));

/**
 * Commands that need no server, as whole processes, against a process that loads tsx (which Node 24
 * does without) and does nothing. In turns, so that a machine that gets busier slows both.
 */
export async function start({ quick }: BenchEnvironment): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), "holdpoint-bench-"));
  try {
    writeExport(directory);
    const nothing = measured(["--import", "tsx", "-e", "0"]);
    const commands = [["help"], ["policy", "check"], ["log", "verify", directory]].map((words) => ({
      what: words.slice(0, 2).join(" "),
      ...measured([program, ...words]),
    }));
    const all = [nothing, ...commands];
    for (const { run } of all) run(); // the first run of each fills the caches
    for (let round = 0; round < (quick ? 3 : 9); round += 1) {
      for (const { run, taken } of all) taken.push(run());
    }
    const baseline = { what: "node --import tsx -e 0", value: median(nothing.taken) };
    return {
      name: "start",
      figures: commands.map(({ what, taken }) =>
        figure(what, {
          value: median(taken),
          unit: "s",
          more: { baseline, goal: atMost(2, "ratio"), note: `the median of ${taken.length}` },
        }),
      ),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A process with its times, s. */
function measured(words: readonly string[]) {
  const run = (): number => {
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, words);
    if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${stderr}`);
    return (performance.now() - began) / 1000;
  };
  return { run, taken: [0].slice(1) };
}

/** A log of a hundred entries, as `log export` leaves it. */
function writeExport(directory: string): void {
  const { exported } = exportOf(100);
  const { entries, leaves, checkpoint, key } = exported;
  const files = { "entries.jsonl": entries, leaves, checkpoint, "log.pub": key };
  for (const [name, bytes] of Object.entries(files))
    writeFileSync(join(directory, name), bytes ?? "");
}
