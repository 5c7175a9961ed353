import type { Line, Part } from "./card.ts";
import { plain } from "./phrase.ts";
import { ownSource } from "./policy/expectation.ts";
import { safeUrl } from "./safe-url.ts";
import { counted } from "./seen.ts";
import { type ShownCondition, shownOf } from "./shown.ts";
import { saysNothing } from "./signal.ts";
import type { EscalationState } from "./state.ts";
import { moment, type Telling } from "./telling.ts";
import { sharedSeen, summaryOf, unusableLine } from "./unmatched-lines.ts";
import * as words from "./words-evidence.ts";

/** What a card says of what was seen: each condition by its own name, the worst first, and what was heard of it last. */

/** The conditions of an escalation, worst first, and in whose words and unit they are said. */
interface Seen {
  readonly conditions: readonly ShownCondition[];
  readonly runs: number;
  readonly title: string;
  readonly unit: string;
}

const shownIn = (telling: Telling, escalation: EscalationState): Seen => {
  const { situation } = telling;
  const { conditions, runs } = shownOf(escalation, situation.evidence.get(escalation.id));
  const trigger = situation.pinned(escalation.policy).triggers.get(escalation.trigger);
  const { title = "", unit = "" } = trigger ?? {};
  const values = conditions.flatMap(({ worst, latest }) => [
    ...[worst.value, worst.other],
    ...[latest.value, latest.other],
  ]);
  const limits = conditions.map(({ worst }) => worst.limit);
  return { conditions, runs: runs.counted, title, unit: words.unitFor(unit, values, limits) };
};

const fields = ["suite", "scorer", "score", "metric", "group", "reducer"] as const;
const identifying = [...fields, "model"] as const;

const namesIn = (one: ShownCondition, of: readonly ("source" | (typeof identifying)[number])[]) => [
  ...new Set(of.map((field) => one[field].trim()).filter((part) => part !== "")),
];

/** What tells a condition from the others that are shown; of one alone nothing has to. */
const apartFrom = (one: ShownCondition, { conditions }: Seen): readonly string[] => {
  const others = conditions.filter((other) => other !== one);
  const differ = identifying.filter((field) => others.some((other) => other[field] !== one[field]));
  const isAlike = others.some((other) => identifying.every((field) => other[field] === one[field]));
  const isOther = others.some(({ source }) => source !== one.source);
  return namesIn(one, isAlike && isOther ? [...differ, "source"] : differ);
};

/** Its names as its sender has them, and of which model where there are several. */
const ownName = (escalation: EscalationState, one: ShownCondition, seen: Seen): string => {
  const named = namesIn(one, fields);
  const apart = apartFrom(one, seen).filter((part) => !named.includes(part));
  const other = escalation.about?.name || `${one.kind} from ${one.source}`;
  return [named.join(" ") || other, ...apart].join(", ");
};

/** In the words of the policy where it has some, and what tells it from others. */
const headlineName = (escalation: EscalationState, one: ShownCondition, seen: Seen): Part => {
  if (seen.title === "") return { untrusted: ownName(escalation, one, seen) };
  const apart = apartFrom(one, seen);
  return { untrusted: apart.length === 0 ? seen.title : `${seen.title} (${apart.join(" ")})` };
};

const shortName = (escalation: EscalationState, one: ShownCondition, seen: Seen): Part => {
  const apart = seen.title === "" ? [] : apartFrom(one, seen);
  return { untrusted: apart.join(" ") || ownName(escalation, one, seen) };
};

/** The worst that was seen against its limit, and what else; null where a person opened it. */
export const headline = (telling: Telling, escalation: EscalationState): Line | null => {
  const { seen: began, others } = escalation;
  if (!began) return null;
  if (began.source === ownSource && !others) return [{ untrusted: escalation.because }];
  if (others) return [sharedSeen(others)];
  const unusable = unusableLine(began, whyUnusable(telling, escalation));
  if (unusable) return unusable;
  const seen = shownIn(telling, escalation);
  const [top] = seen.conditions;
  if (!top) return [{ untrusted: escalation.trigger }];
  const more = moreOf(telling, escalation, seen);
  const isLong = more.length > 0 && partOf(top.worst).length > 0;
  return [...ofWorst(escalation, top, seen), ...(isLong ? [","] : []), ...more];
};

const isUnusable = ({ seen, others }: EscalationState): boolean =>
  seen !== null && !others && unusableLine(seen) !== null;

/** Why a delivery could not be read at all; what was lost of one is counted, and said below. */
const whyUnusable = (telling: Telling, escalation: EscalationState): string =>
  escalation.seen?.value === "" ? summaryWords(telling, escalation) : "";

