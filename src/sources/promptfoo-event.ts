import type { SourceContext } from "../core/policy/source-context.ts";
import {
  blankSignal,
  type ObservedSignal,
  type ParsedDelivery,
  type Signal,
} from "../core/signal.ts";
import { type Fields, fieldsOf, labelsOf, nameOf, own, rfc3339Of, textOf } from "./fields.ts";
import { deploymentNamed, mapped } from "./items.ts";

/**
 * Reads an event of Promptfoo Enterprise. An issue is an attack that succeeded; its event has no
 * number.
 * https://www.promptfoo.dev/docs/enterprise/webhooks/
 */
export function enterpriseEvent(sent: Fields, context: SourceContext): ParsedDelivery {
  const event = textOf(own(sent, "event"));
  const data = fieldsOf(own(sent, "data"));
  const observed = read(event, data, told(sent, event, context));
  return observed
    ? mapped([observed], { caveats: [], read: (observed) => observed })
    : {
        unmapped: `The event “${event}” of Promptfoo is not known, or says nothing of what it is about.`,
      };
}

function read(event: string, data: Fields, signal: Signal): ObservedSignal | null {
  if (event.startsWith("issue.")) return issue(event, data, signal);
  const job = textOf(own(data, "jobId"));
  if (event === "evaluation.failed") {
    const error = textOf(own(data, "error"));
    const summary = `An evaluation failed${error === "" ? "" : `: ${error}`}.`;
    return about(`evaluation/${job}`, { ...signal, kind: "eval", status: "errored", summary });
  }
  if (event === "evaluation.completed") return completed(data, job, signal);
  if (event === "evaluation.created" || event === "remediation.created") {
    const summary = `Promptfoo reports ${event}.`;
    return about(event, { ...signal, summary });
  }
  return null;
}

/** This event says that a run ended, but not its numbers, which are in the results file. */
const completed = (data: Fields, job: string, signal: Signal): ObservedSignal =>
  own(data, "partial") === false
    ? about(`evaluation/${job}`, {
        ...signal,
        summary: "An evaluation was completed; its numbers are in its results.",
      })
    : about(`evaluation/${job}`, {
        ...signal,
        kind: "eval",
        status: "incomplete",
        summary: "An evaluation was completed in part.",
      });

function issue(event: string, data: Fields, signal: Signal): ObservedSignal | null {
  const sent = fieldsOf(own(data, "issue"));
  const text = (name: string) => textOf(own(sent, name));
  const id = text("id");
  if (id === "") return null;
  const plugin = text("pluginId");
  const status = text("status");
  if (event === "issue.comment_added") {
    const summary = `Somebody commented on an issue of Promptfoo: ${plugin}.`;
    return about(`comment/${id}`, { ...signal, id, summary });
  }
  const isFixed = status === "fixed";
  const severity = text("severity");
  return {
    ...about(`issue/${id}`, {
      ...signal,
      id,
      kind: "finding",
      status: isFixed ? "resolved" : "firing",
      severity,
      metric: plugin,
      summary: `${plugin || "An attack"}: an attack that works, severity ${severity || "not said"}, status ${status || "not said"}.`,
      startedAt: rfc3339Of(own(sent, "createdAt")),
      labels: labelsOf({ event: signal.labels["event"], pluginId: plugin, status }).labels,
    }),
    // Each update of an open issue is a new occurrence; `fixed` resolves all of them.
    occurrence: isFixed ? null : nameOf(`${id} ${text("updatedAt") || signal.occurredAt}`),
  };
}

const about = (what: string, signal: Signal): ObservedSignal => ({
  signal,
  condition: nameOf(`promptfoo/${what}`),
  occurrence: null,
  caveat: null,
});

const told = (sent: Fields, event: string, context: SourceContext): Signal =>
  blankSignal({
    source: context.source,
    kind: "report",
    status: "info",
    deployment: deploymentNamed("", context),
    occurredAt: rfc3339Of(own(sent, "timestamp")),
    labels: { event },
  });
