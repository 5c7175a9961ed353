import type { SourceContext } from "../core/policy/source-context.ts";
import type {
  ObservedSignal,
  ParsedDelivery,
  Signal,
  SignalKind,
  SignalStatus,
} from "../core/signal.ts";
import { envelopeIn, isBatchType, isCloudEventsType, isEnvelope } from "./cloudevents.ts";
import {
  type Fields,
  fieldsOf,
  isFields,
  labelsOf,
  longestSummary,
  nameOf,
  numberOf,
  oneOf,
  own,
  rfc3339Of,
  textOf,
  urlOf,
} from "./fields.ts";
import { deploymentOrModel, mapped, type ReadItem, sentence } from "./items.ts";
import { readJson } from "./json.ts";

const kinds: readonly SignalKind[] = ["alert", "eval", "finding", "report", "change"];
const statuses: readonly SignalStatus[] = [
  "firing",
  "resolved",
  "ok",
  "no_data",
  "errored",
  "incomplete",
  "info",
];

/** The status if a sender gives only the kind. */
const usualStatus: Readonly<Record<SignalKind, SignalStatus>> = {
  alert: "firing",
  eval: "ok",
  finding: "firing",
  report: "info",
  change: "info",
};

/**
 * Reads Holdpoint's own signal as JSON, plain or as the data of a CloudEvent (structured, binary or
 * batch mode): one object, or a list of them.
 */
export function parse(body: Uint8Array, context: SourceContext): ParsedDelivery {
  const read = readJson(body);
  if ("unmapped" in read) return read;
  if (isBatchType(context.contentType)) return batch(read.value, context);
  const around = envelopeIn(context.attributes);
  const sent: readonly unknown[] = Array.isArray(read.value) ? read.value : [read.value];
  const readItem = (item: unknown): ReadItem => {
    if (!isFields(item)) return { unusable: "The body is not a JSON object." };
    if (isEnvelope(item) || isCloudEventsType(context.contentType)) return fromEvent(item, context);
    return around ? fromEvent({ ...around, data: item }, context) : signalFrom(item, {}, context);
  };
  return mapped(sent, { caveats: [], read: readItem, beside: { context } });
}

/** Reads a batch, which may be empty (CloudEvents JSON format §4). */
function batch(events: unknown, context: SourceContext): ParsedDelivery {
  if (!Array.isArray(events)) return { unmapped: "The batch is not a list of events." };
  if (events.length === 0) return { mapped: [] };
  const readEvent = (event: unknown): ReadItem =>
    isFields(event)
      ? fromEvent(event, context)
      : { unusable: "An event of the batch is not an object." };
  return mapped(events, { caveats: [], read: readEvent, beside: { context } });
}

function fromEvent(envelope: Fields, context: SourceContext): ReadItem {
  const version = own(envelope, "specversion");
  if (version !== "1.0") {
    return { unusable: `CloudEvents version "${textOf(version)}" is not known; 1.0 is.` };
  }
  const data = own(envelope, "data");
  if (!isFields(data)) return { unusable: "The event's data is not a JSON object." };
  return signalFrom(data, envelope, context);
}

/**
 * Makes a signal from fields with the signal's own names; `envelope` is the CloudEvent around them.
 */
export function signalFrom(data: Fields, envelope: Fields, context: SourceContext): ReadItem {
  const text = (name: string) => textOf(own(data, name));
  const kind = oneOf(kinds, own(data, "kind"));
  if (!kind) return { unusable: `${missingOr("kind", text("kind"))}; it must be ${kindsInWords}.` };
  const deployment = deploymentOrModel(
    {
      deployment: text("deployment") || textOf(own(envelope, "subject")),
      model: text("model"),
    },
    context,
  );
  if (deployment === "") return { unusable: "“deployment” is missing." };

  const ownId = rawText(own(data, "id"));
  const id = ownId || rawText(own(envelope, "id"));
  const { labels, dropped } = labelsOf({
    ...eventLabels(envelope),
    ...fieldsOf(own(data, "labels")),
  });
  const { status, caveat, ...numbers } = measured(data, kind);
  const signal: Signal = {
    id: textOf(id),
    source: context.source,
    kind,
    status,
    deployment,
    model: text("model"),
    severity: text("severity"),
    summary: textOf(own(data, "summary"), longestSummary),
    url: urlOf(own(data, "url")),
    occurredAt: rfc3339Of(own(data, "occurredAt")) || rfc3339Of(own(envelope, "time")),
    startedAt: rfc3339Of(own(data, "startedAt")),
    labels,
    metric: text("metric"),
    ...numbers,
    worse: worseOf(data),
    suite: text("suite"),
    scorer: text("scorer"),
    score: text("score"),
    change: text("change"),
    reducer: text("reducer"),
    group: text("group"),
  };
  // An envelope's id identifies one message, and a resolve is another message, so for an alert only
  // the id in the data identifies the occurrence.
  const occurrence = kind === "alert" ? ownId : id;
  return {
    signal,
    condition: conditionOf(signal),
    occurrence: occurrence === "" ? null : nameOf(occurrence),
    ...saidOf(
      [caveat, dropped > 0 ? `${dropped} more labels were not kept.` : ""],
      asidesOf(data, signal),
    ),
    ...(kind === "eval" && signal.suite !== "" ? { run: runOf(signal) } : {}),
    ...(own(data, "test") === true ? { test: true as const } : {}),
  };
}

