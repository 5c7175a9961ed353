import type { ObservedSignal, Signal } from "../src/core/signal.ts";

/**
 * Signals are most of what a webhook leaves behind. As stored, fields that are empty are left out,
 * names that no index asks for are short, and what the other fields or the row's own columns give
 * is not written a second time.
 */

const blankSignal: Signal = {
  id: "",
  source: "",
  kind: "alert",
  status: "info",
  deployment: "",
  model: "",
  severity: "",
  summary: "",
  url: "",
  occurredAt: "",
  startedAt: "",
  labels: {},
  metric: "",
  value: null,
  threshold: null,
  worse: "unknown",
  suite: "",
  scorer: "",
  score: "",
  stderr: null,
  samples: null,
  change: "",
  reducer: "",
  group: "",
  atLeast: null,
  atMost: null,
};

/** What is always written, because indexes ask for it. */
const always = new Set(["source", "kind", "status"]);

/**
 * Names as stored; `suite` is whole because an index asks for it, and `deployment` is a column of
 * the row.
 */
const shortNames: Readonly<Record<string, string>> = {
  id: "i",
  model: "m",
  severity: "g",
  summary: "s",
  url: "u",
  occurredAt: "o",
  startedAt: "b",
  labels: "l",
  metric: "n",
  value: "v",
  threshold: "t",
  worse: "w",
  scorer: "r",
  score: "p",
  stderr: "e",
  samples: "k",
  change: "c",
  reducer: "d",
  group: "q",
  atLeast: "x",
  atMost: "y",
};

const wholeNames = new Map(Object.entries(shortNames).map(([name, short]) => [short, name]));

/** Those that are written; `deployment` is a column of the row. */
const signalFields = (Object.keys(blankSignal) as (keyof Signal)[]).filter(
  (name) => name !== "deployment",
);

/** What most signals are known by, as their other fields give it. */
function given({ id, suite, scorer, score, metric, model }: Signal) {
  return {
    condition: [suite, scorer, score, metric, model].join("/"),
    run: [suite, "", "", "", model].join("/"),
    occurrence: id,
  };
}

type Samples = Signal["samples"];

/**
 * What stands in a row. Rows from before something was left out, or named shorter, have it still.
 */
interface Stored extends Partial<Omit<ObservedSignal, "signal" | "occurrence" | "run">> {
  readonly occurrence?: string | true | null;
  readonly run?: string | true;
  readonly signal?: Readonly<Record<string, unknown>>;
}

/**
 * A signal as it is stored, in a row that names its deployment. `true` is what is given, and so is
 * a condition that is left out.
 */
export function slimObserved(observed: ObservedSignal): Stored {
  const { signal, condition, run, occurrence, caveat, ...about } = observed;
  const known = given(signal);
  return {
    ...about,
    ...(caveat === null ? {} : { caveat }),
    ...(condition === known.condition ? {} : { condition }),
    ...(run === undefined ? {} : { run: run === known.run || run }),
    ...(occurrence === null ? {} : { occurrence: occurrence === known.occurrence || occurrence }),
    signal: slimSignal(signal),
  };
}

function slimSignal(signal: Signal): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of signalFields) {
    const value = name === "samples" ? slimSamples(signal.samples) : signal[name];
    if (always.has(name) || !isBlank(name, value)) fields[shortNames[name] ?? name] = value;
  }
  return fields;
}

/** The same signal as it came. */
export function wholeObserved(stored: unknown, deployment: string): ObservedSignal {
  const { signal: slim = {}, run, occurrence = null, ...about } = stored as Stored;
  const fields = Object.entries(slim).map(([name, value]) => [wholeNames.get(name) ?? name, value]);
  const whole: Signal = { ...blankSignal, deployment, ...Object.fromEntries(fields) };
  const signal = { ...whole, samples: wholeSamples(whole.samples) };
  const known = given(signal);
  return {
    condition: known.condition,
    caveat: null,
    ...about,
    occurrence: occurrence === true ? known.occurrence : occurrence,
    ...(run === undefined ? {} : { run: run === true ? known.run : run }),
    signal,
  };
}

/** Of a run that is complete, one number says both. */
const slimSamples = (samples: Samples): Samples | number =>
  samples && samples.completed === samples.total ? samples.total : samples;

const wholeSamples = (samples: Samples | number): Samples =>
  typeof samples === "number" ? { completed: samples, total: samples } : samples;

const blanks = new Map<string, unknown>(Object.entries(blankSignal));

/** Labels are the one blank that is not a plain value. */
const isBlank = (name: string, value: unknown): boolean =>
  name === "labels" ? Object.keys(Object(value)).length === 0 : blanks.get(name) === value;
