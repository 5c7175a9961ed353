import { counted } from "../escalation/signal-evidence.ts";
import { ownSource } from "../policy/expectation.ts";
import { saysNothing } from "../signal.ts";
import type { ShownCondition } from "../state/evidence.ts";
import type { EscalationState } from "../state/state.ts";
import * as words from "../words/evidence.ts";
import { plain } from "../words/line.ts";
import type { Line, Part } from "./card.ts";
import {
  apartFrom,
  type ConditionsOnCard,
  headlineName,
  namesIn,
  ownName,
  shortName,
  shownIn,
} from "./condition-names.ts";
import { safeUrl } from "./safe-url.ts";
import { sharedSeen, summaryOf, unusableLine } from "./unmatched-lines.ts";
import { moment, type ViewContext } from "./view-context.ts";

/**
 * What a card says of the conditions: each by its own name, the worst first, and what was reported
 * of it last.
 */

/** The worst that was seen against its limit, and what else; null where a person opened it. */
export function headline(view: ViewContext, escalation: EscalationState): Line | null {
  const { seen: began, others } = escalation;
  if (!began) return null;
  if (began.source === ownSource && !others) return [{ untrusted: escalation.because }];
  if (others) return [sharedSeen(others)];
  const unusable = unusableLine(began, whyUnusable(view, escalation));
  if (unusable) return unusable;
  const seen = shownIn(view, escalation);
  const [top] = seen.conditions;
  if (!top) return [{ untrusted: escalation.trigger }];
  const more = moreOf(view, escalation, seen);
  const isLong = more.length > 0 && partOf(top.worst).length > 0;
  return [...ofWorst(escalation, top, seen), ...(isLong ? [","] : []), ...more];
}

const isUnusable = ({ seen, others }: EscalationState): boolean =>
  seen !== null && !others && unusableLine(seen) !== null;

/** Why a delivery could not be read at all; what was lost of one is counted, and said below. */
const whyUnusable = (view: ViewContext, escalation: EscalationState): string =>
  escalation.seen?.value === "" ? summaryWords(view, escalation) : "";

function ofWorst(escalation: EscalationState, top: ShownCondition, seen: ConditionsOnCard): Line {
  const name = headlineName(escalation, top, seen);
  const { verdict, because, status, samples } = top.worst;
  if (verdict === "indeterminate") return words.cannotTell(name, { untrusted: because });
  if (isMeasured(top.worst)) {
    const said = words.figures(top.worst, top.worst.limit, seen.unit);
    return [name, ` ${said}`, ...partOf(top.worst).map((part) => `, ${part}`)];
  }
  if (status === "firing" || status === "ok") return [name];
  return words.noResult(name, status, counted({ samples }));
}

type Worst = ShownCondition["worst"];
type Measured = Worst & { readonly value: number };

const isMeasured = (worst: Worst): worst is Measured => worst.value !== null;

/** Of half a run the number is never said without how many samples it is of. */
const partOf = ({ value, status, bound, samples }: Worst): readonly string[] =>
  samples !== null && value !== null && (bound !== "" || saysNothing(status))
    ? [words.counted(samples)]
    : [];

const mostNamed = 3;

/**
 * How many conditions there are besides, and the worst of them; of those called the same only how
 * many.
 */
function moreOf(view: ViewContext, escalation: EscalationState, seen: ConditionsOnCard): Line {
  const [top, ...rest] = seen.conditions;
  if (!top) return [];
  const own = ownName(escalation, top, seen);
  const named = rest
    .filter((condition) => ownName(escalation, condition, seen) !== own)
    .slice(0, mostNamed);
  return words.andMore(
    howManyMore(view, escalation, seen),
    named.map((condition) => [shortName(escalation, condition, seen), valueWords(condition, seen)]),
  );
}

/** Only so many are kept apart; of the others it is known how many fire. */
const howManyMore = (
  view: ViewContext,
  { id }: EscalationState,
  { conditions }: ConditionsOnCard,
): number =>
  Math.max(conditions.length, view.situation.evidence.get(id)?.firingConditions ?? 0) - 1;

function valueWords({ worst }: ShownCondition, { unit }: ConditionsOnCard): string {
  const { status } = worst;
  if (isMeasured(worst)) return ` ${words.measuredAs(worst, unit)}`;
  return status === "firing" || status === "ok" ? "" : " without a result";
}

