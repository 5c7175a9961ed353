import { type Fields, fieldsOf, isFields, own, textOf } from "./fields.ts";
import { readJson, readJsonLines } from "./json.ts";

/** A result file without the parts that no source type reads. */
export interface Trimmed {
  readonly body: Uint8Array;
  /** What was removed, as the end of a sentence. */
  readonly without: string;
}

/**
 * Reduces result files of Inspect AI, promptfoo and garak, so that they fit into a delivery: single
 * samples, tests and attempts are removed; everything that signals are made of stays. Null for
 * other files.
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

/** A copy of the object in which the values of these keys are replaced, if present. */
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

/** Reduces a test to what its number of runs depends on; see promptfoo-tests. */
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
 * Reduces a garak report, which has one entry per line: most are attempts; the `eval` entries are
 * the results.
 */
function garakLines(body: Uint8Array): Trimmed | null {
  const read = readJsonLines(body);
  if ("unmapped" in read || !read.value.some(isEntry)) return null;
  const kept = read.value.filter((entry) => !isAttempt(entry));
  const lines = kept.map((entry) => JSON.stringify(entry));
  // If a line could not be read, the report was cut off; an unreadable line is kept, so that the
  // server notices.
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
