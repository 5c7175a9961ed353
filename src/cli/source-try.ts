import { readFile } from "node:fs/promises";
import { counted, needsAnswer } from "../core/escalation/signal-evidence.ts";
import { partWords, responseParts } from "../core/policy/compile-trigger.ts";
import { compileCondition, type Verdict } from "../core/policy/condition.ts";
import { groupingOf, reachedBy } from "../core/policy/groups.ts";
import { memoryOf } from "../core/policy/memory.ts";
import type { PolicyDoc } from "../core/policy/schema/policy-schema.ts";
import { contextOf, readingOf, type SourceContext } from "../core/policy/source-context.ts";
import type { ObservedSignal, ParsedDelivery, Signal } from "../core/signal.ts";
import { storable } from "../core/text.ts";
import { problemLine } from "../policy-file.ts";
import { argumentsIn, flagIn } from "./arguments.ts";
import { errorText } from "./error-text.ts";
import { contentTypeOf } from "./signal-send.ts";
import { sourceNamed } from "./source-named.ts";

const usage =
  'usage: holdpoint source try <source> [<file>] [--policy <file>] [--header "<name>: <value>"]…';

/** The output, the default policy, and the reader of the sources. */
export interface TryEnvironment {
  readonly out: (line: string) => void;
  readonly policyFile: string;
  readonly parse: (type: string, body: Uint8Array, context: SourceContext) => ParsedDelivery;
}

/** The most signals that are shown. */
const mostShown = 20;

/**
 * Reads a body as the server would if this source sent it, and prints the result; without a file,
 * the source's own sample. Exit code 0 there are signals, 1 there are none or the policy is wrong,
 * 2 usage or unreadable.
 */
export async function sourceTry(
  argv: readonly string[],
  environment: TryEnvironment,
): Promise<0 | 1 | 2> {
  const asked = questionIn(argv, environment.policyFile);
  if (!asked) {
    environment.out(usage);
    return 2;
  }
  try {
    return await trying(asked, environment);
  } catch (error) {
    environment.out(errorText(error));
    return 2;
  }
}

interface Question {
  readonly source: string;
  readonly file: string | null;
  readonly policy: string;
  readonly headers: Readonly<Record<string, string>>;
}

function questionIn(argv: readonly string[], usual: string): Question | null {
  const given = argumentsIn(argv, ["--policy", "--header"], ["--header"]);
  const [source, file = null, ...more] = given?.words ?? [];
  if (!given || source === undefined || more.length > 0) return null;
  const headers = given.flags
    .filter(({ name }) => name === "--header")
    .map(({ value }) => /^([^:\s]+)\s*:\s*(.*)$/s.exec(value)?.slice(1) ?? []);
  if (headers.some((pair) => pair.length === 0)) return null;
  return {
    source,
    file,
    policy: flagIn(given, "--policy") ?? usual,
    headers: Object.fromEntries(
      headers.map(([name = "", value = ""]) => [name.toLowerCase(), value]),
    ),
  };
}

async function trying(asked: Question, { out, parse }: TryEnvironment): Promise<0 | 1 | 2> {
  const found = await sourceNamed(asked.policy, asked.source);
  if ("problem" in found) {
    for (const mistake of found.mistakes) out(problemLine(mistake));
    out(found.problem);
    return found.mistakes.length > 0 ? 1 : 2;
  }
  const { policy, source } = found;
  const body = asked.file === null ? sampleOf(source) : await readFile(asked.file);
  if (!body) {
    out(`A source of type ${source.type} has no sample of its own: name a file.`);
    return 2;
  }
  const { "content-type": contentType = contentTypeOf(body), ...attributes } = asked.headers;
  const reading = readingOf(asked.source, source);
  const context = contextOf(reading, { receivedAt: 0, contentType, attributes });
  return tell(policy, parse(source.type, body, context), out);
}

