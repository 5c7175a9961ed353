import { createHash } from "node:crypto";
import type { Parsed, Signal, SourceContext } from "../core/signal.ts";
import {
  type Fields,
  fieldsOf,
  isFields,
  labelsOf,
  longestSummary,
  type Measured,
  nameOf,
  numberOf,
  oneOf,
  own,
  textOf,
  timeOf,
  urlOf,
} from "./fields.ts";
import { deploymentOf, type Item, mapped, sentence } from "./items.ts";
import { readJson } from "./json.ts";

/**
 * Reads a notification of Prometheus Alertmanager, format version 4: one signal per alert.
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const parse = (body: Uint8Array, context: SourceContext): Parsed => {
  const read = readJson(body);
  if ("unmapped" in read) return read;
  if (!isFields(read.value)) return { unmapped: "The body is not a JSON object." };
  const alerts = own(read.value, "alerts");
  if (!Array.isArray(alerts)) return { unmapped: "The body has no list of alerts." };

  return mapped(alerts, groupCaveats(read.value), (alert) =>
    isFields(alert)
      ? observed(alert, context)
      : { unusable: "An alert in the list is not an object." },
  );
};

/** Alertmanager cuts long groups (`max_alerts`) and says only how many are missing. */
const groupCaveats = (group: Fields): readonly string[] => {
  const truncated = numberOf(own(group, "truncatedAlerts")).number ?? 0;
  const version = textOf(own(group, "version"));
  return [
    truncated > 0 ? `Alertmanager left ${truncated} more alerts out of this message.` : "",
    version === "4" ? "" : `The message has format version "${version}"; version 4 is known.`,
  ].filter((caveat) => caveat !== "");
};

const observed = (alert: Fields, context: SourceContext): Item => {
  const sent = fieldsOf(own(alert, "labels"));
  const annotations = fieldsOf(own(alert, "annotations"));
  const label = (field: string, usual: string) =>
    textOf(own(sent, context.labels.get(field) ?? usual));
  const annotation = (field: string) => own(annotations, context.labels.get(field) ?? field);
  const { labels, dropped } = labelsOf(sent);
  const value = numberOf(annotation("value"));
  const threshold = numberOf(annotation("threshold"));
  const { status, caveat } = statusOf(own(alert, "status"), value, threshold);
  const fingerprint = textOf(own(alert, "fingerprint"), longestSummary);
  const startsAt = own(alert, "startsAt");

  const signal: Signal = {
    id: textOf(fingerprint),
    source: context.source,
    kind: "alert",
    status,
    deployment: deploymentOf(label("deployment", "deployment"), context),
    model: label("model", "model"),
    severity: label("severity", "severity"),
    summary: textOf(annotation("summary") ?? annotation("description"), longestSummary),
    url: urlOf(own(alert, "generatorURL")),
    occurredAt: timeOf(status === "resolved" ? own(alert, "endsAt") : startsAt),
    startedAt: timeOf(startsAt),
    labels,
    metric: label("metric", "alertname"),
    value: value.number,
    threshold: threshold.number,
    worse: oneOf(["higher", "lower"], annotation("worse")) ?? "unknown",
    suite: "",
    scorer: "",
    score: "",
    stderr: null,
    samples: null,
    change: "",
  };
  return {
    signal,
    condition: nameOf(fingerprint === "" ? fingerprintOf(sent) : fingerprint),
    occurrence: typeof startsAt === "string" && startsAt !== "" ? nameOf(startsAt) : null,
    caveat: sentence([caveat, dropped > 0 ? `${dropped} more labels were not kept.` : ""]),
  };
};

/** NaN in a rule means that it could not be evaluated: neither firing nor resolved is then known. */
const statusOf = (
  sent: unknown,
  value: Measured,
  threshold: Measured,
): { readonly status: Signal["status"]; readonly caveat: string } => {
  const status = oneOf(["firing", "resolved"], sent);
  if (status === undefined) {
    return { status: "errored", caveat: `The alert's status is "${textOf(sent)}".` };
  }
  const problems = [value.problem, threshold.problem];
  if (problems.includes("not finite")) {
    return { status: "errored", caveat: "The value or the threshold is not a finite number." };
  }
  return {
    status,
    caveat: problems.includes("not a number")
      ? "The value or the threshold is not a plain number and was left out."
      : "",
  };
};

/** Alertmanager before 0.17 sends no fingerprint; the labels are what it is made of. */
const fingerprintOf = (labels: Fields): string => {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(pairs)).digest("hex");
};
