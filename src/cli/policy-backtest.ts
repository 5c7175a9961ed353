import { readFile } from "node:fs/promises";
import { z } from "zod";
import { storable } from "../core/text.ts";
import { problemLine, readPolicyText } from "../policy-file.ts";
import { argumentsIn, flagIn, many } from "./arguments.ts";
import { errorText } from "./error-text.ts";
import { ask, type ClientResult, type ServerAddress } from "./operator-client.ts";

export const USAGE = "usage: holdpoint policy backtest <file> [--days 30]";

const figures = z.object({
  shadow: z.boolean(),
  fired: z.number(),
  untold: z.number(),
  escalations: z.number(),
  alone: z.number(),
  named: z.record(z.string(), z.number()),
  byPolicy: z.number(),
  response: z.string(),
});

const body = z.object({
  since: z.string(),
  signals: z.number(),
  isCut: z.boolean(),
  rules: z.array(
    z.object({
      deployment: z.string(),
      trigger: z.string(),
      before: figures.nullable(),
      after: figures.nullable(),
    }),
  ),
  unmatched: z.object({ before: z.number(), after: z.number() }),
});

type Figures = z.infer<typeof figures>;
type Backtest = z.infer<typeof body>;

interface Asked {
  readonly file: string;
  readonly days: number;
}

/** Reads the words behind `policy backtest`; null where they are none. */
export function backtestAsked(argv: readonly string[]): Asked | null {
  const given = argumentsIn(argv, ["--days"]);
  const [file, ...more] = given?.words ?? [];
  if (!given || file === undefined || more.length > 0) return null;
  const days = flagIn(given, "--days") ?? "30";
  return /^[1-9]\d{0,2}$/.test(days) && Number(days) <= 365 ? { file, days: Number(days) } : null;
}

/** Replays the signals of a running server on a policy, and prints what differs. */
export async function policyBacktest(
  server: ServerAddress,
  { file, days }: Asked,
  { out }: { readonly out: (line: string) => void },
): Promise<ClientResult<null>> {
  const yaml = await readFile(file, "utf8").catch((error: unknown) => ({ error }));
  if (typeof yaml !== "string")
    return { ok: false, because: `${file} cannot be read: ${errorText(yaml.error)}`, errors: [] };
  const read = readPolicyText(file, yaml);
  if (!read.ok)
    return { ok: false, because: `${file} has mistakes.`, errors: read.problems.map(problemLine) };
  const found = await ask(server, {
    path: `/v1/policy/backtest?days=${days}`,
    init: { method: "POST", headers: { "content-type": "application/yaml" }, body: yaml },
    schema: body,
  });
  if (!found.ok) return found;
  for (const line of backtestLines(found.value)) out(storable(line));
  return { ok: true, value: null };
}

/** The comparison, a line for each figure. */
export function backtestLines({
  since,
  signals,
  isCut,
  rules,
  unmatched,
}: Backtest): readonly string[] {
  const cut = isCut ? "; a deployment had more than are replayed, the oldest are left out" : "";
  return [
    `${many(signals, "signal")} since ${since}${cut}. Without a word of people: it is not known who would have answered.`,
    ...rules.flatMap(({ deployment, trigger, before, after }) => [
      `${trigger} on ${deployment}:`,
      `  in force   ${said(before)}`,
      `  this file  ${said(after)}`,
    ]),
    `Matched by no trigger: ${unmatched.before} in force, ${unmatched.after} by this file.`,
  ];
}

function said(all: Figures | null): string {
  if (all === null) return "no such trigger";
  const { shadow, fired, untold, escalations, alone, named, byPolicy, response } = all;
  const people = Object.entries(named).map(([name, times]) => `${name} ${times}`);
  return [
    shadow ? "shadow, asks nobody" : "",
    `fires at ${many(fired, "signal")}`,
    untold > 0 ? `cannot be told at ${untold}` : "",
    `${many(escalations, "escalation")}${alone > 0 ? `, ${alone} of one signal alone` : ""}`,
    people.length > 0 ? `named: ${people.join(", ")}` : "",
    byPolicy > 0 ? `${response} by policy ${byPolicy} times unless somebody decides` : "",
  ]
    .filter(Boolean)
    .join("; ");
}
