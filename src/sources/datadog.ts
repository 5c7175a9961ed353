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
import { deploymentNamed, mapped, type ReadItem, sentence } from "./items.ts";
import { readJson } from "./json.ts";

/**
 * Reads a Datadog webhook whose payload is examples/datadog/webhook-template.json: one signal for
 * the alert of one monitor. Every variable arrives as text. No variable has the measured value, so
 * a condition on it is indeterminate.
 * https://docs.datadoghq.com/integrations/webhooks/
 */
export function parse(body: Uint8Array, context: SourceContext): ParsedDelivery {
  const read = readJson(body);
  if ("unmapped" in read) return read;
  if (!isFields(read.value)) return { unmapped: "The body is not a JSON object." };
  return mapped([read.value], { caveats: [], read: (event) => observed(event, context) });
}

/**
 * A variable's text; "" if it is missing. For an unknown variable Datadog sends an empty text,
 * `null`, or the variable's own name.
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
    deployment: deploymentNamed(tag("deployment"), context),
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
    // A test notification has the content of a real alert; only this prefix of the title differs.
    ...(/^\[TEST\]/i.test(said(event, "title").trim()) ? { test: true as const } : {}),
  };
}

/**
 * Parses `a:1, b:2, plain`. If a tag occurs twice, the last value counts, so callers put the tags
 * of the alert's own group last.
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
  /** Whether the warning threshold was crossed, whose value no variable contains. */
  readonly warns: boolean;
}

const transitions: ReadonlyMap<string, Signal["status"]> = new Map([
  ["triggered", "firing"],
  ["renotify", "firing"],
  ["warn", "firing"],
  ["no data", "no_data"],
  ["recovered", "resolved"],
]);

/** `Re-Triggered` means the same as `Triggered`. An unknown word is never a recovery. */
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
 * The limit at the end of a metric monitor's query: `avg(last_10m):avg:rate{*} by {deployment} >
 * 0.01`.
 */
function limitIn(query: string): Partial<Signal> {
  const [, sign = "", limit] = /([<>])=?\s*(\S+)\s*$/.exec(query) ?? [];
  const { number } = numberOf(limit);
  return number === null ? {} : { threshold: number, worse: sign === ">" ? "higher" : "lower" };
}