const sampleOf = ({ mapping }: PolicyDoc["sources"][string]): Uint8Array | null =>
  mapping ? Buffer.from(mapping.sample) : null;

function tell(policy: PolicyDoc, parsed: ParsedDelivery, out: TryEnvironment["out"]): 0 | 1 {
  if ("unmapped" in parsed) {
    out(`Unmapped: ${storable(parsed.unmapped)}`);
    return 1;
  }
  const signals = [...parsed.mapped, ...(parsed.lost ?? [])];
  if (signals.length === 0) {
    out("This body contains no signal.");
    return 1;
  }
  for (const [at, observed] of signals.slice(0, mostShown).entries()) {
    if (at > 0) out("");
    for (const line of linesOf(policy, observed)) out(line);
  }
  const more = signals.length - mostShown;
  if (more > 0) out(`\nand ${more} more signals`);
  return 0;
}

/** Text of a sender must not contain control sequences for the terminal. */
function linesOf(policy: PolicyDoc, observed: ObservedSignal): readonly string[] {
  const { signal, condition, occurrence, caveat } = observed;
  const rows = [
    ...Object.entries(wordsOf(signal)),
    ["condition", condition],
    ["occurrence", occurrence ?? ""],
    ["caveat", caveat ?? ""],
    ...whatItMeets(policy, observed).map((line) => ["then", line]),
  ];
  return rows
    .filter(([, text]) => text !== "")
    .map(([name = "", text = ""]) => `${name.padEnd(12)}${storable(text)}`);
}

function wordsOf(signal: Signal): Readonly<Record<string, string>> {
  const { kind, status, deployment, source, value, threshold, worse, stderr, samples, ...rest } =
    signal;
  const { labels, atLeast, atMost, ...texts } = rest;
  const number = (item: number | null): string => (item === null ? "" : String(item));
  return {
    kind,
    status,
    deployment,
    ...texts,
    value: number(value),
    threshold: number(threshold),
    worse: value === null ? "" : worse,
    stderr: number(stderr),
    atLeast: number(atLeast),
    atMost: number(atMost),
    samples: counted({ samples }),
    labels: Object.entries(labels)
      .map(([name, text]) => `${name}=${text}`)
      .join(" "),
  };
}

function whatItMeets(policy: PolicyDoc, observed: ObservedSignal): readonly string[] {
  const { signal } = observed;
  if (observed.test) return ["a test notification: shown in the channel, nothing opens"];
  const reached = reachedBy(groupingOf(policy), signal.deployment);
  const known = reached.some((id) => Object.hasOwn(policy.deployments, id));
  const met = Object.entries(policy.triggers)
    .filter(([, { deployments }]) => known && reached.some((id) => deployments.includes(id)))
    .flatMap(([id, trigger]) => saidOf(id, trigger, observed));
  if (met.length > 0) return met;
  const rules = known
    ? "no trigger matches"
    : `the policy has no deployment “${signal.deployment}”`;
  return [needsAnswer(signal) ? `${rules}: an unmatched escalation` : `${rules}: nothing happens`];
}

function saidOf(
  id: string,
  trigger: PolicyDoc["triggers"][string],
  { signal, partial }: ObservedSignal,
): readonly string[] {
  const { when = "false", severity, response } = trigger;
  const condition = compileCondition(when);
  if ("problems" in condition) return [];
  const verdict: Verdict = condition.evaluate(signal, partial);
  const asked = responseParts(response).map(partWords).join(", ");
  const what = trigger.shadow ? `${asked}, shadow: asks nobody` : asked;
  switch (verdict.is) {
    case "fired":
      return memoryOf(trigger)
        ? [`${id} (${severity}, ${what}) counts it: ${verdict.because}`]
        : [`${id} (${severity}, ${what}): ${verdict.because}`];
    case "indeterminate":
      return [`${id} (${severity}, ${what}) cannot be told: ${verdict.because}`];
    case "quiet":
      return [];
  }
}
