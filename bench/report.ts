import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type Figure, isMet, type Measured, ratioOf } from "./figures.ts";
import type { Machine } from "./machine.ts";
import { wrapped } from "./wrap.ts";

/**
 * A measurement as lines for a terminal: each figure, what it is held against, and what was wanted.
 */
export function tableOf({ name, figures }: Measured): string {
  const rows = [["what", "result", "baseline", "ratio", "goal", "met"], ...figures.map(cells)];
  const widths =
    rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "));
  return [name, ...lines.map((line) => `  ${line.trimEnd()}`)].join("\n");
}

function cells(figure: Figure): readonly string[] {
  const { what, value, unit, baseline, goal } = figure;
  const met = isMet(figure);
  const limit = goal?.of === "ratio" ? `${goal.limit}×` : `${goal?.limit} ${unit}`;
  return [
    what,
    `${short(value)} ${unit}`,
    baseline === null ? "" : `${short(baseline.value)} ${unit} (${baseline.what})`,
    baseline === null ? "" : `${short(ratioOf(figure) ?? Number.NaN)}×`,
    goal === null ? "" : `${goal.is} ${limit}`,
    met === null ? "" : met ? "yes" : "NO",
  ];
}

/** Three digits are as many as a second run would repeat. */
function short(value: number): string {
  if (!Number.isFinite(value)) return "unknown";
  if (value < 1_000) return String(Number(value.toPrecision(3)));
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, " ");
}

/** A measurement with when it was made, and the load average of the minute before. */
export interface Recorded extends Measured {
  readonly at: string;
  readonly load: number;
}

interface Results {
  readonly machine: Omit<Machine, "lines">;
  readonly measured: readonly Recorded[];
}

const results = "bench/results";

/**
 * Writes the figures for programs and for people; answers with the names of the files. What was
 * measured last on the same machine and Node is kept with its date, unless it was measured again.
 */
export function writeReport(on: Machine, all: readonly Recorded[]): readonly string[] {
  const major = process.versions.node.split(".")[0];
  const file = `${results}/${on.at.slice(0, 10)}-node${major}.json`;
  const { lines: _, ...machine } = on;
  mkdirSync(results, { recursive: true });
  const kept = lastOn(machine, `-node${major}.json`).filter(({ name }) =>
    all.every((item) => item.name !== name),
  );
  const names = Object.keys(about);
  const measured = [...kept, ...all].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  writeFileSync(file, `${JSON.stringify({ machine, measured }, null, 2)}\n`);
  writeFileSync("docs/benchmarks.md", wrapped(pageOf(on, measured, file)));
  return [file, "docs/benchmarks.md"];
}

/** The newest record; figures of another machine say nothing beside these. */
function lastOn(machine: Results["machine"], ending: string): readonly Recorded[] {
  const newest = readdirSync(results)
    .filter((name) => name.endsWith(ending))
    .sort()
    .at(-1);
  if (newest === undefined) return [];
  const last: Results = JSON.parse(readFileSync(`${results}/${newest}`, "utf8"));
  return sameMachine(last.machine) === sameMachine(machine) ? last.measured : [];
}

const sameMachine = ({ at: _at, flushMs: _flush, ...on }: Results["machine"]): string =>
  JSON.stringify(Object.entries(on).sort());

