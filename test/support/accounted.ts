import { ownSource } from "../../src/core/policy/expectation.ts";
import type { Source } from "../../src/core/policy/model.ts";
import { elementsAt, pointedAt, replacedAt } from "../../src/sources/pointer.ts";

/** How many things a body reports, counted without the program's own parsers. */

/** A stored delivery, with its signals. */
export interface Accounted {
  readonly source: string;
  readonly body: string;
  /** Whether it was too large to be kept whole. */
  readonly isCut: boolean;
  /** Names of its signals' metrics; what was lost is not among them. */
  readonly kept: readonly string[];
  /** The sum of what its signals report as lost. */
  readonly lost: number;
  readonly isUnmapped: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, name) => (Object(found) as Json)[name], value);
function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}
const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What is missing in a delivery's signals; null = nothing. */
export function unaccounted(accounted: Accounted, source: Source | undefined): string | null {
  const sent = sentIn(accounted, source);
  const found = accounted.kept.length + accounted.lost;
  if (sent === "some, or none is meant" || (sent === "at least one" && found >= 1)) return null;
  // one more: it also ends the silence about a missed run
  if (typeof sent === "number" && found >= sent) return null;
  return `${accounted.source} sent ${sent}, of which ${accounted.kept.length} were kept and ${accounted.lost} counted as lost`;
}

function sentIn(
  accounted: Accounted,
  source: Source | undefined,
): number | "at least one" | "some, or none is meant" {
  if (accounted.isCut || accounted.isUnmapped)
    return accounted.kept.length === 1 ? 1 : "at least one";
  if (accounted.source === ownSource || !source) return "at least one";
  return byType(
    accounted,
    source,
    JSON.parse(accounted.body.replaceAll(/\bNaN\b|-?\bInfinity\b/g, "null")),
  );
}

function byType(accounted: Accounted, source: Source, body: unknown): ReturnType<typeof sentIn> {
  switch (source.type) {
    case "alertmanager":
    case "grafana":
      return listAt(body, "alerts").length + Number(at(body, "truncatedAlerts") ?? 0);
    case "signal":
      return Array.isArray(body) ? body.length : 1;
    case "inspect":
      return ofRun(accounted, listAt(body, "results", "scores").map(figuresOfScore));
    case "promptfoo":
      return at(body, "event") === undefined
        ? ofRun(accounted, listAt(body, "results", "prompts").map(figuresOfPrompt))
        : 1;
    case "pagerduty":
      // An event about one of our pages is an acknowledgement, not a signal.
      return /^HP-\d+$/.test(String(at(body, "event", "data", "incident_key")))
        ? "some, or none is meant"
        : 1;
    case "mapped":
      return byMapping(body, source);
    default:
      return 1;
  }
}

/** A run without a result is one signal, whatever it contains. */
function ofRun({ kept }: Accounted, figures: readonly number[]): number {
  const isWhole = kept.length === 1 && kept[0] === "";
  return isWhole ? 1 : figures.reduce((sum, count) => sum + count, 0);
}

/**
 * A standard error belongs to the metrics beside it; a score without metrics counts as one lost
 * thing.
 */
function figuresOfScore(score: unknown): number {
  const metrics = at(score, "metrics");
  if (!isObject(metrics)) return 1;
  const names = Object.keys(Object(metrics));
  return names.length > 1 ? names.filter((name) => name !== "stderr").length : names.length;
}

const figuresOfPrompt = (prompt: unknown): number =>
  isObject(at(prompt, "metrics"))
    ? 1 + Object.keys(Object(at(prompt, "metrics", "namedScores") ?? {})).length
    : 1;

function byMapping(body: unknown, { mapping }: Source): ReturnType<typeof sentIn> {
  if (!mapping || mapping.when) return "some, or none is meant";
  if (!mapping.forEach) return 1;
  const text = mapping.parse ? pointedAt(body, mapping.parse) : undefined;
  const opened =
    mapping.parse && typeof text === "string"
      ? replacedAt(body, mapping.parse.steps, JSON.parse(text))
      : body;
  return elementsAt(opened, mapping.forEach)?.length ?? "at least one";
}
