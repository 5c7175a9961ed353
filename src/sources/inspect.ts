import type { SourceContext } from "../core/policy/source-context.ts";
import type { ParsedDelivery } from "../core/signal.ts";
import { figureObserved, partialObserved, type Run, runObserved } from "./eval-run.ts";
import {
  type Fields,
  fieldsOf,
  isFields,
  labelsOf,
  longestSummary,
  own,
  textOf,
  timeOf,
} from "./fields.ts";
import { endingOf, sizeOf } from "./inspect-ending.ts";
import { figureOf, metricsOf, partialFigures, unreadableScores } from "./inspect-metrics.ts";
import { deploymentOf, mapped } from "./items.ts";
import { readJson } from "./json.ts";

/**
 * Reads the header of an Inspect AI evaluation log, or a whole log, of which the samples are not
 * looked at: one signal per metric of a run that scored every sample; otherwise one for the run,
 * and for its means one that says between what they lie, so that no number of half a run passes for
 * a result. https://inspect.aisi.org.uk/reference/inspect_ai.log.html#evallog
 */
export function parse(body: Uint8Array, context: SourceContext): ParsedDelivery {
  const read = readJson(body);
  if ("unmapped" in read) return read;
  const log = fieldsOf(read.value);
  const spec = own(log, "eval");
  if (!isFields(spec)) {
    return { unmapped: "The body is no Inspect AI log: it has no object “eval”." };
  }
  const suite = textOf(own(spec, "task"));
  if (suite === "") return { unmapped: "The log does not name its task." };

  const run = runOf(log, { spec, suite, context });
  const size = sizeOf(log);
  const metrics = metricsOf(log);
  if (run.ending.status !== "ok") {
    const whole = runObserved(run, context, `${suite}: ${run.ending.because}.`);
    const figures = partialFigures(run, size, metrics);
    const partial = figures.map((figure) => partialObserved(run, context, figure));
    return mapped([whole, ...partial], { caveats: [], read: (observed) => observed });
  }
  if (metrics.length === 0) {
    const empty: Run = { ...run, ending: { ...run.ending, status: "no_data" } };
    return mapped([empty], {
      caveats: [],
      read: () => runObserved(empty, context, `${suite}: the run gave no metric.`),
    });
  }
  const count = unreadableScores(log);
  const because = `${suite}: ${count} scores of the run could not be read.`;
  return mapped(metrics, {
    caveats: [],
    read: (metric) => figureObserved(run, context, figureOf(run, size, metric)),
    beside: {
      context: { ...context, deployment: run.deployment },
      lost: count > 0 ? [{ what: "unreadable scores", count, because }] : [],
    },
  });
}

function runOf(
  log: Fields,
  {
    spec,
    suite,
    context,
  }: { readonly spec: Fields; readonly suite: string; readonly context: SourceContext },
): Run {
  const stats = fieldsOf(own(log, "stats"));
  return {
    suite,
    id: idOf(spec),
    model: textOf(own(spec, "model")),
    deployment: deploymentOf(saidDeployment(spec, log), context),
    occurredAt: timeOf(own(stats, "completed_at")),
    startedAt: timeOf(own(stats, "started_at")),
    labels: labelsOf(plainFields(own(spec, "metadata"))).labels,
    ending: endingOf(log),
  };
}

/**
 * Logs before 0.3.60 or so have no eval_id; a retry of their task has the same task_id in another
 * run.
 */
function idOf(spec: Fields): string {
  const text = (name: string) => textOf(own(spec, name), longestSummary);
  return text("eval_id") || [text("run_id"), text("task_id")].filter((id) => id !== "").join("/");
}

const tagged = "deployment:";

function saidDeployment(spec: Fields, log: Fields): string {
  const inMetadata = textOf(own(fieldsOf(own(spec, "metadata")), "deployment"));
  if (inMetadata !== "") return inMetadata;
  const tags = [own(spec, "tags"), own(log, "tags")].flatMap((list) =>
    Array.isArray(list) ? list.map((tag) => textOf(tag)) : [],
  );
  return (
    tags
      .find((tag) => tag.startsWith(tagged))
      ?.slice(tagged.length)
      .trim() ?? ""
  );
}

/** Metadata may hold anything; what is one word or number can be asked for in a condition. */
const plainFields = (metadata: unknown): Fields =>
  Object.fromEntries(
    Object.entries(fieldsOf(metadata)).filter(
      ([, value]) => value !== null && typeof value !== "object",
    ),
  );