/** The worst value, under the shortest name that it can go by; null where nothing was measured. */
export function measuredOf(
  view: ViewContext,
  escalation: EscalationState,
): { readonly what: string; readonly figures: string; readonly more: string } | null {
  const seen = shownIn(view, escalation);
  const [top] = seen.conditions;
  if (!top || escalation.others || isUnusable(escalation)) return null;
  const { worst } = top;
  if (worst.verdict === "indeterminate" || !isMeasured(worst)) return null;
  const apart = apartFrom(top, seen);
  const short = escalation.about ? "" : top.suite || top.metric;
  const what =
    seen.title === ""
      ? short || ownName(escalation, top, seen)
      : [seen.title, ...(apart.length === 0 ? [] : [`(${apart.join(" ")})`])].join(" ");
  const more = plain(words.andMore(howManyMore(view, escalation, seen), []));
  return { what, figures: ` ${words.figures(worst, worst.limit, seen.unit)}`, more };
}

/** The headline as a reason: what else is known of the same by now belongs to it. */
export function reasonFrom(view: ViewContext, escalation: EscalationState): Line {
  const seen = shownIn(view, escalation);
  const said = headline(view, escalation);
  const [top] = seen.conditions;
  if (!said || !top || escalation.others) return said ?? [];
  const hidden = seen.title === "" ? [] : namesIn(top, ["suite", "model"]);
  const apart = apartFrom(top, seen);
  const where = hidden.filter((part) => !apart.includes(part));
  const later = laterOf(view, top, seen);
  return [
    ...said,
    ...(where.length > 0 ? [{ untrusted: ` (${where.join(", ")})` }] : []),
    ...(later.length > 0 ? [". ", ...words.together(later)] : []),
  ];
}

/**
 * What is known of the worst besides its value: where, of which model, how sure, and where to read
 * it.
 */
export function detailLine(view: ViewContext, escalation: EscalationState): readonly Line[] {
  const seen = shownIn(view, escalation);
  const [top] = seen.conditions;
  if (!top || escalation.others || isUnusable(escalation)) return [];
  const { stderr, samples, url } = top.worst;
  const said = seen.title === "" ? ownName(escalation, top, seen) : apartFrom(top, seen).join(" ");
  const names = namesIn(top, [top.suite === "" ? "metric" : "suite", "model"]);
  const link = safeUrl(url);
  const parts: readonly Line[] = [
    ...names.filter((name) => !said.includes(name)).map((name): Line => [{ untrusted: name }]),
    ...(stderr === null ? [] : [[words.give(stderr, seen.unit)]]),
    ...(samples === null || top.worst.value === null || partOf(top.worst).length > 0
      ? []
      : [[words.counted(samples)]]),
    ...(link ? [words.opened(top.kind, link.url, link.host)] : []),
  ];
  return parts.length === 0
    ? []
    : [parts.flatMap((part, at) => [...(at === 0 ? [] : [words.between]), ...part])];
}

/** The sender's own words, as far as a card has room for them. */
export function summaryLine(view: ViewContext, escalation: EscalationState): readonly Line[] {
  if (escalation.others || escalation.seen?.source === ownSource) return [];
  const said = summaryWords(view, escalation);
  return said === "" || isSaid(view, escalation) ? [] : [words.quoted(said)];
}

/**
 * Of a run's number our own reader wrote the sentence, and the figures stand above; why a delivery
 * was unreadable, too.
 */
function isSaid(view: ViewContext, escalation: EscalationState): boolean {
  const [top] = shownIn(view, escalation).conditions;
  if (isUnusable(escalation) && whyUnusable(view, escalation) !== "") return true;
  const type = view.situation.policy.sources.get(top?.source ?? "")?.type ?? "";
  return ["inspect", "promptfoo"].includes(type) && top?.worst.value != null;
}

function summaryWords(view: ViewContext, escalation: EscalationState): string {
  const [top] = shownIn(view, escalation).conditions;
  const text = top && top.key !== "" ? top.worst.summary : "";
  return words.shortly(text) || (escalation.seen ? summaryOf(view, escalation.seen.signal) : "");
}

/** The parts of the signal that could not be used. */
export function caveatLine(view: ViewContext, escalation: EscalationState): readonly Line[] {
  const [top] = escalation.others ? [] : shownIn(view, escalation).conditions;
  const text = words.shortly(top?.worst.caveat ?? "");
  return text === "" ? [] : [words.caveat(text)];
}

