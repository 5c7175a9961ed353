import type { SourceContext } from "../core/policy/source-context.ts";
import { blankSignal, type ParsedDelivery, type Signal } from "../core/signal.ts";
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
 * Reads a Langfuse webhook: an alert (`monitor-alert`) or a version of a prompt. Value and
 * threshold appear only in its text, so a condition on them is indeterminate.
 * https://langfuse.com/docs/observability/features/alerts
 * https://langfuse.com/docs/prompt-management/features/webhooks-slack-integrations
 */
export function parse(body: Uint8Array, context: SourceContext): ParsedDelivery {
  const read = readJson(body);
  if ("unmapped" in read) return read;
  if (!isFields(read.value)) return { unmapped: "The body is not a JSON object." };
  return mapped([read.value], {
    caveats: [],
    read: (event): ReadItem => {
      const type = textOf(own(event, "type"));
      if (type === "monitor-alert") return alertIn(event, context);
      if (type === "prompt-version") return promptIn(event, context);
      return {
        unusable: `Langfuse's event type "${type}" is not known; monitor-alert and prompt-version are.`,
      };
    },
  });
}

interface Meaning {
  readonly status: Signal["status"];
  readonly severity: string;
  readonly caveat: string;
}

const zeroes =
  "Langfuse counts missing data as 0 unless the alert is told otherwise: this may mean that nothing was measured.";

const meanings: ReadonlyMap<string, Meaning> = new Map([
  ["ALERT", { status: "firing", severity: "high", caveat: "" }],
  ["WARNING", { status: "firing", severity: "warning", caveat: "" }],
  ["NO_DATA", { status: "no_data", severity: "warning", caveat: "" }],
  ["UNKNOWN", { status: "no_data", severity: "warning", caveat: "It was not evaluated yet." }],
  ["PAUSED", { status: "no_data", severity: "warning", caveat: "The alert is paused." }],
  ["OK", { status: "resolved", severity: "", caveat: zeroes }],
]);

const meaningOf = (severity: string): Meaning =>
  meanings.get(severity) ?? {
    status: "errored",
    severity: "warning",
    caveat: `Langfuse's severity is "${severity}".`,
  };

function alertIn(event: Fields, context: SourceContext): ReadItem {
  const payload = fieldsOf(own(event, "payload"));
  const text = (name: string) => textOf(own(payload, name));
  const monitor = text("monitorId");
  if (monitor === "") return { unusable: "The alert has no monitorId." };
  const message = fieldsOf(own(payload, "message"));
  const { status, severity, caveat } = meaningOf(text("severity"));
  const signal = blankSignal({
    id: textOf(own(event, "id")),
    source: context.source,
    kind: "alert",
    status,
    deployment: deploymentAmong([monitor, text("projectId")], context),
    severity,
    summary: summaryOf(message),
    url: urlOf(own(payload, "permalink")),
    occurredAt: rfc3339Of(own(payload, "timestamp")) || rfc3339Of(own(event, "timestamp")),
    labels: { project: text("projectId"), view: text("view"), window: text("window") },
    metric: monitor,
  });
  // Langfuse does not identify occurrences: a later message of the alert applies to the open
  // escalation.
  return {
    signal,
    condition: nameOf(`alert/${monitor}`),
    occurrence: null,
    caveat: sentence([caveat]),
  };
}

function summaryOf(message: Fields): string {
  const parts = ["title", "body"].map((field) => textOf(own(message, field), longestSummary));
  return textOf(parts.filter((part) => part !== "").join(": "), longestSummary);
}

/** A new or changed prompt. Its text is not stored, because it may contain anything. */
function promptIn(event: Fields, context: SourceContext): ReadItem {
  const prompt = fieldsOf(own(event, "prompt"));
  const text = (name: string) => textOf(own(prompt, name));
  const name = text("name");
  const action = textOf(own(event, "action"));
  if (name === "" || !/^[a-z]{1,20}$/.test(action)) {
    return { unusable: "The event names no prompt, or does not say what became of it." };
  }
  const commit = text("commitMessage");
  const signal = blankSignal({
    id: textOf(own(event, "id")),
    source: context.source,
    kind: "change",
    status: "info",
    deployment: deploymentAmong([name, text("projectId")], context),
    summary: `Prompt ${name}, version ${text("version")}: ${action}${commit === "" ? "" : `, ${commit}`}`,
    occurredAt: rfc3339Of(own(event, "timestamp")),
    labels: labelsOf({
      prompt: name,
      version: text("version"),
      project: text("projectId"),
      labels: listed(own(prompt, "labels")),
      tags: listed(own(prompt, "tags")),
    }).labels,
    change: `prompt.${action}`,
  });
  const id = own(event, "id");
  return {
    signal,
    condition: nameOf(`prompt/${name}`),
    occurrence: typeof id === "string" && id !== "" ? nameOf(id) : null,
    caveat: null,
  };
}

const listed = (value: unknown): string =>
  Array.isArray(value) ? value.map((element) => textOf(element)).join(", ") : "";
