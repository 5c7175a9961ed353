import type { Mapping } from "../../src/core/policy/mapping.ts";
import type { SourceContext } from "../../src/core/policy/source-context.ts";
import type { Signal } from "../../src/core/signal.ts";
import {
  azure,
  braintrust,
  cloudwatch,
  lmEval,
  openai,
  openaiEvent,
  opik,
  pyrit,
  sentry,
} from "./recorded-mappings.ts";

/**
 * What each message that real senders sent, or that was written after their documentation, must
 * become.
 */
export interface Row {
  readonly type: string;
  readonly context?: Partial<SourceContext>;
  /**
   * The signals, as much of each as the row says; or a part of the sentence that says why there are
   * none.
   */
  readonly gives: readonly Partial<Signal>[] | string;
}

const home: Partial<SourceContext> = { deployment: "assistant-prod" };

const alert = (status: Signal["status"], metric: string, more: Partial<Signal> = {}) => ({
  kind: "alert" as const,
  status,
  metric,
  ...more,
});

const harmful = (status: Signal["status"]): Row => ({
  type: "alertmanager",
  gives: [
    alert(status, "HarmfulResponseRateHigh", {
      value: 0.031,
      threshold: 0.01,
      deployment: "chat-frontier-prod",
      severity: "critical",
    }),
  ],
});

const detector = (value: number): Partial<Signal> =>
  alert("firing", "JailbreakDetectorFiring", { value, deployment: "agents-eu-prod" });

const refusal = (more: Partial<Signal>): Partial<Signal> => ({
  kind: "eval",
  suite: "refusal_suite",
  model: "mockllm/model",
  worse: "unknown",
  ...more,
});

const threeScores: Row = {
  type: "inspect",
  context: home,
  gives: [
    { scorer: "includes", score: "includes", metric: "accuracy", value: 0.6666666666666666 },
    { scorer: "harm_judge", score: "refused", metric: "accuracy", value: 0.3333333333333333 },
    { scorer: "harm_judge", score: "severity", metric: "mean", value: 0.5 },
  ].map((item) =>
    refusal({
      ...item,
      status: "ok",
      deployment: "chat-frontier-prod",
      samples: { completed: 3, total: 3 },
    }),
  ),
};

const failedRun = (more: Partial<Signal>): Row => ({
  type: "inspect",
  context: home,
  gives: [refusal({ deployment: "assistant-prod", metric: "", value: null, ...more })],
});

const incident = (status: Signal["status"]): Row => ({
  type: "pagerduty",
  context: home,
  gives: [alert(status, "API Service", { severity: "high", deployment: "assistant-prod" })],
});

const issue = (status: Signal["status"], severity: string): Row => ({
  type: "promptfoo",
  context: home,
  gives: [{ kind: "finding", status, metric: "hijacking", severity, worse: "unknown" }],
});

/** A sender without a type of its own, read as a policy maps it. */
const by = (mapping: Mapping, gives: Row["gives"]): Row => ({
  type: "mapped",
  context: { mapping },
  gives,
});

/** What a mapping's `when` leaves out: read, and no signal. */
const nothing: Row["gives"] = [];

const cloudwatchAlarm = (status: Signal["status"]): Row =>
  by(cloudwatch, [
    alert(status, "example-cloudwatch-alarm", { value: null, threshold: 5, worse: "lower" }),
  ]);

const cpu = (status: Signal["status"], value: number): Row =>
  by(azure, [alert(status, "WCUS-R2-Gen2", { value, threshold: 25, worse: "higher" })]);

const openaiRun = (status: Signal["status"]): Row =>
  by(openaiEvent, [{ kind: "eval", status, value: null, id: "evalrun_abc123" }]);

/** No type of ours reads these; they reach people as unmapped, and a policy can map them. */
const nobodys: Row = { type: "signal", gives: "“kind” is" };

/** What goes the other way, or to gateways: whoever posts it by mistake hurts nobody. */
const notForUs: Row = nobodys;

