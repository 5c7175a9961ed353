import { createHash } from "node:crypto";
import type { SourceContext } from "../core/policy/source-context.ts";
import { blankSignal, type ParsedDelivery, type Signal } from "../core/signal.ts";
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
import { deploymentOf, type Loss, mapped, type ReadItem, sentence } from "./items.ts";
import { readJson } from "./json.ts";

/**
 * The notification that Alertmanager and Grafana share: a group of alerts, each with labels,
 * annotations and a fingerprint.
 */

/** What one of the two says in its own way. */
export interface Dialect {
  readonly sender: string;
  /** The format version that is known. */
  readonly version: string;
  /** The measured value where no annotation carries it. */
  readonly value: (alert: Fields, context: SourceContext) => unknown;
  /** The metric where no label was named for it. */
  readonly metric: (labels: Fields) => string;
  /** What the status means once the alert's own words are heard. */
  readonly status: (alert: Fields, status: "firing" | "resolved") => AlertStatus;
  readonly url: (alert: Fields) => string;
  /** Whether the sender itself sent it, to try whether it arrives. */
  readonly isTest: (labels: Fields) => boolean;
}

/** A status, and a sentence for people where it is not what the sender called it. */
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

/** Long groups are cut (`max_alerts`), and only the number says how much is missing. */
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
    deployment: deploymentOf(label("deployment"), context),
    model: label("model"),
    severity: label("severity"),
    summary: textOf(annotation("summary") ?? annotation("description"), longestSummary),
    url: dialect.url(alert),
    occurredAt: timeOf(status === "resolved" ? own(alert, "endsAt") : startsAt),
    startedAt: timeOf(startsAt),
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

interface AlertFigure extends Measured {
  readonly name: string;
  readonly sent: unknown;
  /**
   * The sender measured it for this message; an annotation is the text of the last time the rule
   * fired.
   */
  readonly isMeasured: boolean;
}

/**
 * An alert that fires does so whatever its figure is, +Inf included. That it has ended is not known
 * where what was measured at the end is no number.
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

/** Senders before 0.17 write no fingerprint; the labels are what it is made of. */
function fingerprintOf(labels: Fields): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(pairs)).digest("hex");
}

/** The address of an alert under the first of these names that has one. */
export function addressOf(alert: Fields, names: readonly string[]): string {
  return names.map((name) => urlOf(own(alert, name))).find((address) => address !== "") ?? "";
}
