import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type Figure, isMet, type Measured, ratioOf } from "./figures.ts";
import type { Machine } from "./machine.ts";
import { wrapped } from "./wrap.ts";

/** A measurement as lines for a terminal: each figure with its baseline and its goal. */
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

/** Three significant digits: a second run would not repeat more. */
function short(value: number): string {
  if (!Number.isFinite(value)) return "unknown";
  if (value < 1_000) return String(Number(value.toPrecision(3)));
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, " ");
}

/** A measurement with its time, and the load average of the minute before. */
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
 * Writes the figures as JSON and as a page; returns the names of both files. Earlier measurements
 * on the same machine and Node version are kept with their dates, unless they were repeated.
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

/** The newest record, if it is of the same machine: others are not comparable. */
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

How fast Holdpoint is, and how much memory it needs, compared with the goals. \`npm run bench\` writes this page, so do not edit it. To repeat the measurements:

\`\`\`sh
npm run bench -- --long
npm run bench -- --only intake,press     # a part; the others keep their last figures
\`\`\`

It needs PostgreSQL from Debian's packages, or the URL of a server in \`DATABASE_URL_BENCH\`, with the right to create databases. All traffic stays on 127.0.0.1. Each figure is compared with a baseline measured in the same run, so that a slow or busy machine affects both.

The figures of ${on.at.slice(0, 10)} ([as JSON](../${file})) were measured on:

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
    `${about[name] ?? ""}${load > 1 ? ` The load average at the beginning was ${load.toFixed(1)} (including earlier measurements), so the machine was not idle.` : ""}${earlier}`,
    "",
    "| what | result | baseline | ratio | goal | met |",
    "|---|---|---|---|---|---|",
    ...noted,
    ...(notes.length === 0 ? [] : ["", ...notes.map((note, at) => `${at + 1}. ${note}`)]),
  ].join("\n");
}

/** The description of each measurement. */
export const about: Readonly<Record<string, string>> = {
  intake:
    "How many signed webhooks are stored per second. Another process sends them over 64 connections, each sending the next as soon as the last is answered; a 202 means that the row is on disk. The baseline is the same server with the same authentication, table and pool, but one INSERT per request.",
  alertmanager:
    "New alerts, compared with Debian's prometheus-alertmanager, which keeps them in memory and notifies nobody. Another process sends them over 64 connections, each sending the next as soon as the last is answered: to Alertmanager as Prometheus does, to Holdpoint (on PostgreSQL) as Alertmanager's webhook does. The rounds alternate, each with a new server. Holdpoint's round ends when everything is stored and evaluated. Afterwards the same load is repeated while a person presses buttons in the console.",
  card: "The time from a webhook to its card, one webhook at a time on an idle server, each opening an escalation. The baseline is the answer to the webhook.",
  press:
    "The time from a press in the console to its committed answer, while 200 webhooks arrive per second. The press is a form posted to /say; afterwards the decisions in the log are counted. The baseline is the same press on an idle server.",
  large:
    "The slowest press in the console, at nine presses a second, while Alertmanager's messages of 1 MB are stored and evaluated. The baseline is the slowest of the same presses on an idle server.",
  notice:
    "The time from a webhook to the outbound notification, one webhook at a time on an idle server, each opening an escalation. The baseline is the answer to the webhook.",
  enforce:
    "The time from a pause in the console until gateways enforce it: until the first 403 of each gateway that polls, and until the posture has arrived on each open stream. The baseline is the answer to the press.",
  append:
    "How many log entries are committed per second. Commits are sequential, since the log has one head. The baseline stores the same bytes without tree, index or order.",
  verify:
    "How many entries of an export are verified per second in one thread: canonical form, order of time, leaf hashes, tree, signature. There are three baselines for plain SHA-256: hashing each entry with Node's older and its newer function, and hashing the whole file at once, which checks no single entry.",
  start:
    "How long commands take that need no server, from the start of the process to its end. The baseline is a process that only loads tsx, which runs TypeScript.",
  ready: "The time from the start of the process to the first 200 of /readyz.",
  memory:
    "Resident memory of the process, five seconds after everything stored has been evaluated.",
  growth:
    "The time of an alert that joins an open escalation, and of a pause, one at a time, before and after the tables are filled; and the storage of a webhook, with all tables and indexes. An alert counts from its arrival until its effects are committed.",
  past: "The time of a gateway's request while somebody requests all deployments at past times, one request after another, from a long log. Then the same while somebody exports a log of as many readings, again and again. The baseline is the same gateways without those requests.",
  asked:
    "The time of an auditor's question over HTTP, one after another, on PostgreSQL: the newest 50 of what each filter of the history finds, and the past of deployments. Four real entries are copied by the database until there are so many, with the keys that they are found by. Each is asked 30 times before it is measured. The baseline is the same question to the same program, when its log has a dozen entries.",
};
