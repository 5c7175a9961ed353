import type { SourceContext } from "../core/policy/source-context.ts";
import type { ParsedDelivery } from "../core/signal.ts";
import { type EvalRun, figureObserved, partialObserved, runObserved } from "./eval-run.ts";
import {
  type Fields,
  fieldsOf,
  isFields,
  labelsOf,
  longestSummary,
  own,
  rfc3339Of,
  textOf,
} from "./fields.ts";
import { endingOf, suiteSizeOf } from "./inspect-ending.ts";
import { figureOf, metricsOf, partialFigures, unreadableScores } from "./inspect-metrics.ts";
import { deploymentNamed, mapped } from "./items.ts";
import { readJson } from "./json.ts";

/**
 * Reads the header of an Inspect AI evaluation log, or a whole log, whose samples are ignored. A
 * run that scored every sample gives one signal per metric. Any other run gives one signal for the
 * run, and one with bounds for each of its means, so that no number of a partial run counts as a
 * result.
 * https://inspect.aisi.org.uk/reference/inspect_ai.log.html#evallog
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
  const size = suiteSizeOf(log);
  const metrics = metricsOf(log);
  if (run.ending.status !== "ok") {
    const whole = runObserved(run, context, `${suite}: ${run.ending.because}.`);
    const figures = partialFigures(run, size, metrics);
    const partial = figures.map((figure) => partialObserved(run, context, figure));
    return mapped([whole, ...partial], { caveats: [], read: (observed) => observed });
  }
  if (metrics.length === 0) {
    const empty: EvalRun = { ...run, ending: { ...run.ending, status: "no_data" } };
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
): EvalRun {
  const stats = fieldsOf(own(log, "stats"));
  return {
    suite,
    id: idOf(spec),
    model: textOf(own(spec, "model")),
    deployment: deploymentNamed(saidDeployment(spec, log), context),
    occurredAt: rfc3339Of(own(stats, "completed_at")),
    startedAt: rfc3339Of(own(stats, "started_at")),
    labels: labelsOf(plainFields(own(spec, "metadata"))).labels,
    ending: endingOf(log),
  };
}

/**
 * The run's id. Logs before about 0.3.60 have no eval_id; a retried task there has the same task_id
 * but another run_id.
 */
function idOf(spec: Fields): string {
  const text = (name: string) => textOf(own(spec, name), longestSummary);
  return text("eval_id") || [text("run_id"), text("task_id")].filter((id) => id !== "").join("/");
}

const deploymentTag = "deployment:";

function saidDeployment(spec: Fields, log: Fields): string {
  const inMetadata = textOf(own(fieldsOf(own(spec, "metadata")), "deployment"));
  if (inMetadata !== "") return inMetadata;
  const tags = [own(spec, "tags"), own(log, "tags")].flatMap((list) =>
    Array.isArray(list) ? list.map((tag) => textOf(tag)) : [],
  );
  return (
    tags
      .find((tag) => tag.startsWith(deploymentTag))
      ?.slice(deploymentTag.length)
      .trim() ?? ""
  );
}

/** The metadata that a condition can use as labels: texts, numbers and booleans. */
const plainFields = (metadata: unknown): Fields =>
  Object.fromEntries(
    Object.entries(fieldsOf(metadata)).filter(
      ([, value]) => value !== null && typeof value !== "object",
    ),
  );
