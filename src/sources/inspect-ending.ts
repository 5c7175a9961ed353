import { type Ending, isCount } from "./eval-run.ts";
import { type Fields, fieldsOf, own, textOf } from "./fields.ts";

/** Most of an error's message that enters a summary. */
const longestError = 300;

/**
 * How a run ended. Its status alone is a trap: a run is a `success` with crashed samples dropped
 * from the accuracy, and with `limit: 1` it calls itself complete with 1 of 1. Only a success over
 * every sample of the dataset is a number of the suite. https://inspect.aisi.org.uk/eval-logs.html
 */
export function endingOf(log: Fields): Ending {
  const samples = samplesOf(log);
  const status = own(log, "status");
  const said = (ended: Ending["status"], because: string): Ending => ({
    status: ended,
    because,
    samples,
  });
  if (status === "error") return said("errored", errorOf(log));
  if (status === "cancelled") return said("incomplete", "the run was cancelled");
  if (status === "started") return said("incomplete", "the run has not ended");
  if (status !== "success") {
    return said("errored", `the run's status is “${textOf(status)}”, which is not known`);
  }
  if (own(log, "results") === undefined || own(log, "results") === null || samples?.total === 0) {
    return said("no_data", "the run ended, but no samples were scored");
  }
  const less = lessThanTheSuite(log, samples);
  return less === "" ? said("ok", "") : said("incomplete", less);
}

function errorOf(log: Fields): string {
  const message = textOf(own(fieldsOf(own(log, "error")), "message"), longestError);
  return message === ""
    ? "the run ended with an error that it does not name"
    : `the run ended with an error: ${message}`;
}

/** A limited run counts only what it was to score; what it lacks is of the whole dataset. */
function samplesOf(log: Fields): Ending["samples"] {
  const results = fieldsOf(own(log, "results"));
  const completed = own(results, "completed_samples");
  const total = own(results, "total_samples");
  if (!isCount(completed) || !isCount(total)) return null;
  return { completed, total: total === 0 ? 0 : Math.max(total, wholeOf(log) ?? 0) };
}

/** Why a success does not speak for the whole suite; "" where it does. */
function lessThanTheSuite(log: Fields, samples: Ending["samples"]): string {
  const config = configOf(log);
  if (!samples) return "the run does not say how many samples were scored";
  const { completed, total } = samples;
  const of = `${completed} of ${total} samples`;
  if (isLimited(log)) return `the run was limited, to ${of}`;
  if (isSet(config, "sample_id")) return `the run was over chosen samples, ${of}`;
  if (completed < total) return `only ${of} were scored`;
  if (own(log, "invalidated") === true) return "samples of the run were declared invalid";
  return "";
}

/**
 * `--limit 500` of 100 samples leaves out none, and neither does `--limit 1-100`, which is [0, 100]
 * in the log.
 */
function isLimited(log: Fields): boolean {
  const config = configOf(log);
  if (!isSet(config, "limit")) return false;
  const limit = own(config, "limit");
  const [from, to] = Array.isArray(limit) ? limit : [0, limit];
  const samples = datasetOf(log);
  return samples === null || from !== 0 || !isCount(to) || to < samples;
}

/** What there is to a run over everything, for those who reckon with what is missing of it. */
export interface Size {
  readonly samples: number;
  readonly epochs: number;
  /** Samples that were not scored, each once for each epoch. */
  readonly missing: number;
}

/**
 * How large the whole suite is; null where the log does not say, or where what was scored is not to
 * be reckoned with.
 */
export function sizeOf(log: Fields): Size | null {
  const ran = samplesOf(log);
  if (!ran || own(log, "invalidated") === true) return null;
  const epochs = epochsOf(configOf(log));
  const samples = datasetOf(log) ?? ran.total / epochs;
  const missing = ran.total - ran.completed;
  return Number.isSafeInteger(samples) && missing >= 0 ? { samples, epochs, missing } : null;
}

const configOf = (log: Fields): Fields => fieldsOf(own(fieldsOf(own(log, "eval")), "config"));

/** How many samples a run over everything scores, or null where the log does not say. */
function wholeOf(log: Fields): number | null {
  const samples = datasetOf(log);
  return samples === null ? null : samples * epochsOf(configOf(log));
}

/** How many samples the dataset has, whatever part of it was run. */
function datasetOf(log: Fields): number | null {
  const samples = own(fieldsOf(own(fieldsOf(own(log, "eval")), "dataset")), "samples");
  return isCount(samples) ? samples : null;
}

/** How often each sample is run. */
export function epochsOf(config: Fields): number {
  const epochs = own(config, "epochs");
  return isCount(epochs) && epochs > 0 ? epochs : 1;
}

function isSet(config: Fields, name: string): boolean {
  const value = own(config, name);
  return value !== undefined && value !== null;
}