function pageOf(on: Machine, all: readonly Recorded[], file: string): string {
  const missed = all.flatMap(({ figures }) => figures.filter((figure) => isMet(figure) === false));
  return `# Benchmarks

Written by \`npm run bench\`; do not edit. Every figure stands beside a baseline measured in the same run, so that a slow or busy machine slows both. Traffic stays on 127.0.0.1. To repeat it (PostgreSQL from Debian's packages, or any whose URL is in \`DATABASE_URL_BENCH\` and may create databases):

\`\`\`sh
npm run bench -- --long
npm run bench -- --only intake,press     # a part; the others keep their last figures
\`\`\`

This record: ${on.at.slice(0, 10)}, [the raw figures](../${file}).

${on.lines.map((line) => `- ${line}`).join("\n")}

${missed.length === 0 ? "Every goal is met." : `## Goals missed\n\n${missed.map(missedLine).join("\n")}`}

${all.map((figures) => sectionOf(figures, on)).join("\n\n")}
`;
}

function missedLine(figure: Figure): string {
  const [what, result, baseline, ratio, goal] = cells(figure);
  const held = figure.goal?.of === "ratio" ? `${ratio} of ${baseline}` : result;
  return `- ${what}: ${held}; the goal is ${goal}.`;
}

function sectionOf({ name, figures, load, at }: Recorded, on: Machine): string {
  const notes = [...new Set(figures.map(({ note }) => note).filter((note) => note !== ""))];
  const day = at.slice(0, 10);
  const earlier = day === on.at.slice(0, 10) ? "" : ` Measured on ${day}.`;
  const noted = figures.map((figure) => {
    const [what = "", ...rest] = cells(figure);
    return `| ${[figure.note === "" ? what : `${what} (${notes.indexOf(figure.note) + 1})`, ...rest].join(" | ")} |`;
  });
  return [
    `## ${name}`,
    "",
    `${about[name] ?? ""}${load > 1 ? ` The load average was ${load.toFixed(1)} when this began (what the bench did before counts too): the machine was not quiet.` : ""}${earlier}`,
    "",
    "| what | result | baseline | ratio | goal | met |",
    "|---|---|---|---|---|---|",
    ...noted,
    ...(notes.length === 0 ? [] : ["", ...notes.map((note, at) => `${at + 1}. ${note}`)]),
  ].join("\n");
}

/** What each measurement is. */
export const about: Readonly<Record<string, string>> = {
  intake:
    "Signed webhooks from 64 connections of another process, each sending again as soon as it is answered; a 202 means that the row is on disk. The baseline is the same server, authentication, table and pool with one INSERT per request.",
  alertmanager:
    "New alerts from 64 connections of another process, each sending again as soon as it is answered. Debian's prometheus-alertmanager, which keeps them in memory and tells nobody, gets them as Prometheus sends them; the program, on PostgreSQL, gets the same alerts as Alertmanager's webhook sends them. In turns, each time a new server. The program has done its work when everything is stored and evaluated; afterwards the same load runs once more, with a person who presses in the console meanwhile.",
  card: "One webhook at a time on an idle server, each opening an escalation of its own. The baseline is the answer to the webhook itself.",
  press:
    "A person's form posted to the console's /say while 200 webhooks arrive per second; the answer is given after the commit, and the log is counted afterwards. The baseline is the same press on an idle server.",
  large:
    "A person's form posted to the console's /say, nine times a second, while Alertmanager's messages of 1 MB are stored and evaluated. The baseline is the slowest of the same presses on an idle server.",
  notice:
    "One webhook at a time on an idle server, each opening an escalation that an endpoint is told of over HTTP. The baseline is the answer to the webhook itself.",
  enforce:
    "A person pauses in the console. Asking: each gateway's first request after the press was answered, until its 403. Listening: until the posture arrived on an open stream. Both count from the press. The baseline is the press itself, up to its answer.",
  append:
    "One commit at a time, as the one head of the log demands. The baseline keeps the same bytes without tree, index or order.",
  verify:
    "The whole check of an export in one thread: canonical form, order of time, leaf hashes, tree, signature. Which baseline is fair depends on what one calls plain SHA-256, so there are three: hashing entry by entry with Node's older and newer call, and hashing the file in one go, which checks nothing about entries and has no call per entry to pay for.",
  start:
    "Commands that need no server, each as a whole process from its start to its end; the baseline is a process that loads tsx, which reads TypeScript, and does nothing.",
  ready: "From the start of the process to the first 200 of /readyz.",
  memory:
    "Resident memory of the program's process, five seconds after everything that was stored has been evaluated.",
  growth:
    "Alerts of one condition that joins an open escalation, and presses of a person, one at a time, before and after the tables are filled. An alert counts from when the program has it until what it means is committed. The room is that of all tables and indexes.",
  past: "Gateways ask for the present while somebody asks for all deployments as they were, one question after another, of a long log. The baseline is the same gateways without such questions.",
};
