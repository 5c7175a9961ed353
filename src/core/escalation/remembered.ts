import { spokenDuration } from "../duration.ts";
import type { Millis } from "../ids.ts";
import type { Verdict } from "../policy/condition.ts";
import { type Facts, noFacts } from "../policy/condition-facts.ts";
import type { Memory } from "../policy/memory.ts";
import type { Trigger } from "../policy/model.ts";
import { amount, unitFor } from "../words/evidence.ts";
import { beforeIn, overIn, spreadIn } from "./earlier-figures.ts";
import {
  type Past,
  type Questions,
  questionsOf,
  type Reading,
  type WantedReadings,
} from "./readings.ts";

/**
 * What a rule with a memory makes of a signal: its condition, asked with what earlier signals said,
 * and what must be so besides. Pure: told the earlier signals that it asked for.
 */

/** What a rule makes of a signal, and the earlier signals that decided it. */
export interface Remembered {
  readonly verdict: Verdict;
  readonly decided: readonly Reading[];
  /** Whether the signal counts for the rule, though it does not fire: then it is not unmatched. */
  readonly counts: boolean;
}

/** What is known besides the signal: the facts of its deployment, and what its rule compares. */
export function factsWith(trigger: Trigger, facts: Facts, past: Past): Facts {
  const { memory } = trigger;
  if (!memory) return facts;
  const asked = questionsOf(memory, trigger, past);
  const valuesOf = (wanted: readonly WantedReadings[]) =>
    wanted.flatMap((one) => earlier(past, one)).flatMap(({ value }) => value ?? []);
  return {
    ...facts,
    before: beforeIn(memory, valuesOf(asked.compare)),
    over: memory.over
      ? overIn(memory.over.figure, [...valuesOf(asked.over), past.own.value])
      : null,
    spread: memory.spread ? spreadIn([...valuesOf(asked.spread), past.own.value]) : null,
  };
}

/** Those that were asked for, without the signal itself where it was said before. */
const earlier = ({ own, readings }: Past, wanted: WantedReadings): readonly Reading[] =>
  readings(wanted).filter(
    (reading) =>
      reading.seen !== own.seen ||
      reading.deployment !== own.deployment ||
      reading.rule !== own.rule,
  );

type Part = Omit<Remembered, "counts"> | null;

/**
 * What a rule makes of a signal of which its condition says `verdict`. `others`: the triggers whose
 * conditions the signal meets.
 */
export function remembered(
  trigger: Trigger,
  {
    verdict,
    others,
    past,
  }: { readonly verdict: Verdict; readonly others: ReadonlySet<string>; readonly past: Past },
): Remembered {
  const { memory } = trigger;
  if (!memory || verdict.is === "indeterminate") return { verdict, decided: [], counts: false };
  const asked = questionsOf(memory, trigger, past);
  const isPartner = partnersIn(memory).some((id) => others.has(id));
  if (verdict.is === "quiet" && !isPartner) return { verdict, decided: [], counts: false };
  const say = (reading: readonly (number | null)[]) => valuesSaid(reading, trigger);
  const parts: readonly Part[] = [
    memory.repeated && repetition(memory.repeated, { past, wanted: asked.repeated, say }),
    memory.together && agreement(memory.together, { past, trigger, verdict, others, asked }),
    memory.lasts === null ? null : lasting(memory.lasts, { past, wanted: asked.lasting }),
  ];
  const told = parts.filter((part) => part !== null);
  const open = told.find((part) => part.verdict.is === "quiet");
  if (open) return { ...open, decided: [], counts: verdict.is === "fired" };
  const compared = comparison(memory, factsWith(trigger, noFacts, past), trigger, past);
  const because = [...told.map((part) => part.verdict.because), compared]
    .filter(Boolean)
    .join("; ");
  return {
    verdict: { is: "fired", because: because || verdict.because },
    decided: told.flatMap(({ decided }) => decided),
    counts: true,
  };
}

export function partnersIn({ together }: Memory): readonly string[] {
  return together && "with" in together ? together.with : [];
}

/** "6.1 %, 5.4 %, 8.2 %": oldest first, the last few. */
function valuesSaid(values: readonly (number | null)[], { unit }: Trigger): string {
  const known = values.filter((value) => value !== null);
  const shown = unitFor(unit, known, []);
  const list = known
    .slice(0, mostSaid)
    .toReversed()
    .map((value) => amount(value, shown));
  const more = known.length > mostSaid ? "…, " : "";
  return list.length === 0 ? "" : `: ${more}${list.join(", ")}`;
}