/** The caveat of a signal. `isAside`: no part of it makes the signal itself less certain. */
export function saidOf(
  grave: readonly string[],
  asides: readonly string[],
): Pick<ObservedSignal, "caveat" | "isAside"> {
  const caveat = sentence([...grave, ...asides]);
  return caveat !== null && sentence(grave) === null ? { caveat, isAside: true } : { caveat };
}

/** Times and links that cannot be read. Go's zero time, year 1, counts as missing. */
function asidesOf(data: Fields, signal: Signal): readonly string[] {
  const sent = (["occurredAt", "startedAt", "url"] as const).map((field) => ({
    name: field,
    text: textOf(own(data, field)),
    kept: signal[field],
  }));
  return sent
    .filter(({ text, kept }) => text !== "" && kept === "" && !text.startsWith("0001-"))
    .map(({ name, text }) =>
      name === "url"
        ? `url: “${text}” is no web address and was left out.`
        : `${name}: “${text}” is no RFC 3339 time and was left out.`,
    );
}

const kindsInWords = `${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)}`;

const missingOr = (name: string, said: string): string =>
  said === "" ? `“${name}” is missing` : `“${name}” is “${said}”`;

/** The condition of a run of the same suite that failed before it had a scorer, score or metric. */
const runOf = (signal: Signal): string =>
  conditionOf({ ...signal, scorer: "", score: "", metric: "" });

const rawText = (value: unknown): string =>
  typeof value === "number" ? String(value) : typeof value === "string" ? value : "";

/**
 * The event's `source` and `type` as labels, named like the headers of CloudEvents' HTTP binding.
 */
const eventLabels = (envelope: Fields): Fields =>
  Object.fromEntries(
    ["source", "type"].flatMap((name) => {
      const value = own(envelope, name);
      return typeof value === "string" ? [[`ce-${name}`, value]] : [];
    }),
  );

function worseOf(data: Fields): Signal["worse"] {
  const said = oneOf(["higher", "lower", "unknown"] as const, own(data, "worse"));
  if (said) return said;
  const direction = own(data, "direction");
  if (direction === "above") return "higher";
  return direction === "below" ? "lower" : "unknown";
}

/** The condition: metric and model, for an eval also suite, scorer and score; else the id alone. */
function conditionOf(signal: Signal): string {
  const { suite, scorer, score, metric, model, reducer, group } = signal;
  const apart = [reducer, group].filter((part) => part !== "");
  const parts = [suite, scorer, score, metric, model, ...apart];
  if (parts.some((part) => part !== "")) return nameOf(parts.join("/"));
  return nameOf(signal.id || `${signal.kind}/${signal.change}`);
}

type Numbers = Pick<
  Signal,
  "status" | "value" | "threshold" | "stderr" | "samples" | "atLeast" | "atMost"
> & { readonly caveat: string };

function measured(data: Fields, kind: SignalKind): Numbers {
  const names = ["value", "threshold", "stderr", "atLeast", "atMost"];
  const read = names.map((name) => ({ name, ...numberOf(own(data, name)) }));
  const [value, threshold, stderr, ...said] = read.map(({ number }) => number);
  const bounds = boundsIn(value ?? null, said);
  const samples = samplesOf(own(data, "samples"));
  const failed = read.filter((figure) => figure.problem === "not finite");
  const left = read.filter((figure) => figure.problem === "not a number");
  const told = statusOf(own(data, "status"), kind, samples);
  return {
    value: value ?? null,
    threshold: threshold ?? null,
    stderr: stderr ?? null,
    atLeast: bounds.atLeast,
    atMost: bounds.atMost,
    samples,
    // A firing signal stays firing whatever its numbers; any other becomes errored if one is not
    // finite.
    status: failed.length > 0 && told.status !== "firing" ? "errored" : told.status,
    caveat:
      sentence([
        told.caveat,
        bounds.caveat,
        ...failed.map((figure) => `${figure.name} is not a finite number.`),
        ...left.map((figure) => `${figure.name} is not a plain number and was left out.`),
      ]) ?? "",
  };
}

/** Bounds that the sender computed. Those that contradict each other or the value are left out. */
function boundsIn(value: number | null, [least, most]: readonly (number | null)[]) {
  const atLeast = least ?? null;
  const atMost = most ?? null;
  const order = [atLeast ?? -Infinity, value ?? atLeast ?? -Infinity, atMost ?? Infinity];
  if (order.every((number, at) => at === 0 || number >= (order[at - 1] ?? number)))
    return { atLeast, atMost, caveat: "" };
  const caveat = "atLeast and atMost do not enclose the value and were left out.";
  return { atLeast: null, atMost: null, caveat };
}

function samplesOf(value: unknown): Signal["samples"] {
  const fields = fieldsOf(value);
  const completed = own(fields, "completed");
  const total = own(fields, "total");
  return isCount(completed) && isCount(total) ? { completed, total } : null;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** An eval over fewer samples than its total is not `ok`, whatever the sender says. */
function statusOf(
  sent: unknown,
  kind: SignalKind,
  samples: Signal["samples"],
): { readonly status: SignalStatus; readonly caveat: string } {
  const absent = sent === undefined || sent === null || sent === "";
  const status = absent ? usualStatus[kind] : oneOf(statuses, sent);
  if (!status) return { status: "errored", caveat: `The status is "${textOf(sent)}".` };
  if (kind !== "eval" || status !== "ok" || !samples) return { status, caveat: "" };
  if (samples.total === 0) return { status: "no_data", caveat: "No samples were scored." };
  if (samples.completed >= samples.total) return { status, caveat: "" };
  return {
    status: "incomplete",
    caveat: `Only ${samples.completed} of ${samples.total} samples were scored.`,
  };
}
