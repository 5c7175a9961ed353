import type { Observed, Parsed, SourceContext } from "../core/signal.ts";
import { type Ending, figureObserved, isCount, type Run, runObserved } from "./eval-run.ts";
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
import { deploymentOf, mapped } from "./items.ts";
import { readJson } from "./json.ts";
import { enterpriseEvent } from "./promptfoo-event.ts";
import { figuresOf, type Prompt, promptsOf, unreadablePrompts } from "./promptfoo-figures.ts";

/**
 * Reads what `promptfoo eval` and `promptfoo redteam` write with `--output results.json`, with or without the rows of single
 * tests, and the events of Promptfoo Enterprise. https://www.promptfoo.dev/docs/configuration/outputs/
 */
export const parse = (body: Uint8Array, context: SourceContext): Parsed => {
  const read = readJson(body);
  if ("unmapped" in read) return read;
  const sent = fieldsOf(read.value);
  if (typeof own(sent, "event") === "string") return enterpriseEvent(sent, context);
  const results = own(sent, "results");
  if (!isFields(results)) {
    return { unmapped: "The body is neither a results file of promptfoo nor an event of it." };
  }
  return resultsOf(sent, results, context);
};

const resultsOf = (file: Fields, results: Fields, context: SourceContext): Parsed => {
  const config = fieldsOf(own(file, "config"));
  const prompts = promptsOf(results);
  const run: Run = {
    suite: textOf(own(config, "description")) || "promptfoo",
    id: textOf(own(file, "evalId"), longestSummary),
    model: onlyProvider(prompts),
    deployment: deploymentOf(saidDeployment(config), context),
    occurredAt: timeOf(own(results, "timestamp")),
    startedAt: "",
    labels: labelsOf(own(config, "tags")).labels,
    ending: endingOf(config, results, prompts),
  };
  const whole = (ending: Ending): Parsed =>
    mapped([ending], [], () =>
      runObserved({ ...run, ending }, context, `${run.suite}: ${ending.because}.`),
    );
  if (run.ending.status !== "ok") return whole(run.ending);
  const isRedTeam = isFields(own(config, "redteam"));
  const figures = prompts.flatMap((prompt) =>
    figuresOf(run, prompt, isRedTeam, prompts.length > 1).map(
      (figure): Observed =>
        figureObserved({ ...run, model: prompt.provider || run.model }, context, figure),
    ),
  );
  if (figures.length === 0) {
    return whole({ ...run.ending, status: "no_data", because: "the run gave no metric" });
  }
  const count = unreadablePrompts(results);
  const because = `${run.suite}: ${count} prompts of the run have no metrics.`;
  return mapped(figures, [], (figure) => figure, {
    context: { ...context, deployment: run.deployment },
    lost: count > 0 ? [{ what: "unreadable prompts", count, because }] : [],
  });
};

const onlyProvider = (prompts: readonly Prompt[]): string => {
  const providers = new Set(prompts.map(({ provider }) => provider));
  return providers.size === 1 ? (prompts[0]?.provider ?? "") : "";
};

/** Where a configuration can say it: its metadata, its tags, or the metadata that each of its tests begins with. */
const saidDeployment = (config: Fields): string => {
  const places = [
    own(config, "metadata"),
    own(config, "tags"),
    own(fieldsOf(own(config, "defaultTest")), "metadata"),
  ];
  return places.map((place) => textOf(own(fieldsOf(place), "deployment"))).find(isSaid) ?? "";
};

const isSaid = (text: string): boolean => text !== "";

/** How a run ended: a test that ended with an error was neither passed nor failed, and a file does not say what it left out. */
const endingOf = (config: Fields, results: Fields, prompts: readonly Prompt[]): Ending => {
  const stats = fieldsOf(own(results, "stats"));
  const [successes, failures, errors] = ["successes", "failures", "errors"].map((name) =>
    own(stats, name),
  );
  if (!isCount(successes) || !isCount(failures)) {
    const because = "the file does not say how many tests were run";
    return { status: "incomplete", because, samples: null };
  }
  const inPrompts = prompts.reduce((sum, { failed }) => sum + failed, 0);
  const failed = Math.max(isCount(errors) ? errors : 0, inPrompts);
  const completed = successes + failures;
  const samples = { completed, total: completed + failed };
  if (failed > 0) {
    const because = `${failed} of ${samples.total} tests ended with an error`;
    return { status: "errored", because, samples };
  }
  if (completed === 0) return { status: "no_data", because: "no tests were run", samples };
  if (isFiltered(config)) {
    return { status: "incomplete", because: "the run was over chosen tests", samples };
  }
  return { status: "ok", because: "", samples };
};

/** `filterFirstN`, `filterPattern` and their like, where the configuration asks for them. */
const isFiltered = (config: Fields): boolean =>
  Object.entries(fieldsOf(own(config, "commandLineOptions"))).some(
    ([name, value]) => name.startsWith("filter") && value !== null && value !== false,
  );
