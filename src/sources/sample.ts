import type { Finding } from "../core/policy/findings.ts";
import type { Mapping, Spec } from "../core/policy/mapping.ts";
import { contextOf, readingOf } from "../core/policy/reading.ts";
import type { PolicyDoc } from "../core/policy/schema.ts";
import type { Observed, Signal } from "../core/signal.ts";
import { parseDelivery } from "./index.ts";
import { nothingAt } from "./mapping-fields.ts";

/** Tries every mapping of a policy on its own sample: one that makes no signal of it would make none in the night either. */
export const sampleFindings = ({ sources, deployments }: PolicyDoc): readonly Finding[] =>
  Object.entries(sources).flatMap(([id, doc]) => {
    const reading = readingOf(id, doc);
    if (doc.type !== "mapped" || !reading.mapping) return [];
    const context = contextOf(reading, {
      receivedAt: 0,
      contentType: "application/json",
      attributes: {},
    });
    const parsed = parseDelivery("mapped", Buffer.from(reading.mapping.sample), context);
    const said = "unmapped" in parsed ? [error(noSignal(parsed.unmapped))] : [];
    const observed = "mapped" in parsed ? parsed.mapped : [];
    const all = [
      ...said,
      ...("mapped" in parsed && observed.length === 0
        ? [error(noSignal("“when” leaves nothing of it."))]
        : []),
      ...caveatsOf(observed),
      ...emptyFields(reading.mapping, observed),
      ...strangers(observed, Object.keys(deployments)),
    ];
    const path = ["sources", id, "mapping", "sample"];
    return all.map((one) => ({ path, allowed: null, ...one }));
  });

type Said = Pick<Finding, "level" | "message">;

const error = (message: string): Said => ({ level: "error", message });
const warning = (message: string): Said => ({ level: "warning", message });

const noSignal = (because: string): string => `gives no signal: ${because}`;

/** One signal must be read without a complaint; what is said of the others may be as the sender means it. */
const caveatsOf = (observed: readonly Observed[]): readonly Said[] => {
  const caveats = [...new Set(observed.flatMap(({ caveat }) => (caveat === null ? [] : [caveat])))];
  const clean = observed.some(({ caveat, isAside }) => caveat === null || isAside);
  return clean ? caveats.map(warning) : caveats.slice(0, 1).map((one) => error(noSignal(one)));
};

/** A pointer with a slip of the pen finds nothing, and would find nothing for ever. */
const emptyFields = (mapping: Mapping, observed: readonly Observed[]): readonly Said[] => {
  if (observed.length === 0) return [];
  const signals = observed.map(({ signal }) => signal);
  const nowhere = (name: string, spec: Spec) => warning(`has no ${name}: ${nothingAt(spec)}`);
  // Of a time or a link that stands there and cannot be read the caveat says more.
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
};

const isEmpty = (signal: Signal, name: string): boolean => {
  if (name === "completed" || name === "total") return signal.samples === null;
  const value = Object.entries(signal).find(([field]) => field === name)?.[1];
  return value === "" || value === null;
};

const strangers = (
  observed: readonly Observed[],
  deployments: readonly string[],
): readonly Said[] => {
  const named = new Set(observed.map(({ signal }) => signal.deployment));
  return [...named]
    .filter((name) => !deployments.includes(name))
    .map((name) => warning(`is about “${name}”, which is no deployment of this policy`));
};