const ofWorst = (escalation: EscalationState, top: ShownCondition, seen: Seen): Line => {
  const name = headlineName(escalation, top, seen);
  const { verdict, because, status, samples } = top.worst;
  if (verdict === "indeterminate") return words.cannotTell(name, { untrusted: because });
  if (isMeasured(top.worst)) {
    const said = words.figures(top.worst, top.worst.limit, seen.unit);
    return [name, ` ${said}`, ...partOf(top.worst).map((part) => `, ${part}`)];
  }
  if (status === "firing" || status === "ok") return [name];
  return words.noResult(name, status, counted({ samples }));
};

type Worst = ShownCondition["worst"];
type Measured = Worst & { readonly value: number };

const isMeasured = (worst: Worst): worst is Measured => worst.value !== null;

/** Of half a run the number is never said without how many samples it is of. */
const partOf = ({ value, status, bound, samples }: Worst): readonly string[] =>
  samples !== null && value !== null && (bound !== "" || saysNothing(status))
    ? [words.counted(samples)]
    : [];

const mostNamed = 3;

/** How many conditions there are besides, and the worst of them; of those called the same only how many. */
const moreOf = (telling: Telling, escalation: EscalationState, seen: Seen): Line => {
  const [top, ...rest] = seen.conditions;
  if (!top) return [];
  const own = ownName(escalation, top, seen);
  const named = rest.filter((one) => ownName(escalation, one, seen) !== own).slice(0, mostNamed);
  return words.andMore(
    howManyMore(telling, escalation, seen),
    named.map((one) => [shortName(escalation, one, seen), valueWords(one, seen)]),
  );
};

/** Only so many are kept apart; of the others it is known how many fire. */
const howManyMore = (telling: Telling, { id }: EscalationState, { conditions }: Seen): number =>
  Math.max(conditions.length, telling.situation.evidence.get(id)?.firingConditions ?? 0) - 1;

const valueWords = ({ worst }: ShownCondition, { unit }: Seen): string => {
  const { status } = worst;
  if (isMeasured(worst)) return ` ${words.measuredAs(worst, unit)}`;
  return status === "firing" || status === "ok" ? "" : " without a result";
};

/** The worst value, under the shortest name that it can go by; null where nothing was measured. */
export const measuredOf = (
  telling: Telling,
  escalation: EscalationState,
): { readonly what: string; readonly figures: string; readonly more: string } | null => {
  const seen = shownIn(telling, escalation);
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
  const more = plain(words.andMore(howManyMore(telling, escalation, seen), []));
  return { what, figures: ` ${words.figures(worst, worst.limit, seen.unit)}`, more };
};

/** The headline as a reason: what else is known of the same by now belongs to it. */
export const reasonFrom = (telling: Telling, escalation: EscalationState): Line => {
  const seen = shownIn(telling, escalation);
  const said = headline(telling, escalation);
  const [top] = seen.conditions;
  if (!said || !top || escalation.others) return said ?? [];
  const hidden = seen.title === "" ? [] : namesIn(top, ["suite", "model"]);
  const apart = apartFrom(top, seen);
  const where = hidden.filter((part) => !apart.includes(part));
  const later = laterOf(telling, top, seen);
  return [
    ...said,
    ...(where.length > 0 ? [{ untrusted: ` (${where.join(", ")})` }] : []),
    ...(later.length > 0 ? [". ", ...words.together(later)] : []),
  ];
};

/** What is known of the worst besides its value: where, of which model, how sure, and where to read it. */
export const detailLine = (telling: Telling, escalation: EscalationState): readonly Line[] => {
  const seen = shownIn(telling, escalation);
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
};

/** The sender's own words, as far as a card has room for them. */
export const summaryLine = (telling: Telling, escalation: EscalationState): readonly Line[] => {
  if (escalation.others || escalation.seen?.source === ownSource) return [];
  const said = summaryWords(telling, escalation);
  return said === "" || isSaid(telling, escalation) ? [] : [words.quoted(said)];
};

/** Of a run's number our own reader wrote the sentence, and the figures stand above; why a delivery was unreadable, too. */
const isSaid = (telling: Telling, escalation: EscalationState): boolean => {
  const [top] = shownIn(telling, escalation).conditions;
  if (isUnusable(escalation) && whyUnusable(telling, escalation) !== "") return true;
  const type = telling.situation.policy.sources.get(top?.source ?? "")?.type ?? "";
  return ["inspect", "promptfoo"].includes(type) && top?.worst.value != null;
};

const summaryWords = (telling: Telling, escalation: EscalationState): string => {
  const [top] = shownIn(telling, escalation).conditions;
  const text = top && top.key !== "" ? top.worst.summary : "";
  return words.shortly(text) || (escalation.seen ? summaryOf(telling, escalation.seen.signal) : "");
};

/** What of it could not be used. */
export const caveatLine = (telling: Telling, escalation: EscalationState): readonly Line[] => {
  const [top] = escalation.others ? [] : shownIn(telling, escalation).conditions;
  const text = words.shortly(top?.worst.caveat ?? "");
  return text === "" ? [] : [words.caveat(text)];
};

