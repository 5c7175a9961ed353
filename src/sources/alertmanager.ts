import type { SourceContext } from "../core/policy/source-context.ts";
import type { ParsedDelivery } from "../core/signal.ts";
import { addressOf, type Dialect, readGroup } from "./alert-group.ts";
import { own, textOf } from "./fields.ts";

const alertmanager: Dialect = {
  sender: "Alertmanager",
  version: "4",
  value: () => undefined,
  metric: (labels) => textOf(own(labels, "alertname")),
  status: (_alert, status) => ({ status, caveat: "" }),
  url: (alert) => addressOf(alert, ["generatorURL"]),
  isTest: () => false, // it has none: what people post to try it is an alert like any other
};

/**
 * Reads a notification of Prometheus Alertmanager, format version 4: one signal per alert.
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function parse(body: Uint8Array, context: SourceContext): ParsedDelivery {
  return readGroup(body, context, alertmanager);
}
