import type { SourceContext } from "../core/policy/source-context.ts";
import type { ParsedDelivery, Signal } from "../core/signal.ts";
import { type AlertStatus, addressOf, type Dialect, readGroup } from "./alert-group.ts";
import { type Fields, fieldsOf, own, textOf } from "./fields.ts";

/**
 * Reads a notification of Grafana Alerting: one signal per alert. If a rule has no data or cannot
 * be evaluated, Grafana fires a substitute alert with another name; and it also resolves alerts for
 * reasons other than recovery.
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */
export function parse(body: Uint8Array, context: SourceContext): ParsedDelivery {
  return readGroup(body, context, grafana);
}

/** The names of the substitute alerts for a rule without data, and for one that failed. */
const standIns: Readonly<Record<string, Signal["status"]>> = {
  DatasourceNoData: "no_data",
  DatasourceError: "errored",
};

function standInOf(labels: Fields): Signal["status"] | undefined {
  const name = textOf(own(labels, "alertname"));
  return Object.hasOwn(standIns, name) ? standIns[name] : undefined;
}

function statusOf(alert: Fields, status: "firing" | "resolved"): AlertStatus {
  const standIn = standInOf(fieldsOf(own(alert, "labels")));
  const reason = textOf(own(fieldsOf(own(alert, "annotations")), "grafana_state_reason"));
  if (standIn !== undefined) {
    return status === "firing" ? { status: standIn, caveat: "" } : endOf(reason, true);
  }
  return status === "firing" ? firing(reason) : endOf(reason, false);
}

/** A rule can be set to alert on no data or on an error; then it fires under its own name. */
function firing(reason: string): AlertStatus {
  if (/\bNoData\b/.test(reason)) return { status: "no_data", caveat: "" };
  return { status: /\bError\b/.test(reason) ? "errored" : "firing", caveat: "" };
}

/**
 * Grafana also resolves an alert when its series is gone, or when its rule was paused, changed or
 * deleted. Only without such a reason was it measured to be over. A substitute alert has no series
 * of its own: it ends with `MissingSeries` when data is back.
 */
function endOf(reason: string, standIn: boolean): AlertStatus {
  if (reason === "" || reason === "Normal" || (standIn && reason === "MissingSeries")) {
    return { status: "resolved", caveat: "" };
  }
  return {
    status: /\bError\b/.test(reason) ? "errored" : "no_data",
    caveat: `Grafana ended this alert because of ${reason}, not because it was measured to be over.`,
  };
}

/**
 * Grafana sends the values of all expressions. If there are several, only the policy can say which
 * one is the measured value.
 */
function measuredIn(alert: Fields, context: SourceContext): unknown {
  const values = fieldsOf(own(alert, "values"));
  const named = context.labels.get("value");
  if (named !== undefined) return own(values, named);
  const [only, ...others] = Object.keys(values);
  return only === undefined || others.length > 0 ? undefined : own(values, only);
}

const grafana: Dialect = {
  sender: "Grafana",
  version: "1",
  value: measuredIn,
  metric: (labels) => {
    const rule = textOf(own(labels, "rulename"));
    return standInOf(labels) !== undefined && rule !== "" ? rule : textOf(own(labels, "alertname"));
  },
  status: statusOf,
  // The button “Test” of a contact point sends this alert; no rule creates it.
  isTest: (labels) =>
    textOf(own(labels, "alertname")) === "TestAlert" &&
    textOf(own(labels, "instance")) === "Grafana",
  url: (alert) => addressOf(alert, ["generatorURL", "panelURL", "dashboardURL"]),
};
