import { type Fields, fieldsOf, isFields, own, textOf } from "./fields.ts";
import { readJson, readJsonLines } from "./json.ts";

/**
 * A result file without what no reader looks at, and what that was; null where the file is none
 * that is known.
 */
export interface Trimmed {
  readonly body: Uint8Array;
  /** What was left out, as the end of a sentence. */
  readonly without: string;
}

/**
 * Makes the results of Inspect AI, promptfoo and garak small enough to be taken in whole. What
 * signals are made of stays as it is; single samples, tests and attempts go.
 */
export function trimmed(body: Uint8Array): Trimmed | null {
  const read = readJson(body);
  if ("unmapped" in read) return garakLines(body);
  const file = fieldsOf(read.value);
  if (isFields(own(file, "eval")) && own(file, "status") !== undefined) return inspectLog(file);
  if (isFields(own(file, "results")) && isFields(own(file, "config"))) return promptfooFile(file);
  return Array.isArray(read.value) ? garakList(read.value) : null;
}

const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const written = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Names in an object that are there: those, each with what becomes of its value. */
const changed = (
  fields: Fields,
  changes: Readonly<Record<string, (value: unknown) => unknown>>,
): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      Object.hasOwn(changes, name) ? changes[name]?.(value) : value,
    ]),
  );

const inspectLog = (log: Fields): Trimmed => ({
  body: written(
    changed(without(log, ["samples", "reductions", "plan", "log_updates", "config_updates"]), {
      eval: (spec) =>
        changed(
          without(fieldsOf(spec), ["model_args", "task_args", "task_args_passed", "solver_args"]),
          {
            dataset: (dataset) => without(fieldsOf(dataset), ["sample_ids"]),
          },
        ),
      error: (error) => without(fieldsOf(error), ["traceback", "traceback_ansi"]),
    }),
  ),
  without: "samples, reductions, solvers and arguments",
});

const promptfooFile = (file: Fields): Trimmed => ({
  body: written(
    changed(without(file, ["vars"]), {
      results: (results) =>
        changed(without(fieldsOf(results), ["results", "outputs"]), {
          prompts: listOf((prompt) => without(prompt, ["raw", "template"])),
          table: (table) => without(fieldsOf(table), ["body"]),
        }),
      config: (config) =>
        changed(without(fieldsOf(config), ["prompts", "env", "providers"]), {
          tests: listOf(testInShort),
          defaultTest: (test) =>
            isFields(test) ? { ...testInShort(test), metadata: own(test, "metadata") } : test,
          redteam: (redteam) => (isFields(redteam) ? {} : redteam),
          scenarios: (scenarios) =>
            Array.isArray(scenarios) ? scenarios.map(() => ({})) : scenarios,
        }),
    }),
  ),
  without: "the rows and words of single tests",
});

const listOf =
  (each: (item: Fields) => unknown) =>
  (list: unknown): unknown =>
    Array.isArray(list) ? list.map((item) => (isFields(item) ? each(item) : item)) : list;

/** Of a test, what says how often it is run: see promptfoo-tests. */
function testInShort(test: Fields): Fields {
  const vars = own(test, "vars");
  const short = isFields(vars)
    ? Object.fromEntries(
        Object.entries(vars).flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
          if (Array.isArray(value)) return [[name, []]];
          const isFile = typeof value === "string" && value.startsWith("file://");
          return isFile ? [[name, "file://"]] : [];
        }),
      )
    : vars;
  const repeat = own(fieldsOf(own(test, "options")), "repeat");
  const some = (name: string) => (own(test, name) === undefined ? {} : { [name]: [] });
  return {
    ...(short === undefined ? {} : { vars: short }),
    ...(repeat === undefined ? {} : { options: { repeat } }),
    ...some("prompts"),
    ...some("providers"),
  };
}

const isAttempt = (entry: unknown): boolean =>
  textOf(own(fieldsOf(entry), "entry_type")) === "attempt";
const isEntry = (entry: unknown): boolean => own(fieldsOf(entry), "entry_type") !== undefined;

/**
 * A report of garak, one entry a line: its attempts are most of it, its `eval` entries are the
 * results.
 */
function garakLines(body: Uint8Array): Trimmed | null {
  const read = readJsonLines(body);
  if ("unmapped" in read || !read.value.some(isEntry)) return null;
  const kept = read.value.filter((entry) => !isAttempt(entry));
  const lines = kept.map((entry) => JSON.stringify(entry));
  // A line that could not be read stays one: the report was cut off, and its reader is to know.
  const cut = read.unread > 0 ? [`{"cut off": `] : [];
  return {
    body: Buffer.from(`${[...lines, ...cut].join("\n")}\n`),
    without: `${read.value.length - kept.length} attempts`,
  };
}

function garakList(list: readonly unknown[]): Trimmed | null {
  if (!list.some(isEntry)) return null;
  const kept = list.filter((entry) => !isAttempt(entry));
  return { body: written(kept), without: `${list.length - kept.length} attempts` };
}
