import type { Mapping, Spec } from "../core/policy/mapping.ts";
import type { SourceContext } from "../core/policy/source-context.ts";
import { blankSignal, type ObservedSignal, type ParsedDelivery } from "../core/signal.ts";
import { envelopeIn } from "./cloudevents.ts";
import { longestSummary, nameOf, own, textOf } from "./fields.ts";
import { type Loss, mapped, type ReadItem, sentence } from "./items.ts";
import { readJson, readJsonLines } from "./json.ts";
import {
  type FieldRequest,
  isMeant,
  isTest,
  nothingAt,
  type Read,
  readerOf,
} from "./mapping-fields.ts";
import { elementsAt, type FoundItem, pointedAt, replacedAt } from "./pointer.ts";
import { saidOf, signalFrom } from "./signal.ts";
import { momentOf } from "./times.ts";

/**
 * Items of a body that are read at most. Those that `when` leaves are limited like any delivery.
 */
const mostItems = 10_000;

/** Reads a body by the policy's mapping (JSON Pointers and expressions): one signal per item. */
export function parse(body: Uint8Array, context: SourceContext): ParsedDelivery {
  const { mapping } = context;
  if (!mapping) return { unmapped: "The source has no mapping." };
  const read = readBody(body, mapping, context);
  if ("unmapped" in read) return read;
  const opened = withTextRead(read.value, mapping);
  if ("unmapped" in opened) return opened;
  const items = itemsIn(opened.value, mapping);
  if ("unmapped" in items) return items;

  const looked = items.found.slice(0, mostItems);
  const unseen = items.found.length - looked.length;
  const reader = readerOf(opened.value, eventOf(mapping, context));
  const meant = looked
    .map((found) => ({ found, asked: reader(found) }))
    .map(({ found, asked }) => ({ found, asked, is: isMeant(mapping, asked) }))
    .filter(({ is }) => is !== false);
  const because = `${unseen} more items were not looked at.`;
  const lost = [
    ...read.lost,
    ...(unseen > 0 ? [{ what: `items beyond ${mostItems}`, count: unseen, because }] : []),
  ];
  // `when` was false for all of it, which is not an error: the sender sends more than is wanted.
  if (meant.length === 0 && looked.length > 0 && lost.length === 0) return { mapped: [] };
  return mapped(meant, {
    caveats: [],
    read: ({ asked, is }) =>
      typeof is === "string" ? { unusable: is } : itemOf(mapping, asked, context),
    beside: { context, lost },
  });
}

type Body =
  | { readonly value: unknown; readonly lost: readonly Loss[] }
  | { readonly unmapped: string };

const linesType = /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines)\b/i;

/**
 * Reads JSON or JSON Lines. A body is lines if the policy or its content type says so, or if it is
 * not JSON as a whole but its first line is.
 */
function readBody(body: Uint8Array, { lines }: Mapping, { contentType }: SourceContext): Body {
  const whole = readJson(body);
  const isLines = lines || linesType.test(contentType);
  if (!isLines && ("value" in whole || !firstLine(body))) return withoutLoss(whole);
  const read = readJsonLines(body);
  if ("unmapped" in read) return read;
  const { value, unread: count, because } = read;
  const said = `${count} of ${count + value.length} lines could not be read: ${because}`;
  const lost = count > 0 ? [{ what: "unreadable lines", count, because: said }] : [];
  return { value, lost };
}

const withoutLoss = (read: ReturnType<typeof readJson>): Body =>
  "value" in read ? { ...read, lost: [] } : read;

/**
 * Whether the first line is an object or a list by itself. In JSON that is indented and was cut
 * off, it is not.
 */
function firstLine(body: Uint8Array): boolean {
  const text = Buffer.from(body);
  const end = text.indexOf("\n");
  if (end < 0) return false;
  const read = readJson(text.subarray(0, end));
  return "value" in read && typeof read.value === "object" && read.value !== null;
}

type Opened = { readonly value: unknown } | { readonly unmapped: string };

/**
 * Replaces text in the body that is itself JSON by its value. If a sender already sends JSON there,
 * it is used as it is.
 */
function withTextRead(value: unknown, { parse: pointer }: Mapping): Opened {
  if (!pointer) return { value };
  const text = pointedAt(value, pointer);
  if (typeof text === "object" && text !== null) return { value };
  if (typeof text !== "string") return { unmapped: `Nothing to read stands at ${pointer.text}.` };
  const read = readJson(Buffer.from(text));
  if ("unmapped" in read)
    return { unmapped: `${read.unmapped.replace("The body", `The text at ${pointer.text}`)}` };
  return { value: replacedAt(value, pointer.steps, read.value) };
}

function itemsIn(
  body: unknown,
  { forEach }: Mapping,
): { readonly found: readonly FoundItem[] } | { readonly unmapped: string } {
  if (!forEach) return { found: [{ item: body, key: "", keys: [] }] };
  const found = elementsAt(body, forEach);
  return found ? { found } : { unmapped: `No list stands at ${forEach.text}.` };
}

const eventOf = ({ event }: Mapping, { attributes }: SourceContext): string =>
  textOf(event === "" ? own(envelopeIn(attributes) ?? {}, "type") : own(attributes, event));

/** A test notification may lack fields that real ones have; it is shown with those it has. */
function itemOf(mapping: Mapping, asked: FieldRequest, context: SourceContext): ReadItem {
  const made = signalOf(mapping, asked, context);
  if (!isTest(mapping, asked)) return made;
  const summary = mapping.fields.get("summary");
  const said = summary ? asked.read(summary).value : undefined;
  const signal =
    "signal" in made
      ? made.signal
      : blankSignal({
          source: context.source,
          kind: "report",
          status: "info",
          deployment: context.deployment,
          summary: textOf(said, longestSummary),
        });
  return { signal, condition: "test", occurrence: null, caveat: null, test: true };
}

