import { createHash } from "node:crypto";
import type { SourceContext } from "../core/policy/source-context.ts";
import { blankSignal, type ParsedDelivery, type Signal } from "../core/signal.ts";
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
  type ReadNumber,
  rfc3339Of,
  textOf,
  urlOf,
} from "./fields.ts";
import { deploymentOrModel, type Loss, mapped, type ReadItem, sentence } from "./items.ts";
import { readJson } from "./json.ts";

/**
 * The notification format that Alertmanager and Grafana share: a group of alerts, each with labels,
 * annotations and a fingerprint.
 */

/** What differs between the two senders. */
export interface Dialect {
  readonly sender: string;
  /** The value of `version` that is expected; another one gives a caveat. */
  readonly version: string;
  /** The measured value as sent, if the annotation `value` is missing. */
  readonly value: (alert: Fields, context: SourceContext) => unknown;
  /** The metric, if the policy names no label for it. */
  readonly metric: (labels: Fields) => string;
  /** The signal's status, by the alert's status, labels and annotations. */
  readonly status: (alert: Fields, status: "firing" | "resolved") => AlertStatus;
  readonly url: (alert: Fields) => string;
  /** Whether this is the sender's own test notification. */
  readonly isTest: (labels: Fields) => boolean;
}

/** A status; `caveat` is a sentence for the card if the status is not the sender's own, else "". */
export interface AlertStatus {
  readonly status: Signal["status"];
  readonly caveat: string;
}

/** Reads a group: one signal per alert. */
export function readGroup(
  body: Uint8Array,
  context: SourceContext,
  dialect: Dialect,
): ParsedDelivery {
  const read = readJson(body);
  if ("unmapped" in read) return read;
  if (!isFields(read.value)) return { unmapped: "The body is not a JSON object." };
  const alerts = own(read.value, "alerts");
  if (!Array.isArray(alerts)) return { unmapped: "The body has no list of alerts." };

  return mapped(alerts, {
    caveats: groupCaveats(read.value, dialect),
    read: (alert: unknown) =>
      isFields(alert)
        ? observed(alert, context, dialect)
        : { unusable: "An alert in the list is not an object." },
    beside: { context, lost: truncatedIn(read.value, dialect) },
  });
}

/** A sender with a limit (`max_alerts`) leaves alerts out and reports only their number. */
function truncatedIn(group: Fields, { sender }: Dialect): readonly Loss[] {
  const count = numberOf(own(group, "truncatedAlerts")).number ?? 0;
  const because = `${sender} left ${count} more alerts out of this message.`;
  return count > 0 ? [{ what: "alerts left out by the sender", count, because }] : [];
}

function groupCaveats(group: Fields, { version }: Dialect): readonly string[] {
  const sent = textOf(own(group, "version"));
  return sent === version
    ? []
    : [`The message has format version "${sent}"; version ${version} is known.`];
}

function observed(alert: Fields, context: SourceContext, dialect: Dialect): ReadItem {
  const sent = fieldsOf(own(alert, "labels"));
  const annotations = fieldsOf(own(alert, "annotations"));
  const label = (field: string) => textOf(own(sent, context.labels.get(field) ?? field));
  const annotation = (field: string) => own(annotations, context.labels.get(field) ?? field);
  const { labels, dropped } = labelsOf(sent);
  const noted = annotation("value");
  const sentValue = noted ?? dialect.value(alert, context);
  const value = numberOf(sentValue);
  const threshold = numberOf(annotation("threshold"));
  const figures: readonly AlertFigure[] = [
    { name: "value", sent: sentValue, ...value, isMeasured: noted === undefined },
    { name: "threshold", sent: annotation("threshold"), ...threshold, isMeasured: false },
  ];
  const { status, caveat } = statusOf(alert, dialect, figures);
  const fingerprint = textOf(own(alert, "fingerprint"), longestSummary);
  const startsAt = own(alert, "startsAt");

  const signal = blankSignal({
    id: textOf(fingerprint),
    source: context.source,
    kind: "alert",
    status,
    deployment: deploymentOrModel(
      { deployment: label("deployment"), model: label("model") },
      context,
    ),
    model: label("model"),
    severity: label("severity"),
    summary: textOf(annotation("summary") ?? annotation("description"), longestSummary),
    url: dialect.url(alert),
    occurredAt: rfc3339Of(status === "resolved" ? own(alert, "endsAt") : startsAt),
    startedAt: rfc3339Of(startsAt),
    labels,
    metric: context.labels.has("metric") ? label("metric") : dialect.metric(sent),
    value: value.number,
    threshold: threshold.number,
    worse: oneOf(["higher", "lower"], annotation("worse")) ?? "unknown",
  });
  return {
    signal,
    condition: nameOf(fingerprint === "" ? fingerprintOf(sent) : fingerprint),
    occurrence: typeof startsAt === "string" && startsAt !== "" ? nameOf(startsAt) : null,
    caveat: sentence([caveat, dropped > 0 ? `${dropped} more labels were not kept.` : ""]),
    ...(dialect.isTest(sent) ? { test: true as const } : {}),
  };
}

interface AlertFigure extends ReadNumber {
  readonly name: string;
  readonly sent: unknown;
  /**
   * Whether the sender measured it for this message. An annotation is rendered when the rule fires,
   * and a resolved alert still carries that text.
   */
  readonly isMeasured: boolean;
}

/**
 * A firing alert stays firing even if its value is NaN or infinite. A resolved one becomes
 * `errored` if the value measured at the end is: nothing then shows that it is over.
 */
function statusOf(alert: Fields, dialect: Dialect, figures: readonly AlertFigure[]): AlertStatus {
  const sent = own(alert, "status");
  const status = oneOf(["firing", "resolved"] as const, sent);
  if (status === undefined) {
    return { status: "errored", caveat: `The alert's status is "${textOf(sent)}".` };
  }
  const infinite = figures.filter(({ problem }) => problem === "not finite");
  const said = [
    ...infinite.map(({ name, sent }) => `The ${name} is ${textOf(sent)}, not a finite number.`),
    ...figures
      .filter(({ problem }) => problem === "not a number")
      .map(({ name }) => `The ${name} is not a plain number and was left out.`),
  ];
  const told = dialect.status(alert, status);
  const isUnsure = told.status === "resolved" && infinite.some(({ isMeasured }) => isMeasured);
  return {
    status: isUnsure ? "errored" : told.status,
    caveat: sentence([told.caveat, ...said]) ?? "",
  };
}

/**
 * A substitute for the fingerprint, which Alertmanager before 0.17 does not send: SHA-256 of the
 * sorted labels, in hex.
 */
function fingerprintOf(labels: Fields): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(pairs)).digest("hex");
}

/** The first web address among these fields of an alert, or "". */
export function addressOf(alert: Fields, names: readonly string[]): string {
  return names.map((name) => urlOf(own(alert, name))).find((address) => address !== "") ?? "";
}
