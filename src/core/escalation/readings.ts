import type { Digest, Instant, Millis } from "../ids.ts";
import type { Memory } from "../policy/memory.ts";
import type { Trigger } from "../policy/model.ts";
import type { Signal } from "../signal.ts";

/** Signals as rules with a memory remember them, and which of them a rule asks for. */

/** One signal as a rule remembers it. Names are hashed: what they were stands with the signal. */
export interface Reading {
  /** The key of the rule. */
  readonly rule: string;
  readonly deployment: string;
  /** One occurrence: what is said twice counts once. */
  readonly seen: string;
  /** Of the same thing: whatever the model and the time. */
  readonly series: string;
  /** The value of the field by which is counted. */
  readonly group: string;
  readonly run: string;
  readonly model: string;
  /** When it was so, as its sender says, else when it arrived. */
  readonly at: Instant;
  /** Whether the condition held. */
  readonly met: boolean;
  readonly value: number | null;
  readonly delivery: string;
  readonly position: number;
  /** Hex SHA-256 of the body of the delivery. */
  readonly body: Digest;
  /** When it is looked at again, because nothing else may come; null = not. */
  readonly due: Instant | null;
}

/** Which earlier signals a rule asks for: those at most as late as `until`, newest first. */
export interface WantedReadings {
  readonly rule: string;
  readonly deployments: readonly string[];
  /** By what they belong together; `group` asks only for those that met the condition. */
  readonly by: "series" | "group" | "met" | "run" | "seen";
  readonly key: string;
  /** Only those of another model; "" = of any. */
  readonly notModel: string;
  readonly since: Instant;
  readonly until: Instant;
  readonly limit: number;
}

/** The earlier signals of each thing that was asked for; `own` is the signal itself. */
export interface Past {
  readonly own: Reading;
  readonly now: Instant;
  readonly readings: (wanted: WantedReadings) => readonly Reading[];
  /** The key under which another trigger's signals are kept; "" = it has none. */
  readonly ruleOf: (trigger: string) => string;
}

const beginning: Instant = 0;
const mostInWindow = 5_000;
const mostVariants = 500;

/** The questions that a memory asks, by the part that asks them. */
export interface Questions {
  readonly repeated: readonly WantedReadings[];
  readonly compare: readonly WantedReadings[];
  readonly over: readonly WantedReadings[];
  readonly spread: readonly WantedReadings[];
  /** Of `together.with`: the trigger itself, then those that it names. */
  readonly partners: readonly WantedReadings[];
  /** Of `together.deployments`. */
  readonly elsewhere: readonly WantedReadings[];
  readonly lasting: readonly WantedReadings[];
}

type Asker = Omit<Past, "readings" | "now">;

/** Everything a rule asks for about a signal. */
export function questionsOf(memory: Memory, trigger: Trigger, asker: Asker): Questions {
  const { over, spread, lasts } = memory;
  const { own } = asker;
  return {
    repeated: repetitions(memory, own),
    compare: compared(memory, own),
    over: over ? [ask(own, "series", own.series, window(own, over.within))] : [],
    spread: spread ? [ask(own, "run", own.run, { limit: mostVariants })] : [],
    ...agreed(memory, trigger, asker),
    lasting: lasts === null ? [] : [seenAs(own)],
  };
}

/** The same occurrence, where it was said before. */
export function seenAs(own: Reading): WantedReadings {
  return ask(own, "seen", own.seen, { limit: 1, until: latest });
}

/** Later than anything: a signal is known by its occurrence, whatever time it gives. */
const latest: Instant = 8.64e15;

const ask = (
  { rule, deployment, at }: Reading,
  by: WantedReadings["by"],
  key: string,
  more: Partial<WantedReadings> & Pick<WantedReadings, "limit">,
): WantedReadings => ({
  rule,
  deployments: [deployment],
  by,
  key,
  notModel: "",
  since: beginning,
  until: at,
  ...more,
});

const window = ({ at }: Reading, within: Millis, limit = mostInWindow) => ({
  since: at - within,
  limit,
});

function repetitions({ repeated }: Memory, own: Reading): readonly WantedReadings[] {
  if (!repeated) return [];
  const { of, within, times } = repeated;
  return of === null
    ? [ask(own, "group", own.group, window(own, within ?? 0, times))]
    : [ask(own, "series", own.series, { limit: of })];
}

/** Without a model nothing is said of the one before. */
function compared({ compare }: Memory, own: Reading): readonly WantedReadings[] {
  if (!compare || (compare.to === "previousModel" && own.model === "")) return [];
  const length = compare.to === "figure" ? window(own, compare.within) : { limit: 2 };
  const notModel = compare.to === "previousModel" ? own.model : "";
  return [ask(own, "series", own.series, { ...length, notModel })];
}

function agreed(
  { together }: Memory,
  { deployments }: Trigger,
  { own, ruleOf }: Asker,
): Pick<Questions, "partners" | "elsewhere"> {
  if (!together) return { partners: [], elsewhere: [] };
  if ("deployments" in together)
    return {
      partners: [],
      elsewhere: [ask(own, "group", own.group, { ...window(own, together.within), deployments })],
    };
  const partners = [own.rule, ...together.with.map(ruleOf)].map((rule) =>
    ask(own, "met", "", { ...window(own, together.within, 2), rule }),
  );
  return { partners, elsewhere: [] };
}

/** Names are kept as hashes: what they were stands with the signal, and can be erased there. */
export function seriesOf(signal: Signal, condition: string): readonly string[] {
  const { source, kind, suite, scorer, score, metric, group, reducer } = signal;
  const own = kind === "alert" ? condition : "";
  return [source, kind, suite, scorer, score, metric, group, reducer, own];
}