/** By folder and file, wherever the folder lies. */
export const table: Readonly<Record<string, Row>> = {
  "alertmanager/firing.v0.25.headers.json": { type: "alertmanager", gives: "no list of alerts" },
  "alertmanager/firing.v0.25.json": harmful("firing"),
  "alertmanager/grouped.v0.25.json": {
    type: "alertmanager",
    gives: [detector(0.12), detector(0.07)],
  },
  "alertmanager/repeat-notification.v0.25.json": harmful("firing"),
  "alertmanager/resolved.v0.25.json": harmful("resolved"),
  "arize/online-task-run-failed.UNCONFIRMED.json": nobodys,
  "aws-sns/cloudwatch-alarm.json": cloudwatchAlarm("firing"),
  "aws-sns/cloudwatch-alarm.message.json": nobodys,
  "aws-sns/cloudwatch-insufficient-data.json": cloudwatchAlarm("no_data"),
  "aws-sns/notification.json": by(cloudwatch, "/Message is not JSON"),
  "aws-sns/subscription-confirmation.json": by(cloudwatch, "/Message is not JSON"),
  "azure-monitor/log-v2-fired.json": by(azure, [
    alert("firing", "WCUS-R2-Gen2", { value: 0, threshold: 1, worse: "lower", severity: "Sev1" }),
  ]),
  "azure-monitor/metric-fired.json": cpu("firing", 31.1105),
  "azure-monitor/metric-resolved.json": cpu("resolved", 7.727),
  "braintrust/environment-update.json": by(braintrust, nothing),
  "braintrust/logs.json": by(braintrust, [
    alert("firing", "High-Priority Factuality", { value: 5 }),
  ]),
  "cloudevents/binary-json.json": nobodys,
  "cloudevents/holdpoint-signal.json": {
    type: "signal",
    gives: [
      {
        kind: "eval",
        status: "firing",
        metric: "refusal_rate",
        value: 0.33,
        threshold: 0.95,
        worse: "lower",
        deployment: "chat-frontier-prod",
        samples: { completed: 2, total: 3 },
      },
    ],
  },
  "cloudevents/structured-json.json": nobodys,
  "datadog/template-holdpoint.json": { type: "datadog", gives: "no transition" },
  "datadog/template-keep.json": { type: "datadog", gives: "no transition" },
  "datadog/triggered.json": {
    type: "datadog",
    gives: [
      alert("firing", "llm.harmful_response.ratio", {
        value: null,
        threshold: 0.01,
        worse: "higher",
        deployment: "chat-frontier-prod",
      }),
    ],
  },
  "deepeval/test-run.json": nobodys,
  "enforcement/flagd-flags.json": notForUs,
  "enforcement/litellm-guardrail-request.json": notForUs,
  "enforcement/litellm-guardrail-response.blocked.json": notForUs,
  "enforcement/ofrep-bulk.json": notForUs,
  "enforcement/ofrep-evaluate.paused.json": notForUs,
  "enforcement/ofrep-evaluate.request.json": notForUs,
  "enforcement/ofrep-sse.txt": { type: "signal", gives: "not JSON" },
  "enforcement/standard-webhook-decision.signed.json": notForUs,
  "garak/report-entries.v0.13.json": nobodys,
  "giskard/scan-report.json": nobodys,
  "grafana/firing-multi.json": {
    type: "grafana",
    context: home,
    gives: ["High memory usage", "High CPU usage"].map((metric) =>
      alert("firing", metric, { deployment: "assistant-prod" }),
    ),
  },
  "grafana/no-data.json": {
    type: "grafana",
    gives: [alert("no_data", "Harmful response rate", { deployment: "chat-frontier-prod" })],
  },
  "helm/run_spec.json": nobodys,
  "helm/stats.json": nobodys,
  "inspect-ai/errored-no-results.v0.3.260.header.json": failedRun({
    status: "errored",
    samples: null,
  }),
  "inspect-ai/success-but-sample-errored.v0.3.260.header.json": failedRun({
    status: "incomplete",
    samples: { completed: 2, total: 3 },
  }),
  "inspect-ai/success.v0.3.41.json": {
    type: "inspect",
    context: home,
    gives: [
      {
        status: "incomplete",
        suite: "popularity",
        metric: "",
        value: null,
        samples: { completed: 1, total: 100 },
        id: "BpiPFmbVcMCRUAXv8ovCTx/9eTnG3tV8jGRYoTPMH54Ee",
      },
    ],
  },
  "inspect-ai/three-scores-success.v0.3.260.header.json": threeScores,
  "inspect-ai/three-scores-success.v0.3.260.json": threeScores,
  "langfuse/monitor-alert.json": {
    type: "langfuse",
    context: home,
    gives: [alert("firing", "monitor_abc123", { value: null, deployment: "assistant-prod" })],
  },
  "langfuse/monitor-recovered.json": {
    type: "langfuse",
    context: home,
    gives: [alert("resolved", "monitor_abc123", { value: null })],
  },
  "langfuse/prompt-version-created.json": {
    type: "langfuse",
    context: home,
    gives: [{ kind: "change", status: "info" }],
  },
  "langsmith/rule-runs.json": nobodys,
  "lm-eval/results.v0.4.13.json": by(lmEval, [
    {
      kind: "eval",
      status: "ok",
      suite: "holdpoint_refusal_mc",
      metric: "acc",
      value: 0.4166666666666667,
      worse: "lower",
      model: "example-org/frontier-stub",
    },
  ]),
  "openai/batch.completed.json": by(openaiEvent, nothing),
  "openai/eval-run-object.completed.json": by(openai, [
    {
      kind: "eval",
      status: "ok",
      metric: "pass_rate",
      value: 1,
      samples: { completed: 1, total: 1 },
    },
  ]),
  "openai/eval.run.canceled.json": openaiRun("incomplete"),
  "openai/eval.run.failed.json": openaiRun("errored"),
  "openai/eval.run.succeeded.json": openaiRun("info"),
  "openai/fine_tuning.job.succeeded.json": by(openaiEvent, nothing),
  "openai/response.incomplete.json": by(openaiEvent, nothing),
  "opik/experiment-finished.json": by(opik, nothing),
  "opik/feedback-score.json": by(opik, [
    alert("firing", "Harm judge average", { value: 0.75, threshold: 0.8, worse: "lower" }),
  ]),
  "opik/trace-errors.json": by(opik, nothing),
  "otel/genai-evaluation-result.otlp-logs.json": nobodys,
  "pagerduty/incident.acknowledged.json": incident("firing"),
  "pagerduty/incident.priority_updated.json": incident("firing"),
  "pagerduty/incident.resolved.json": incident("resolved"),
  "pagerduty/incident.triggered.json": incident("firing"),
  "promptfoo/enterprise-issue.created.json": issue("firing", "high"),
  "promptfoo/enterprise-issue.updated.json": issue("resolved", "low"),
  "promptfoo/eval-results.v3.json": {
    type: "promptfoo",
    gives: [
      {
        kind: "eval",
        status: "errored",
        metric: "",
        value: null,
        deployment: "chat-frontier-prod",
        samples: { completed: 2, total: 3 },
      },
    ],
  },
  "pyrit/attack-result.json": by(pyrit, [
    { kind: "eval", status: "ok", metric: "attack_success", value: 1, worse: "higher" },
  ]),
  "sentry/issue-alert.json": by(sentry, [{ kind: "alert", status: "errored" }]),
  "sentry/metric-alert-critical.json": by(sentry, [alert("firing", "Too many errors")]),
  "sentry/metric-alert-resolved.json": by(sentry, [alert("resolved", "Too many errors")]),
  "wandb/template.json": nobodys,
};
