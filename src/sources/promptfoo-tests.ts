import { type Fields, fieldsOf, isFields, own } from "./fields.ts";

/**
 * How many tests each prompt of a whole run has, by the configuration that promptfoo writes beside
 * the results.
 */
export interface Expected {
  /** At least so many; 0 where the configuration does not tell. */
  readonly least: number;
  /** Exactly so many, or null where that is not certain. */
  readonly exact: number | null;
  /** The configuration itself asks for some of them. */
  readonly isChosen: boolean;
}

/**
 * Which tests a command line chose (`--filter-first-n 5`) is not in the file; that fewer were run
 * than there are is. Where tests come from files, belong to some prompts only, or are made by
 * scenarios, their number is not known; lists of variables multiply a test, unless that is switched
 * off in the environment.
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

/** `filterFirstN`, `filterPattern` and their like, where the configuration asks for them. */
const isFiltered = (config: Fields): boolean =>
  Object.entries(fieldsOf(own(config, "commandLineOptions"))).some(
    ([name, value]) => name.startsWith("filter") && value !== null && value !== false,
  );

/** promptfoo repeats a test by the first of these that is a whole number above none. */
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
