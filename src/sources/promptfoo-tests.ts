import { type Fields, fieldsOf, isFields, own } from "./fields.ts";

/**
 * The number of tests that each prompt of a complete run has, by the configuration in the results
 * file.
 */
export interface Expected {
  /** A lower bound; 0 if the configuration does not say. */
  readonly least: number;
  /** The exact number; null if it is not certain. */
  readonly exact: number | null;
  /** Whether the configuration selects only some tests. */
  readonly isChosen: boolean;
}

/**
 * Computes the number of tests. Filters on the command line (`--filter-first-n 5`) are not in the
 * file; they show only as fewer tests than expected. The number is unknown if tests come from
 * files, apply to some prompts only, or are made by scenarios. Lists of variables multiply a test
 * (unless the environment turns that off), so then the number is only a lower bound.
 */
export function testsExpected(config: Fields, runtime: unknown): Expected {
  const isChosen = isFiltered(config);
  const tests = own(config, "tests");
  const base = own(config, "defaultTest");
  const unknown = { least: 0, exact: null, isChosen };
  if (!Array.isArray(tests) || tests.length === 0 || !tests.every(isFields)) return unknown;
  if (base !== undefined && base !== null && !isFields(base)) return unknown;
  if ([...tests, fieldsOf(base)].some(isForSome)) return unknown;
  const repeat = repeatOf(fieldsOf(runtime)) ?? repeatOf(fieldsOf(own(config, "evaluateOptions")));
  const least = tests
    .map((test) => repeatOf(fieldsOf(own(test, "options"))) ?? repeat ?? 1)
    .reduce((sum, times) => sum + times, 0);
  const isCertain = !hasScenarios(config) && ![...tests, fieldsOf(base)].some(isMultiplied);
  return { least, exact: isCertain ? least : null, isChosen };
}

/** Whether the configuration has `filterFirstN`, `filterPattern` or a similar option. */
const isFiltered = (config: Fields): boolean =>
  Object.entries(fieldsOf(own(config, "commandLineOptions"))).some(
    ([name, value]) => name.startsWith("filter") && value !== null && value !== false,
  );

/** How often a test is repeated; null if not stated as a whole number above 0. */
function repeatOf(options: Fields): number | null {
  const times = own(options, "repeat");
  return Number.isSafeInteger(times) && Number(times) > 0 ? Number(times) : null;
}

const isSaid = (value: unknown): boolean => value !== undefined && value !== null;

const isForSome = (test: Fields): boolean =>
  ["prompts", "providers"].some((field) => isSaid(own(test, field)));

function isMultiplied(test: Fields): boolean {
  const vars = own(test, "vars");
  if (isSaid(vars) && !isFields(vars)) return true;
  return Object.values(fieldsOf(vars)).some(
    (value) => Array.isArray(value) || (typeof value === "string" && value.startsWith("file://")),
  );
}

function hasScenarios(config: Fields): boolean {
  const scenarios = own(config, "scenarios");
  return Array.isArray(scenarios) ? scenarios.length > 0 : isSaid(scenarios);
}
