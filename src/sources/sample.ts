import type { Finding } from "../core/policy/check/findings.ts";
import type { Mapping, Spec } from "../core/policy/mapping.ts";
import type { PolicyDoc } from "../core/policy/schema/policy-schema.ts";
import { contextOf, readingOf, type SourceContext } from "../core/policy/source-context.ts";
import type { ObservedSignal, Signal } from "../core/signal.ts";
import { parse } from "./mapped.ts";
import { nothingAt } from "./mapping-fields.ts";
import { parseWith } from "./parse-with.ts";

/**
 * Applies every mapping of a policy to its own sample, and reports errors and warnings: a mapping
 * that makes no signal of its sample would make none in production.
 */
export function sampleFindings({ sources, deployments }: PolicyDoc): readonly Finding[] {
  return Object.entries(sources).flatMap(([id, doc]) => {
    const reading = readingOf(id, doc);
    const { mapping } = reading;
    if (doc.type !== "mapped" || !mapping) return [];
    const tries = attributesOf(mapping).map((attributes) =>
      tried(contextOf(reading, { ...sampleSent, attributes }), mapping, Object.keys(deployments)),
    );
    const [first = []] = tries;
    const fits = tries.find((said) => said.every(({ level }) => level !== "error"));
    const path = ["sources", id, "mapping", "sample"];
    return [...(fits ?? first), ...oneForAll(mapping)].map((fit) => ({
      path,
      allowed: null,
      ...fit,
    }));
  });
}

const sampleSent = { receivedAt: 0, contentType: "application/json" };

function tried(
  context: SourceContext,
  mapping: Mapping,
  deployments: readonly string[],
): readonly SampleFinding[] {
  const parsed = parseWith(parse, Buffer.from(mapping.sample), context);
  const said = "unmapped" in parsed ? [error(noSignal(parsed.unmapped))] : [];
  const observed = "mapped" in parsed ? parsed.mapped : [];
  return [
    ...said,
    ...("mapped" in parsed && observed.length === 0
      ? [error(noSignal("“when” leaves nothing of it."))]
      : []),
    ...caveatsOf(observed),
    ...emptyFields(mapping, observed),
    ...strangers(observed, deployments),
  ];
}

/** Events that a sample is tried as, at most. */
const mostEvents = 50;

/**
 * The headers to try a sample with: none, or the event header with each word that the mapping's
 * expressions compare. A sample is only a body; which event it belongs to is not in it.
 */
function attributesOf(mapping: Mapping): readonly Readonly<Record<string, string>>[] {
  const specs = [...mapping.fields.values(), ...mapping.labels.values()];
  const sources = [
    ...[mapping.when, mapping.test].flatMap((expression) => expression?.source ?? []),
    ...specs.flatMap((spec) => (spec.is === "cel" ? [spec.expression.source] : [])),
  ].filter((source) => /\bevent\b/.test(source));
  const words = sources.flatMap((source) =>
    [...source.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g)].map(
      ([, double, single]) => double ?? single ?? "",
    ),
  );
  const events = [...new Set(words)].filter((word) => word !== "").slice(0, mostEvents);
  return [
    {},
    ...events.map((event) =>
      mapping.event === ""
        ? { "ce-specversion": "1.0", "ce-type": event }
        : { [mapping.event]: event },
    ),
  ];
}

/** The fields that form the condition if the mapping has no `dedupe.condition`. */
const usually = ["id", "suite", "scorer", "score", "metric", "model"];

/** Warns if all items would share one condition: a resolve of one would then resolve all. */
function oneForAll({ forEach, fields }: Mapping): readonly SampleFinding[] {
  if (!forEach) return [];
  const isOfItem = (name: string): boolean => {
    const spec = fields.get(name);
    if (spec === undefined || spec.is === "constant") return false;
    return spec.is === "pointer" ? spec.pointer.from === "item" : spec.expression.ofItem;
  };
  const names = fields.has("condition") ? ["condition"] : usually;
  return [...names, "deployment"].some(isOfItem)
    ? []
    : [
        warning(
          "is read into signals that all have the same condition: the end of one item ends every other. Let dedupe.condition name something of the item",
        ),
      ];
}

type SampleFinding = Pick<Finding, "level" | "message">;

const error = (message: string): SampleFinding => ({ level: "error", message });
const warning = (message: string): SampleFinding => ({ level: "warning", message });

const noSignal = (because: string): string => `gives no signal: ${because}`;

/** At least one signal must be read without a caveat. The caveats of the others are warnings. */
function caveatsOf(observed: readonly ObservedSignal[]): readonly SampleFinding[] {
  const caveats = [...new Set(observed.flatMap(({ caveat }) => (caveat === null ? [] : [caveat])))];
  const clean = observed.some(({ caveat, isAside }) => caveat === null || isAside);
  return clean
    ? caveats.map(warning)
    : caveats.slice(0, 1).map((caveat) => error(noSignal(caveat)));
}

/**
 * Warns about fields that no signal of the sample has, for example because of a mistyped pointer.
 */
function emptyFields(
  mapping: Mapping,
  observed: readonly ObservedSignal[],
): readonly SampleFinding[] {
  if (observed.length === 0) return [];
  const signals = observed.map(({ signal }) => signal);
  const nowhere = (name: string, spec: Spec) => warning(`has no ${name}: ${nothingAt(spec)}`);
  // For a time or link that is present but unreadable, the caveat already says more.
  const isSaid = (name: string) =>
    observed.some(({ caveat, isAside }) => isAside && caveat?.includes(`${name}: `));
  return [
    ...[...mapping.fields]
      .filter(([name]) => signals.every((signal) => isEmpty(signal, name)) && !isSaid(name))
      .map(([name, spec]) => nowhere(name, spec)),
    ...[...mapping.labels]
      .filter(([name]) => signals.every(({ labels }) => !Object.hasOwn(labels, name)))
      .map(([name, spec]) => nowhere(`label ${name}`, spec)),
  ];
}

function isEmpty(signal: Signal, name: string): boolean {
  if (name === "completed" || name === "total") return signal.samples === null;
  const value = Object.entries(signal).find(([field]) => field === name)?.[1];
  return value === "" || value === null;
}

function strangers(
  observed: readonly ObservedSignal[],
  deployments: readonly string[],
): readonly SampleFinding[] {
  const named = new Set(observed.map(({ signal }) => signal.deployment));
  return [...named]
    .filter((name) => !deployments.includes(name))
    .map((name) => warning(`is about “${name}”, which is no deployment of this policy`));
}