const mostSaid = 5;

/** "3 of the last 5: 6.1 %, 5.4 %, 8.2 %", "5 within 1 day" */
function repetition(
  { times, of, within }: NonNullable<Memory["repeated"]>,
  {
    past,
    wanted,
    say,
  }: {
    readonly past: Past;
    readonly wanted: readonly WantedReadings[];
    readonly say: (values: readonly (number | null)[]) => string;
  },
): Part {
  const before = wanted.flatMap((one) => earlier(past, one));
  const last = of === null ? before : before.slice(0, of - 1);
  const met = last.filter((reading) => reading.met);
  const count = met.length + 1;
  const said =
    of === null
      ? `${count} within ${spokenDuration(within ?? 0)}`
      : `${count} of the last ${last.length + 1}`;
  if (count < times) return { verdict: { is: "quiet", because: said }, decided: [] };
  const values = [past.own, ...met].map(({ value }) => value);
  return { verdict: { is: "fired", because: `${said}${say(values)}` }, decided: met };
}

/** "with refusal-collapse within 1 day", "on 2 deployments within 1 week: agent-eu, agent-us" */
function agreement(
  together: NonNullable<Memory["together"]>,
  {
    past,
    trigger,
    verdict,
    others,
    asked,
  }: {
    readonly past: Past;
    readonly trigger: Trigger;
    readonly verdict: Verdict;
    readonly others: ReadonlySet<string>;
    readonly asked: Questions;
  },
): Part {
  const within = spokenDuration(together.within);
  if ("deployments" in together) {
    const met = asked.elsewhere.flatMap((one) => earlier(past, one));
    const places = [...new Set([past.own.deployment, ...met.map(({ deployment }) => deployment)])];
    const said = `on ${places.length} ${places.length === 1 ? "deployment" : "deployments"} within ${within}: ${places.join(", ")}`;
    const is = places.length >= together.deployments ? "fired" : "quiet";
    return { verdict: { is, because: said }, decided: met };
  }
  const partners = [trigger.id, ...together.with];
  const found = partners.map((id, at) => {
    const isNow = id === trigger.id ? verdict.is === "fired" : others.has(id);
    const wanted = asked.partners[at];
    const before = isNow || !wanted ? [] : past.readings(wanted);
    return { id, isMet: isNow || before.length > 0, before: before.slice(0, 1) };
  });
  const missing = found.filter(({ isMet }) => !isMet).map(({ id }) => id);
  return missing.length > 0
    ? {
        verdict: { is: "quiet", because: `without ${missing.join(", ")} within ${within}` },
        decided: [],
      }
    : {
        verdict: { is: "fired", because: `with ${together.with.join(", ")} within ${within}` },
        decided: found.flatMap(({ before }) => before),
      };
}

/** "for 10 minutes" */
function lasting(
  lasts: Millis,
  { past, wanted }: { readonly past: Past; readonly wanted: readonly WantedReadings[] },
): Part {
  const [first] = wanted.flatMap(past.readings);
  const isLong = past.now - (first?.at ?? past.own.at) >= lasts;
  const because = `for ${spokenDuration(lasts)}`;
  return { verdict: { is: isLong ? "fired" : "quiet", because }, decided: [] };
}

/** "8.2 %, before 4.1 %", "p95 over 1 day 2,300 ms", "4 points between 3 variants" */
function comparison(memory: Memory, facts: Facts, { unit }: Trigger, { own }: Past): string {
  const { before, over, spread } = facts;
  const shown = unitFor(unit, [own.value, before, over?.value], []);
  const say = (value: number): string => amount(value, shown);
  const is = own.value === null ? "" : `${say(own.value)}, `;
  if (memory.compare && before !== null) return `${is}${beforeSaid(memory.compare)} ${say(before)}`;
  if (memory.over && over)
    return `${memory.over.figure} over ${spokenDuration(memory.over.within)} ${say(over.value)} (${over.count} values)`;
  return spread ? `${say(spread.value)} between ${spread.variants} variants of one run` : "";
}

function beforeSaid(compare: NonNullable<Memory["compare"]>): string {
  if (compare.to === "figure") return `${compare.figure} over ${spokenDuration(compare.within)}`;
  return compare.to === "previous" ? "before" : "with the model before";
}
