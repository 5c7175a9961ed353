import { createHash } from "node:crypto";
import type { Export } from "../src/core/log/verify.ts";
import { hours, minutes } from "../test/support/builders.ts";
import { Log, said } from "../test/support/core-log.ts";
import { exportedAs, type Line, linesOf, written } from "../test/support/histories.ts";

/** An honest log with a meaning: escalations that are acknowledged, decided, and resumed by two. */

const commitment = (text: string): string => `c_${createHash("sha256").update(text).digest("hex")}`;

/** As long as in a real log, where the core's own tests have `c_12` and `e_12`. */
function asInReal(line: Line): Line {
  const text = JSON.stringify(line)
    .replaceAll(/"c_(\d+)"/g, (_all, n: string) => `"${commitment(n)}"`)
    .replaceAll(/"e_(\d+)"/g, (_all, n: string) => `"e_${n.padStart(20, "a")}"`);
  const read: unknown = JSON.parse(text);
  return read as Line;
}

/** The lines of a log of at least so many entries. */
export function meantLines(size: number): readonly Line[] {
  const log = new Log(written.policy);
  while (log.entries.length < size) {
    const id = log.fire("jailbreak-rate");
    said(log, "chidi", `ack ${id}`);
    log.wait(minutes(1));
    said(log, "chidi", `pause ${id}`);
    log.wait(minutes(10));
    said(log, "chidi", `resume ${id} to full`);
    log.wait(minutes(5));
    said(log, "frank", `resume ${id}`);
    log.wait(hours(2));
  }
  return linesOf(log).map(asInReal);
}

export function meantExport(lines: readonly Line[]): Export {
  return exportedAs(lines);
}
