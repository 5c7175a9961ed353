import type { SourceContext } from "../core/policy/source-context.ts";
import type { ObservedSignal, ParsedDelivery } from "../core/signal.ts";
import {
  type Ending,
  type EvalRun,
  figureObserved,
  isCount,
  partialObserved,
  runObserved,
} from "./eval-run.ts";
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
import { deploymentNamed, mapped } from "./items.ts";
import { readJson } from "./json.ts";
import { enterpriseEvent } from "./promptfoo-event.ts";
import {
  type Prompt,
  partialFigure,
  promptFiguresOf,
  promptsOf,
  unreadablePrompts,
} from "./promptfoo-figures.ts";
import { type Expected, testsExpected } from "./promptfoo-tests.ts";

/**
 * Reads what `promptfoo eval` and `promptfoo redteam` write with `--output results.json`, with or
 * without the rows of single tests; and the events of Promptfoo Enterprise.
 * https://www.promptfoo.dev/docs/configuration/outputs/
 */
export function parse(body: Uint8Array, context: SourceContext): ParsedDelivery {
  const read = readJson(body);
  if ("unmapped" in read) return read;
  const sent = fieldsOf(read.value);
  if (typeof own(sent, "event") === "string") return enterpriseEvent(sent, context);
  const results = own(sent, "results");
  if (!isFields(results)) {
    return { unmapped: "The body is neither a results file of promptfoo nor an event of it." };
  }
  return resultsOf(sent, results, context);
}

function resultsOf(file: Fields, results: Fields, context: SourceContext): ParsedDelivery {
  const config = fieldsOf(own(file, "config"));
  const prompts = promptsOf(results);
  const expected = testsExpected(config, own(file, "runtimeOptions"));
  const run: EvalRun = {
    suite: textOf(own(config, "description")) || "promptfoo",
    id: textOf(own(file, "evalId"), longestSummary),
    model: onlyProvider(prompts),
    deployment: deploymentNamed(saidDeployment(config), context),
    occurredAt: rfc3339Of(own(results, "timestamp")),
    startedAt: "",
    labels: labelsOf(own(config, "tags")).labels,
    ending: endingOf({ config, results, prompts, expected }),
  };
  const caveats = versionCaveat(results);
  const isRedTeam = isFields(own(config, "redteam"));
  const isOneOfMany = prompts.length > 1;
  const runOn = (prompt: Prompt): EvalRun => ({ ...run, model: prompt.provider || run.model });
  const whole = (ending: Ending, beside: readonly ObservedSignal[] = []): ParsedDelivery => {
    const summary = `${run.suite}: ${ending.because}.`;
    return mapped([runObserved({ ...run, ending }, context, summary), ...beside], {
      caveats,
      read: (observed) => observed,
    });
  };
  if (run.ending.status !== "ok") {
    const partial = prompts.flatMap((prompt) => {
      const total = totalOf(prompt, expected);
      const figure = total && partialFigure(run, prompt, { isRedTeam, isOneOfMany, total });
      return figure ? [partialObserved(runOn(prompt), context, figure)] : [];
    });
    return whole(run.ending, partial);
  }
  const figures = prompts.flatMap((prompt) =>
    promptFiguresOf(run, { prompt, isRedTeam, isOneOfMany }).map((figure) =>
      figureObserved(runOn(prompt), context, figure),
    ),
  );
  if (figures.length === 0) {
    return whole({ ...run.ending, status: "no_data", because: "the run gave no metric" });
  }
  const count = unreadablePrompts(results);
  const because = `${run.suite}: ${count} prompts of the run have no metrics.`;
  return mapped(figures, {
    caveats,
    read: (figure) => figure,
    beside: {
      context: { ...context, deployment: run.deployment },
      lost: count > 0 ? [{ what: "unreadable prompts", count, because }] : [],
    },
  });
}

/** promptfoo before about 0.60 writes version 2, which has its prompts elsewhere. */
function versionCaveat(results: Fields): readonly string[] {
  const version = own(results, "version");
  if (version === undefined || version === 3) return [];
  return [`The file has results version ${textOf(version) || "“”"}; version 3 is known best.`];
}

/** The number of tests of a prompt, those with errors included; null if it is not certain. */
function totalOf({ passed, missed, failed }: Prompt, expected: Expected): number | null {
  const ran = passed + missed + failed;
  if (expected.exact === null) return expected.least > ran || expected.isChosen ? null : ran;
  return Math.max(ran, expected.exact);
}

function onlyProvider(prompts: readonly Prompt[]): string {
  const providers = new Set(prompts.map(({ provider }) => provider));
  return providers.size === 1 ? (prompts[0]?.provider ?? "") : "";
}

/**
 * The deployment that a configuration names: in its metadata, its tags, or the metadata of
 * `defaultTest`.
 */
function saidDeployment(config: Fields): string {
  const places = [
    own(config, "metadata"),
    own(config, "tags"),
    own(fieldsOf(own(config, "defaultTest")), "metadata"),
  ];
  return places.map((place) => textOf(own(fieldsOf(place), "deployment"))).find(isSaid) ?? "";
}

const isSaid = (text: string): boolean => text !== "";

interface Ended {
  readonly config: Fields;
  readonly results: Fields;
  readonly prompts: readonly Prompt[];
  readonly expected: Expected;
}

/**
 * How a run ended. A test with an error neither passed nor failed; a test that was left out is only
 * missing.
 */
function endingOf({ results, prompts, expected }: Ended): Ending {
  const stats = fieldsOf(own(results, "stats"));
  const [successes, failures, errors] = ["successes", "failures", "errors"].map((count) =>
    own(stats, count),
  );
  if (!isCount(successes) || !isCount(failures)) {
    const because = "the file does not say how many tests were run";
    return { status: "incomplete", because, samples: null };
  }
  const inPrompts = prompts.reduce((sum, { failed }) => sum + failed, 0);
  const failed = Math.max(isCount(errors) ? errors : 0, inPrompts);
  const completed = successes + failures;
  const total = Math.max(completed + failed, (expected.exact ?? 0) * prompts.length);
  const samples = { completed, total };
  if (failed > 0) {
    const because = `${failed} of ${completed + failed} tests ended with an error`;
    return { status: "errored", because, samples };
  }
  if (completed === 0) return { status: "no_data", because: "no tests were run", samples };
  if (expected.isChosen) {
    return { status: "incomplete", because: "the run was over chosen tests", samples };
  }
  if (prompts.some(({ passed, missed }) => passed + missed < expected.least)) {
    const of = `${completed} of ${Math.max(total, expected.least * prompts.length)}`;
    return { status: "incomplete", because: `only ${of} tests were run`, samples };
  }
  return { status: "ok", because: "", samples };
}
