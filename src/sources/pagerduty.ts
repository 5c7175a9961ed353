import type { EscalationId } from "../core/ids.ts";
import type { SourceContext } from "../core/policy/source-context.ts";
import {
  blankSignal,
  type ObservedSignal,
  type ParsedDelivery,
  type Signal,
} from "../core/signal.ts";
import {
  type Fields,
  fieldsOf,
  isFields,
  labelsOf,
  longestSummary,
  nameOf,
  own,
  rfc3339Of,
  textOf,
  urlOf,
} from "./fields.ts";
import { deploymentAmong, mapped, type ReadItem, sentence } from "./items.ts";
import { readJson } from "./json.ts";

/**
 * Reads a PagerDuty V3 webhook, which has one event: an incident of any service, which becomes an
 * alert, or news about a page that Holdpoint sent.
 * https://developer.pagerduty.com/docs/webhooks-overview
 */
export function parse(body: Uint8Array, context: SourceContext): ParsedDelivery {
  const read = readJson(body);
  if ("unmapped" in read) return read;
  const event = own(fieldsOf(read.value), "event");
  if (!isFields(event)) return { unmapped: "The body has no event: only V3 webhooks are read." };
  return mapped([event], { caveats: [], read: (item) => observed(item, context) });
}

function observed(event: Fields, context: SourceContext): ReadItem {
  const type = textOf(own(event, "event_type"));
  const data = fieldsOf(own(event, "data"));
  if (own(data, "type") !== "incident") return aside(event, type, context);
  const id = textOf(own(data, "id"));
  if (id === "") return { unusable: "The incident has no id." };

  const { status, caveat } = meaningOf(type, data);
  const service = fieldsOf(own(data, "service"));
  const services = ["id", "summary"].map((field) => textOf(own(service, field)));
  const signal = blankSignal({
    id,
    source: context.source,
    kind: "alert",
    status,
    deployment: deploymentAmong(services, context),
    severity: urgencies.get(textOf(own(data, "urgency"))) ?? "",
    summary: textOf(own(data, "title"), longestSummary),
    url: urlOf(own(data, "html_url")),
    occurredAt: rfc3339Of(own(event, "occurred_at")),
    startedAt: rfc3339Of(own(data, "created_at")),
    labels: labelsIn(type, data),
    metric: summaryOf(service),
  });
  return {
    signal,
    condition: nameOf(id),
    occurrence: occurrenceOf(data),
    caveat: sentence([caveat]),
    ...pageIn(event, type, data),
  };
}

/**
 * Events about notes, workflows and services: stored, and nobody is asked. PagerDuty's own test
 * (`pagey.ping`) is shown as a test.
 */
function aside(event: Fields, type: string, context: SourceContext): ReadItem {
  if (type === "") return { unusable: "The event has no event_type." };
  const data = fieldsOf(own(event, "data"));
  const signal = blankSignal({
    id: textOf(own(event, "id")),
    source: context.source,
    kind: "report",
    status: "info",
    deployment: context.deployment,
    summary: `PagerDuty: ${type}`,
    url: urlOf(own(data, "html_url")),
    occurredAt: rfc3339Of(own(event, "occurred_at")),
    labels: { event: type },
  });
  const isTest = type === "pagey.ping";
  return {
    signal,
    condition: nameOf(`event/${type}`),
    occurrence: null,
    caveat: null,
    ...(isTest ? { test: true as const } : {}),
  };
}

const urgencies: ReadonlyMap<string, string> = new Map([
  ["high", "high"],
  ["low", "warning"],
]);

/**
 * The incident's current status; the event's type is only a label. PagerDuty reports a merged
 * incident as resolved, but it continues under another number.
 */
function meaningOf(
  type: string,
  data: Fields,
): { readonly status: Signal["status"]; readonly caveat: string } {
  const merged = own(fieldsOf(own(data, "resolve_reason")), "type") === "merge_resolve_reason";
  if (merged) {
    return { status: "firing", caveat: "The incident was merged into another one, not resolved." };
  }
  const now = textOf(own(data, "status"));
  if (now === "resolved" || type === "incident.resolved") return { status: "resolved", caveat: "" };
  return now === "triggered" || now === "acknowledged"
    ? { status: "firing", caveat: "" }
    : { status: "errored", caveat: `The incident's status is "${now}".` };
}

const summaryOf = (reference: unknown): string => textOf(own(fieldsOf(reference), "summary"));

const labelsIn = (type: string, data: Fields): Signal["labels"] =>
  labelsOf({
    event: type,
    incident: textOf(own(data, "number")),
    key: textOf(own(data, "incident_key")),
    service: summaryOf(own(data, "service")),
    priority: summaryOf(own(data, "priority")),
    urgency: textOf(own(data, "urgency")),
    "escalation-policy": summaryOf(own(data, "escalation_policy")),
  }).labels;

/** When the incident was opened or last reopened: a reopened incident has the same id. */
function occurrenceOf(data: Fields): string | null {
  const since = textOf(own(data, "reopened_at")) || textOf(own(data, "created_at"));
  return since === "" ? null : nameOf(since);
}

/**
 * The page that the event is about: Holdpoint's pages have the escalation's id as their key. If no
 * user acknowledged, the account is "".
 */
function pageIn(event: Fields, type: string, data: Fields): Pick<ObservedSignal, "page"> {
  const key = own(data, "incident_key");
  const [, number] = /^HP-([1-9]\d{0,8})$/.exec(typeof key === "string" ? key : "") ?? [];
  if (number === undefined) return {};
  const escalation: EscalationId = `HP-${Number(number)}`;
  if (type !== "incident.acknowledged") return { page: { escalation, acknowledgedBy: null } };
  const agent = fieldsOf(own(event, "agent"));
  const isUser = /^user(?:_reference)?$/.test(textOf(own(agent, "type")));
  const account = isUser ? textOf(own(agent, "id")) : "";
  return { page: { escalation, acknowledgedBy: { account, name: summaryOf(agent) } } };
}