function signalOf(mapping: Mapping, asked: FieldRequest, context: SourceContext): ReadItem {
  const { data, problems, lost } = fieldsOf(mapping, asked);
  const barred = problems.find(({ name }) => name === "kind" || name === "deployment");
  if (barred) return { unusable: `${barred.name}: ${barred.problem}.` };

  const made = signalFrom(data, {}, context);
  if ("unusable" in made) return made;
  const checked = withoutFalseCalm(mapping, made);
  const { condition, occurrence, caveats } = identityOf(mapping, asked, checked);
  const { isAside: wasAside, caveat, ...rest } = checked;
  const before = [caveat ?? ""];
  const asides = sentencesOf(problems.filter(({ name }) => isAside(name)));
  const grave = sentencesOf(problems.filter(({ name }) => !isAside(name)));
  return {
    ...rest,
    condition,
    occurrence,
    ...saidOf(
      [...(wasAside ? [] : before), ...grave, ...lost, ...caveats],
      [...(wasAside ? before : []), ...asides],
    ),
  };
}

const sentencesOf = (all: readonly Problem[]): readonly string[] =>
  all.map(({ name, problem }) => `${name}: ${problem}.`);

interface Problem {
  readonly name: string;
  readonly problem: string;
}

const identifying = ["condition", "occurrence"];
const counts = ["completed", "total"];
const figures = ["value", "threshold", "stderr", "atLeast", "atMost"];
const times = ["occurredAt", "startedAt"];

/** Whether the signal is still complete if this field cannot be read. */
const isAside = (name: string): boolean => times.includes(name) || name === "url";

/**
 * The fields by the signal's own names. A status or a number that cannot be read makes the signal
 * `errored`, never calm.
 */
function fieldsOf(mapping: Mapping, { read }: FieldRequest) {
  const all = [...mapping.fields]
    .filter(([name]) => !identifying.includes(name))
    .map(([name, spec]) => ({ name, ...stated(name, spec, read(spec)) }));
  const problems: readonly Problem[] = all.filter(({ problem }) => problem !== "");
  const failed = problems.some(({ name }) => name === "status" || figures.includes(name));
  const samples = all.filter(({ name }) => counts.includes(name));
  const { labels, lost } = labelsIn(mapping, read);
  const data = {
    ...valuesOf(all.filter(({ name }) => !counts.includes(name))),
    ...(failed ? { status: "errored" } : {}),
    samples: valuesOf(samples),
    labels,
  };
  return { data, problems, lost };
}

const valuesOf = (
  all: readonly { readonly name: string; readonly value: unknown }[],
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(all.map(({ name, value }) => [name, value]));

/** The value of a field in the form that a signal needs; a missing status is a problem. */
function stated(name: string, spec: Spec, { value, problem }: Read) {
  if (counts.includes(name)) return { value: countOf(value), problem };
  if (times.includes(name)) return timed(value, problem);
  const isMissing = name === "status" && (value === undefined || value === "");
  return { value, problem: isMissing && problem === "" ? nothingAt(spec) : problem };
}

function labelsIn(mapping: Mapping, read: FieldRequest["read"]) {
  const all = [...mapping.labels].map(([name, spec]) => ({ name, ...read(spec) }));
  return {
    labels: Object.fromEntries(
      all.flatMap(({ name, value }) => (value === undefined ? [] : [[name, String(value)]])),
    ),
    lost: all
      .filter(({ problem }) => problem !== "")
      .map(({ name, problem }) => `The label ${name}: ${problem}.`),
  };
}

/** Converts a count that was sent as text. */
const countOf = (value: Read["value"]): unknown =>
  typeof value === "string" && /^\d{1,15}(?:\.0+)?$/.test(value) ? Number(value) : value;

/** A time as RFC 3339, and what people should know about how it was read. */
function timed(value: Read["value"], problem: string) {
  if (typeof value !== "string" && typeof value !== "number") return { value, problem };
  const { time, said } = momentOf(value);
  return { value: time, problem: problem === "" ? said : problem };
}

/**
 * An eval without the number or the counts that the mapping promises is not `ok`, even if its
 * status is.
 */
function withoutFalseCalm(mapping: Mapping, made: ObservedSignal): ObservedSignal {
  const { signal } = made;
  if (signal.kind !== "eval" || signal.status !== "ok") return made;
  const turned = (status: "no_data" | "incomplete", because: string): ObservedSignal => ({
    ...made,
    signal: { ...signal, status },
    caveat: sentence([made.caveat ?? "", because]),
  });
  const value = mapping.fields.get("value");
  if (value && signal.value === null) return turned("no_data", `value: ${nothingAt(value)}.`);
  if (mapping.fields.has("total") && signal.samples === null)
    return turned("incomplete", "How many samples were scored, of how many, cannot be read.");
  return made;
}

/**
 * Condition and occurrence from `dedupe`; what `dedupe` does not name is as for a signal of ours.
 */
function identityOf(mapping: Mapping, { read }: FieldRequest, made: ObservedSignal) {
  const named = identifying.map((name) => {
    const spec = mapping.fields.get(name);
    if (!spec) return { name: undefined, caveat: "" };
    const { value, problem } = read(spec);
    if (value !== undefined && value !== "") return { name: nameOf(String(value)), caveat: "" };
    return { name: undefined, caveat: `dedupe.${name}: ${problem || nothingAt(spec)}.` };
  });
  return {
    condition: named[0]?.name ?? made.condition,
    occurrence: named[1]?.name ?? made.occurrence,
    caveats: named.map(({ caveat }) => caveat),
  };
}
