import { type Ending, isCount } from "./eval-run.ts";
import { type Fields, fieldsOf, own, textOf } from "./fields.ts";

/** Characters of an error's message in a summary. */
const longestError = 300;

/**
 * How a run ended. The log's status is not enough: a run is a `success` even if crashed samples
 * were left out of its accuracy, and with `limit: 1` it reports 1 of 1 samples. Only a success over
 * every sample of the dataset is a result of the suite.
 * https://inspect.aisi.org.uk/eval-logs.html
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

/**
 * Completed and total samples. A limited run counts only the samples that it was asked to score;
 * the total here is that of the whole dataset.
 */
function samplesOf(log: Fields): Ending["samples"] {
  const results = fieldsOf(own(log, "results"));
  const completed = own(results, "completed_samples");
  const total = own(results, "total_samples");
  if (!isCount(completed) || !isCount(total)) return null;
  return { completed, total: total === 0 ? 0 : Math.max(total, wholeOf(log) ?? 0) };
}

/** Why a success does not cover the whole suite; "" if it does. */
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
 * Whether samples were left out by a limit. `--limit 500` of 100 samples leaves out none, nor does
 * `--limit 1-100`, which is [0, 100] in the log.
 */
function isLimited(log: Fields): boolean {
  const config = configOf(log);
  if (!isSet(config, "limit")) return false;
  const limit = own(config, "limit");
  const [from, to] = Array.isArray(limit) ? limit : [0, limit];
  const samples = datasetOf(log);
  return samples === null || from !== 0 || !isCount(to) || to < samples;
}

/** The size of the whole suite, from which bounds are computed. */
export interface SuiteSize {
  readonly samples: number;
  readonly epochs: number;
  /** Samples that were not scored, counted once per epoch. */
  readonly missing: number;
}

/**
 * The size of the whole suite; null if the log does not say, or if samples were declared invalid.
 */
export function suiteSizeOf(log: Fields): SuiteSize | null {
  const ran = samplesOf(log);
  if (!ran || own(log, "invalidated") === true) return null;
  const epochs = epochsOf(configOf(log));
  const samples = datasetOf(log) ?? ran.total / epochs;
  const missing = ran.total - ran.completed;
  return Number.isSafeInteger(samples) && missing >= 0 ? { samples, epochs, missing } : null;
}

const configOf = (log: Fields): Fields => fieldsOf(own(fieldsOf(own(log, "eval")), "config"));

/** Samples times epochs of the whole suite; null if the log does not say. */
function wholeOf(log: Fields): number | null {
  const samples = datasetOf(log);
  return samples === null ? null : samples * epochsOf(configOf(log));
}

/** Samples in the dataset, whatever part of it was run; null if the log does not say. */
function datasetOf(log: Fields): number | null {
  const samples = own(fieldsOf(own(fieldsOf(own(log, "eval")), "dataset")), "samples");
  return isCount(samples) ? samples : null;
}

/** How often each sample is run; 1 if the log does not say. */
export function epochsOf(config: Fields): number {
  const epochs = own(config, "epochs");
  return isCount(epochs) && epochs > 0 ? epochs : 1;
}

function isSet(config: Fields, name: string): boolean {
  const value = own(config, name);
  return value !== undefined && value !== null;
}
