import type { SourceContext } from "../core/policy/source-context.ts";
import { blankSignal, type ParsedDelivery, type Signal } from "../core/signal.ts";
import {
  type Fields,
  isFields,
  labelsOf,
  longestSummary,
  nameOf,
  numberOf,
  own,
  textOf,
  urlOf,
} from "./fields.ts";
import { deploymentOf, mapped, type ReadItem, sentence } from "./items.ts";
import { readJson } from "./json.ts";

/**
 * Reads a Datadog webhook whose payload is examples/datadog/webhook-template.json: one signal of
 * one monitor's alert. All variables arrive as text. None is the measured value, so a condition on
 * it cannot be told. https://docs.datadoghq.com/integrations/webhooks/
 */
export function parse(body: Uint8Array, context: SourceContext): ParsedDelivery {
  const read = readJson(body);
  if ("unmapped" in read) return read;
  if (!isFields(read.value)) return { unmapped: "The body is not a JSON object." };
  return mapped([read.value], { caveats: [], read: (event) => observed(event, context) });
}

/**
 * A variable's text. Datadog writes what it does not know as nothing, as `null`, or leaves the
 * variable's name in place.
 */
function said(event: Fields, name: string, limit?: number): string {
  const text = textOf(own(event, name), limit);
  return /^(?:null|None|\$[A-Z_]+)$/.test(text) ? "" : text;
}

function observed(event: Fields, context: SourceContext): ReadItem {
  const transition = said(event, "transition");
  const monitor = said(event, "alert_id");
  if (transition === "" && monitor === "") {
    return {
      unusable:
        "The body has no transition and no alert_id: the webhook's payload must be the one that Holdpoint supplies.",
    };
  }
  const tags = tagsOf(
    `${said(event, "tags", longestSummary)},${said(event, "scope", longestSummary)}`,
  );
  const tag = (field: string) => textOf(own(tags, context.labels.get(field) ?? field));
  const { labels, dropped } = labelsOf({
    ...tags,
    "dd-monitor": monitor,
    "dd-transition": transition,
  });
  const { status, caveat, warns } = meaningOf(transition);
  const cycle = said(event, "alert_cycle_key");

  const signal = blankSignal({
    id: cycle,
    source: context.source,
    kind: "alert",
    status,
    deployment: deploymentOf(tag("deployment"), context),
    model: tag("model"),
    severity:
      tag("severity") || (warns ? "warning" : (severities.get(said(event, "priority")) ?? "")),
    summary: summaryOf(event),
    url: urlOf(own(event, "link")),
    occurredAt: timeOf(said(event, "date_ms")),
    labels,
    metric: context.labels.has("metric") ? tag("metric") : said(event, "metric"),
    ...(warns ? {} : limitIn(said(event, "query", longestSummary))),
  });
  return {
    signal,
    condition: nameOf(said(event, "aggreg_key") || `${monitor}/${said(event, "scope")}`),
    occurrence: cycle === "" ? null : nameOf(cycle),
    caveat: sentence([caveat, dropped > 0 ? `${dropped} more tags were not kept.` : ""]),
    // A test of a monitor's notification says the same as the alert, for the same monitor, and
    // begins so.
    ...(/^\[TEST\]/i.test(said(event, "title").trim()) ? { test: true as const } : {}),
  };
}

/**
 * `a:1, b:2, plain` as labels; a tag said twice keeps its last value, so what the alert is about is
 * put last.
 */
const tagsOf = (list: string): Fields =>
  Object.fromEntries(
    list
      .split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== "")
      .map((tag) => {
        const colon = tag.indexOf(":");
        return colon < 1 ? [tag, ""] : [tag.slice(0, colon), tag.slice(colon + 1)];
      }),
  );

interface Meaning {
  readonly status: Signal["status"];
  readonly caveat: string;
  /** Whether it is the warning threshold that was crossed, which no variable says. */
  readonly warns: boolean;
}

const transitions: ReadonlyMap<string, Signal["status"]> = new Map([
  ["triggered", "firing"],
  ["renotify", "firing"],
  ["warn", "firing"],
  ["no data", "no_data"],
  ["recovered", "resolved"],
]);

/** `Re-Triggered` says again what `Triggered` said. A word that is not known is no recovery. */
function meaningOf(transition: string): Meaning {
  const word = transition.toLowerCase().replace(/^re-/, "");
  const status = transitions.get(word);
  return {
    status: status ?? "errored",
    caveat: status ? "" : `Datadog's transition is "${transition}".`,
    warns: word === "warn",
  };
}

const severities: ReadonlyMap<string, string> = new Map([
  ["P1", "critical"],
  ["P2", "high"],
  ["P3", "warning"],
  ["P4", "info"],
  ["P5", "info"],
]);

function summaryOf(event: Fields): string {
  const title = said(event, "title");
  const status = said(event, "status_text", longestSummary);
  return textOf([title, status].filter((part) => part !== "").join(": "), longestSummary);
}

const timeOf = (milliseconds: string): string =>
  /^\d{12,14}$/.test(milliseconds) ? new Date(Number(milliseconds)).toISOString() : "";

/**
 * A metric monitor's query ends with its limit: `avg(last_10m):avg:rate{*} by {deployment} > 0.01`.
 */
function limitIn(query: string): Partial<Signal> {
  const [, sign = "", limit] = /([<>])=?\s*(\S+)\s*$/.exec(query) ?? [];
  const { number } = numberOf(limit);
  return number === null ? {} : { threshold: number, worse: sign === ">" ? "higher" : "lower" };
}