/** How much came in since when, and what was heard last. */
export const signalsLine = (telling: Telling, escalation: EscalationState): readonly Line[] => {
  const evidence = telling.situation.evidence.get(escalation.id);
  if (!evidence || evidence.signals === 0) return [];
  const { signals, firstAt, firing } = evidence;
  const since = moment(telling, firstAt);
  const { others } = escalation;
  if (isUnusable(escalation)) return [words.deliveries(signals, since)];
  const seen = shownIn(telling, escalation);
  const kinds = new Set(seen.conditions.map(kindOf));
  const [kind = ""] = kinds.size === 1 ? kinds : [];
  const later = others ? [] : laterOfAll(telling, escalation, seen);
  if (kind === "eval") {
    const isAllThereIs = seen.conditions.length === 1 && later.length > 0;
    const runs = words.heard(kind, seen.runs || signals, since);
    return [words.together(isAllThereIs ? later : [runs, ...later])];
  }
  const now = words.firing(firing, endOf(telling, seen));
  return [words.together([[...words.heard(kind, signals, since), ...now], ...later])];
};

/** Of our own notices of silence none is a run, nor an alert of anybody's. */
const kindOf = ({ kind, source }: ShownCondition): string => (source === ownSource ? "" : kind);

/** When the last of them was said to be over; null while one is not, or where nobody said when. */
const endOf = (telling: Telling, { conditions }: Seen): Part | null => {
  const ends = conditions.flatMap(({ ended, latest, key, source }) =>
    ended && key !== "" && source !== ownSource ? [latest.at] : [],
  );
  return ends.length > 0 && ends.length === conditions.length
    ? moment(telling, Math.max(...ends))
    : null;
};

const mostLater = 2;

/** What was heard of the conditions after the worst of them: of one alone as sentences, of several by name. */
const laterOfAll = (telling: Telling, escalation: EscalationState, seen: Seen): readonly Line[] => {
  const [only, ...more] = seen.conditions;
  if (only && more.length === 0) return laterOf(telling, only, seen);
  return seen.conditions
    .flatMap((one) => {
      const later = laterOf(telling, one, seen);
      return later.length === 0 ? [] : [words.ofOne(shortName(escalation, one, seen), later)];
    })
    .slice(0, mostLater);
};

/** "Latest 2.1 % at 22:44, under the limit", "Worst 9.4 %"; none where the worst is the last that was heard. */
const laterOf = (telling: Telling, one: ShownCondition, { unit }: Seen): readonly Line[] => {
  const { latest, worst } = one;
  const isSame = latest.value === worst.value || worst.bound !== "";
  if (latest.at === worst.at && isSame) return [];
  const at = moment(telling, latest.at);
  if (!isMeasured(worst)) return afterNone(one, at, unit);
  const worstSaid = words.worst(words.measuredAs(worst, unit));
  if (latest.value === worst.value && !one.ended) return [];
  const { value } = latest;
  if (value !== null) {
    const measured = { ...latest, value };
    const standing = words.standing(measured, worst.limit, worst.worse);
    return [words.latest(words.measuredAs(measured, unit), at, standing), worstSaid];
  }
  if (one.kind !== "eval" || !saysNothing(latest.status)) return [];
  return [words.latestWithout(at, latest.status), worstSaid];
};

/** After what gave no number: a run that gave some, or the value of an alert that has one by now. */
const afterNone = (one: ShownCondition, at: Part, unit: string): readonly Line[] => {
  const { value } = one.latest;
  if (one.kind === "eval") return one.ended ? [words.complete(at)] : [];
  return value === null ? [] : [words.latest(words.amount(value, unit), at, "")];
};

/** Behind More…: every condition that is kept, with all that is known of it. */
export const conditionLines = (telling: Telling, escalation: EscalationState): readonly Line[] => {
  const seen = shownIn(telling, escalation);
  if (escalation.others) return [];
  return seen.conditions.map((one): Line => {
    const alone = { ...seen, title: "", conditions: [one] };
    const later = laterOf(telling, one, seen);
    return [
      ...ofWorst(escalation, one, alone),
      ...toldOf(one, seen),
      ", ",
      moment(telling, one.worst.at),
      ...(later.length > 0 ? [". ", ...words.together(later)] : []),
    ];
  });
};

const toldOf = ({ model, worst }: ShownCondition, { unit }: Seen): Line => {
  const told = [
    model,
    worst.stderr === null ? "" : words.give(worst.stderr, unit),
    worst.samples === null || partOf(worst).length > 0 ? "" : words.counted(worst.samples),
  ].filter((part) => part !== "");
  return told.length === 0 ? [] : [{ untrusted: `; ${told.join(", ")}` }];
};
