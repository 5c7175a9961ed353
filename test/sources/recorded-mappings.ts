import type { Mapping } from "../../src/core/policy/mapping.ts";
import { mappingOf } from "./mapping.ts";

/**
 * Mappings as a policy could write them, for senders that have no type of their own: each is tried
 * on what they really send.
 */

/** An alarm inside a notification of SNS; a confirmation is no alarm. */
export const cloudwatch: Mapping = mappingOf(`
  parse: /Message
  kind: { value: alert }
  status:
    at: /Message/NewStateValue
    map: { ALARM: firing, OK: resolved, INSUFFICIENT_DATA: no_data }
  deployment: { value: assistant-prod }
  metric: /Message/AlarmName
  threshold: /Message/Trigger/Threshold
  worse:
    at: /Message/Trigger/ComparisonOperator
    map: { LessThanThreshold: lower, GreaterThanThreshold: higher }
  summary: /Message/NewStateReason
`);

/** The common alert schema of Azure Monitor: numbers come as text. */
export const azure: Mapping = mappingOf(`
  kind: { value: alert }
  status:
    at: /data/essentials/monitorCondition
    map: { Fired: firing, Resolved: resolved }
  deployment: { value: assistant-prod }
  severity: /data/essentials/severity
  metric: /data/essentials/alertRule
  value: /data/alertContext/condition/allOf/0/metricValue
  threshold: /data/alertContext/condition/allOf/0/threshold
  worse:
    at: /data/alertContext/condition/allOf/0/operator
    map: { GreaterThan: higher, LowerThan: lower }
  dedupe: { condition: /data/essentials/alertId, occurrence: /data/essentials/firedDateTime }
`);

/** Metric alerts of Sentry. */
export const sentry: Mapping = mappingOf(`
  kind: { value: alert }
  status:
    at: /action
    map: { critical: firing, warning: firing, resolved: resolved }
  deployment: { value: assistant-prod }
  severity: /action
  metric: /data/metric_alert/alert_rule/name
  worse: unknown
  summary: /data/description_title
  dedupe: { condition: /data/metric_alert/identifier }
`);

/**
 * An alert of Opik about feedback scores: numbers as text, one object where other events have a
 * list.
 */
export const opik: Mapping = mappingOf(`
  when: item.eventType == "trace:feedback_score"
  kind: { value: alert }
  status: { value: firing }
  deployment: { value: assistant-prod }
  metric: /alertName
  value: /payload/metadata/metric_value
  threshold: /payload/metadata/threshold
  worse: lower
  id: /id
`);

/** A finished eval run as OpenAI's API gives it; its webhooks carry no more than its id. */
export const openai: Mapping = mappingOf(`
  kind: { value: eval }
  status:
    at: /status
    map: { completed: ok, failed: errored, canceled: incomplete }
  deployment: { value: assistant-prod }
  model: /model
  suite: /name
  metric: { value: pass_rate }
  value: { cel: 'double(item.result_counts.passed) / double(item.result_counts.total)' }
  worse: lower
  samples:
    completed: { cel: 'item.result_counts.passed + item.result_counts.failed' }
    total: /result_counts/total
  id: /id
`);

/** OpenAI's event about an eval run: that it ended, and how. */
export const openaiEvent: Mapping = mappingOf(`
  when: item.type.startsWith("eval.run.")
  kind: { value: eval }
  status:
    at: /type
    map: { eval.run.succeeded: info, eval.run.failed: errored, eval.run.canceled: incomplete }
  deployment: { value: assistant-prod }
  suite: { value: openai }
  worse: unknown
  id: /data/id
`);

/** An alert of Braintrust about logs that met its filter. */
export const braintrust: Mapping = mappingOf(`
  when: item.automation.event_type == "logs"
  kind: { value: alert }
  status: { value: firing }
  deployment: { value: assistant-prod }
  metric: /automation/name
  value: /details/count
  worse: higher
  summary: /details/message
`);

/**
 * An attack of PyRIT: its success is that the attack worked. Each is a thing of its own: one that
 * failed takes back no other.
 */
export const pyrit: Mapping = mappingOf(`
  kind: { value: eval }
  status:
    at: /outcome
    map: { success: ok, failure: ok, undetermined: incomplete, error: errored }
  deployment: { value: assistant-prod }
  suite: { value: pyrit }
  metric: { value: attack_success }
  value: { cel: 'item.outcome == "success" ? 1.0 : 0.0' }
  worse: higher
  dedupe: { condition: /attack_result_id }
`);

/** Results of lm-evaluation-harness: one signal per task, whose keys hold a comma. */
export const lmEval: Mapping = mappingOf(`
  forEach: /results/*
  kind: { value: eval }
  deployment: { value: assistant-prod }
  model: body:/model_name
  suite: { cel: key }
  metric: { value: acc }
  value: /acc,none
  stderr: /acc_stderr,none
  worse: lower
  id: body:/date
`);