/** How much came in since when, and what was heard last. */
export function signalsLine(view: ViewContext, escalation: EscalationState): readonly Line[] {
  const evidence = view.situation.evidence.get(escalation.id);
  if (!evidence || evidence.signals === 0) return [];
  const { signals, firstAt, firing } = evidence;
  const since = moment(view, firstAt);
  const { others } = escalation;
  if (isUnusable(escalation)) return [words.deliveries(signals, since)];
  const seen = shownIn(view, escalation);
  const kinds = new Set(seen.conditions.map(kindOf));
  const [kind = ""] = kinds.size === 1 ? kinds : [];
  const later = others ? [] : laterOfAll(view, escalation, seen);
  if (kind === "eval") {
    const isAllThereIs = seen.conditions.length === 1 && later.length > 0;
    const runs = words.heard(kind, seen.runs || signals, since);
    return [words.together(isAllThereIs ? later : [runs, ...later])];
  }
  const now = words.firing(firing, endOf(view, seen));
  return [words.together([[...words.heard(kind, signals, since), ...now], ...later])];
}

/** Of our own notices of silence none is a run, nor an alert of anybody's. */
const kindOf = ({ kind, source }: ShownCondition): string => (source === ownSource ? "" : kind);

/** When the last of them was said to be over; null while one is not, or where nobody said when. */
function endOf(view: ViewContext, { conditions }: ConditionsOnCard): Part | null {
  const ends = conditions.flatMap(({ ended, latest, key, source }) =>
    ended && key !== "" && source !== ownSource ? [latest.at] : [],
  );
  return ends.length > 0 && ends.length === conditions.length
    ? moment(view, Math.max(...ends))
    : null;
}

const mostLater = 2;

/**
 * What was heard of the conditions after the worst of them: of one alone as sentences, of several
 * by name.
 */
function laterOfAll(
  view: ViewContext,
  escalation: EscalationState,
  seen: ConditionsOnCard,
): readonly Line[] {
  const [only, ...more] = seen.conditions;
  if (only && more.length === 0) return laterOf(view, only, seen);
  return seen.conditions
    .flatMap((condition) => {
      const later = laterOf(view, condition, seen);
      return later.length === 0 ? [] : [words.ofOne(shortName(escalation, condition, seen), later)];
    })
    .slice(0, mostLater);
}

/**
 * "Latest 2.1 % at 22:44, under the limit", "Worst 9.4 %"; none where the worst is the last that
 * was heard.
 */
function laterOf(
  view: ViewContext,
  condition: ShownCondition,
  { unit }: ConditionsOnCard,
): readonly Line[] {
  const { latest, worst } = condition;
  const isSame = latest.value === worst.value || worst.bound !== "";
  if (latest.at === worst.at && isSame) return [];
  const at = moment(view, latest.at);
  if (!isMeasured(worst)) return afterNone(condition, at, unit);
  const worstSaid = words.worst(words.measuredAs(worst, unit));
  if (latest.value === worst.value && !condition.ended) return [];
  const { value } = latest;
  if (value !== null) {
    const measured = { ...latest, value };
    const standing = words.standing(measured, worst.limit, worst.worse);
    return [words.latest(words.measuredAs(measured, unit), at, standing), worstSaid];
  }
  if (condition.kind !== "eval" || !saysNothing(latest.status)) return [];
  return [words.latestWithout(at, latest.status), worstSaid];
}

/**
 * After what gave no number: a run that gave some, or the value of an alert that has one by now.
 */
function afterNone(condition: ShownCondition, at: Part, unit: string): readonly Line[] {
  const { value } = condition.latest;
  if (condition.kind === "eval") return condition.ended ? [words.complete(at)] : [];
  return value === null ? [] : [words.latest(words.amount(value, unit), at, "")];
}

/** Behind More…: every condition that is kept, with all that is known of it. */
export function conditionLines(view: ViewContext, escalation: EscalationState): readonly Line[] {
  const seen = shownIn(view, escalation);
  if (escalation.others) return [];
  return seen.conditions.map((condition): Line => {
    const alone = { ...seen, title: "", conditions: [condition] };
    const later = laterOf(view, condition, seen);
    return [
      ...ofWorst(escalation, condition, alone),
      ...toldOf(condition, seen),
      ", ",
      moment(view, condition.worst.at),
      ...(later.length > 0 ? [". ", ...words.together(later)] : []),
    ];
  });
}

function toldOf({ model, worst }: ShownCondition, { unit }: ConditionsOnCard): Line {
  const told = [
    model,
    worst.stderr === null ? "" : words.give(worst.stderr, unit),
    worst.samples === null || partOf(worst).length > 0 ? "" : words.counted(worst.samples),
  ].filter((part) => part !== "");
  return told.length === 0 ? [] : [{ untrusted: `; ${told.join(", ")}` }];
}
