import { createHash } from "node:crypto";
import { alertmanagerToken } from "./program.ts";

/** Alerts for Alertmanager itself, or the same as it passes them on to Holdpoint. */
export interface AlertTraffic {
  readonly to: "alertmanager" | "holdpoint";
  /** How many alerts a body has. */
  readonly each: number;
  /** Where to begin to count: no alert is sent twice. */
  readonly from: number;
}

/** The n-th body of such traffic as an HTTP/1.1 request on a connection that stays open. */
export function alertRequest(port: number, { to, each, from }: AlertTraffic, n: number): Buffer {
  const alerts = Array.from({ length: each }, (_, item) => alertNumber((from + n) * each + item));
  const isOurs = to === "holdpoint";
  const body = JSON.stringify(isOurs ? notification(alerts) : alerts);
  const lines = [
    `POST ${isOurs ? "/webhooks/alertmanager" : "/api/v2/alerts"} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    ...(isOurs
      ? ["user-agent: Alertmanager/0.25.0", `authorization: Bearer ${alertmanagerToken}`]
      : ["user-agent: Prometheus/2.42.0"]),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

type Alert = ReturnType<typeof alertNumber>;

/** One in ten is of the name that a rule of the example policy waits for. */
function alertNumber(n: number) {
  const isExpected = n % 10 === 0;
  const pod = `assistant-${n}`;
  return {
    labels: {
      alertname: isExpected ? "RefusalRateCollapse" : "LatencyHigh",
      deployment: "assistant-api",
      job: "assistant",
      pod,
      severity: isExpected ? "critical" : "warning",
    },
    annotations: {
      summary: isExpected ? `Refusals fell to 1 % on ${pod}` : `p99 above 2 s on ${pod}`,
      value: isExpected ? "0.01" : "2.4",
    },
    startsAt: startedAt,
    generatorURL: `http://prometheus.example.org:9090/graph?g0.expr=pod%3D%22${pod}%22`,
  };
}

const startedAt = new Date(Date.now() - 60_000).toISOString();

/**
 * As Alertmanager 0.25 writes a group of alerts (version 4 of its webhook body), with the bytes of
 * a fingerprint.
 */
const notification = (alerts: readonly Alert[]) => ({
  receiver: "holdpoint",
  status: "firing",
  alerts: alerts.map(({ labels, annotations, startsAt, generatorURL }) => ({
    status: "firing",
    labels,
    annotations,
    startsAt,
    endsAt: "0001-01-01T00:00:00Z",
    generatorURL,
    fingerprint: createHash("md5").update(labels.pod).digest("hex").slice(0, 16),
  })),
  groupLabels: { deployment: "assistant-api" },
  commonLabels: { deployment: "assistant-api", job: "assistant" },
  commonAnnotations: {},
  externalURL: "http://alertmanager.example.org:9093",
  version: "4",
  groupKey: '{}:{deployment="assistant-api"}',
  truncatedAlerts: 0,
});
