import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { alertmanager } from "./alertmanager.ts";
import { appendMeasured } from "./append.ts";
import { asked } from "./asked.ts";
import { card } from "./card.ts";
import type { BenchEnvironment } from "./environment.ts";
import type { Measured } from "./figures.ts";
import { enforce } from "./gateways.ts";
import { growth } from "./growth.ts";
import { intake } from "./intake.ts";
import { large } from "./large.ts";
import { machine } from "./machine.ts";
import { memory } from "./memory.ts";
import { notice } from "./notices.ts";
import { past } from "./past.ts";
import { findPostgres } from "./postgres.ts";
import { press } from "./press.ts";
import { ready } from "./ready.ts";
import { type Recorded, tableOf, writeReport } from "./report.ts";
import { start } from "./start.ts";
import { verify } from "./verify.ts";

/** `npm run bench`: measures, prints a table, and records it. */

const measurements: Readonly<Record<string, (environment: BenchEnvironment) => Promise<Measured>>> =
  {
    intake,
    alertmanager,
    card,
    press,
    large,
    notice,
    enforce,
    append: appendMeasured,
    verify,
    start,
    ready,
    memory,
    growth,
    past,
    asked,
  };

const usage = `npm run bench -- [--only ${Object.keys(measurements).join(",")}] [--quick] [--long]
  --only   these measurements; the others keep their last figures
  --quick  a tenth of everything; nothing is recorded
  --long   memory over 100,000 webhooks instead of 10,000`;

const out = (text: string): void => void process.stdout.write(`${text}\n`);

interface Options {
  readonly wanted: readonly string[];
  readonly quick: boolean;
  readonly long: boolean;
}

/** What was asked for; a text = what to tell who asked otherwise. */
function optionsIn(argv: readonly string[]): Options | string {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      long: { type: "boolean", default: false },
    },
  });
  const { only, quick, long } = values;
  const wanted = only?.split(",") ?? Object.keys(measurements);
  const unknown = wanted.filter((name) => !Object.hasOwn(measurements, name));
  if (unknown.length > 0) return `There is no ${unknown.join(", ")}.\n${usage}`;
  return { wanted, quick, long };
}

async function measure({ wanted, quick, long }: Options): Promise<void> {
  const postgres = await findPostgres();
  if (postgres === null)
    out("No PostgreSQL found: set DATABASE_URL_BENCH. Its figures are left out.");
  try {
    const on = machine(postgres?.durability ?? null);
    out(on.lines.join("\n"));
    const all: Recorded[] = [];
    for (const name of wanted) {
      const began = { at: new Date().toISOString(), load: loadavg()[0] ?? 0 };
      const measured = await measurements[name]?.({ postgres, quick, long });
      if (measured === undefined) continue;
      all.push({ ...measured, ...began });
      out(`\n${tableOf(measured)}`);
    }
    if (!quick && postgres !== null) out(`\nRecorded in ${writeReport(on, all).join(" and ")}.`);
  } finally {
    await postgres?.stop();
  }
}

try {
  const options = optionsIn(process.argv.slice(2));
  if (typeof options === "string") {
    out(options);
    process.exitCode = 2;
  } else await measure(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
