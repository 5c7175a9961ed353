import { clockWithZone } from "../clock-text.ts";
import type { Commitment } from "../ids.ts";
import type { Entry, EntryOf, SignalName } from "../log/entry.ts";
import { zoneOfPerson } from "../people/person-zone.ts";
import { timeOf } from "../time.ts";
import { amountOf, measuredAs, unitFor } from "../words/evidence.ts";
import type { Line } from "./card.ts";
import { otherSentence } from "./history-sentences.ts";
import {
  because,
  deploymentName,
  type HistoryContext,
  madeSentence,
  named,
  type TimeFormat,
  timeText,
} from "./history-words.ts";
import { nameOf, type ViewContext } from "./view-context.ts";

/**
 * The zone in which an entry's time is said: its deployment's, as on its cards; UTC where it has
 * none.
 */
function zoneOfEntry({ situation }: ViewContext, entry: Entry): string {
  const { policy } = situation;
  if (entry.kind === "person.away") return zoneOfPerson(policy, entry.person);
  const deployment =
    "deployment" in entry ? entry.deployment : entry.subject.replace(/^deployment:/, "");
  return policy.deployments.get(deployment)?.hours.timezone ?? "UTC";
}

/** Times as an entry says them: in the zone of what it is about, which is named. */
export function clockOf(
  view: ViewContext,
  entry: Entry,
  zone: string = zoneOfEntry(view, entry),
): TimeFormat {
  return (at) => clockWithZone(at, zone, view.situation.now);
}

/**
 * One entry of the log as a sentence with names: who did what, why, under which rule. Its time says
 * of which zone it is.
 */
export function historyLine(
  view: ViewContext,
  { entry, index }: { readonly entry: Entry; readonly index: number },
  zone?: string,
): Line {
  const clock = clockOf(view, entry, zone);
  return [`${index} · ${clock(timeOf(entry))} · `, ...sentence({ ...view, clock }, entry)];
}

function actorOf(view: ViewContext, { actor }: Entry): string {
  switch (actor.type) {
    case "person":
      return nameOf(view, actor.person);
    case "policy":
      return "Holdpoint, by policy";
    case "operator":
      return "the operator";
    case "gateway":
      return "a gateway";
    case "auditor":
      return "the auditor";
    case "stranger":
      return "somebody the policy does not name";
  }
}

/** What happened, in one sentence. */
function sentence(view: HistoryContext, entry: Entry): Line {
  const by = actorOf(view, entry);
  switch (entry.kind) {
    case "policy.adopted":
      return adoptedSentence(view, entry, by);
    case "policy.proposed":
      return proposedSentence(view, entry, by);
    case "escalation.opened":
      return [
        `${entry.escalation} opened for `,
        deploymentName(view, entry.deployment),
        ` (trigger ${entry.trigger}${entry.verdict === "indeterminate" ? ", indeterminate" : ""})`,
        ...openedAbout(view, entry),
        ...because(view, entry.reason),
      ];
    case "escalation.updated":
      return updatedSentence(view, entry);
    case "escalation.acknowledged":
      return [`${by} acknowledged ${entry.escalation}`, ...because(view, entry.reason)];
    case "acknowledge.missed":
      return [`${entry.escalation} was not acknowledged in time`];
    case "authority.passed":
      return [
        `${entry.escalation} passed from ${named(view, entry.from)} to ${named(view, entry.to)} (${passedWords[entry.because]})`,
      ];
    case "oncall.changed":
      return handedOffSentence(view, entry);
    case "decision.proposed":
      return [
        `${by} requested to resume `,
        deploymentName(view, entry.deployment),
        ` to ${entry.to}`,
        ...because(view, entry.reason),
      ];
    case "decision.confirmed":
      return [
        `${by} approved the resume of `,
        deploymentName(view, entry.deployment),
        entry.takesEffect
          ? `; it takes effect ${timeText(view, entry.takesEffect)}`
          : `; ${entry.needs} more must approve`,
        ...because(view, entry.reason),
      ];
    case "decision.lapsed":
      return lapsedSentence(view, entry);
    case "decision.made":
      return madeSentence(view, entry);
    case "decision.explained":
      return [
        `${by} gave the reason for a decision on `,
        deploymentName(view, entry.deployment),
        ...because(view, entry.reason),
      ];
    case "decision.denied":
      return [
        `${by} was refused: ${entry.asked} `,
        deploymentName(view, entry.deployment),
        ...deniedWords(view, entry),
      ];
    default:
      return otherSentence(view, entry, by);
  }
}

/** What was typed, where that is kept: the reason is part of it. */
function deniedWords(view: HistoryContext, { line, reason }: EntryOf<"decision.denied">): Line {
  const typed = because(view, line);
  return typed.length > 0 ? [", typed", ...typed] : because(view, reason);
}

const passedWords = {
  time: "the time to decide was over",
  away: "out of office",
  unreachable: "not reachable",
} as const;

const lapsedWords = {
  time: "not approved in time",
  "posture changed": "another decision was made since",
  "escalation opened": "an escalation was opened since",
  "authority withdrawn": "the policy no longer allows it",
  "accounts changed": "the accounts of everybody behind it had changed",
  disowned: "it was said not to come from who requested it",
} as const;

const lapsedSentence = (view: HistoryContext, entry: EntryOf<"decision.lapsed">): Line => [
  "the request to resume ",
  deploymentName(view, entry.deployment),
  ` ended (${lapsedWords[entry.because]})`,
];

const adoptedSentence = (
  view: ViewContext,
  { digest, looser, person, reason, confirmer, basis }: EntryOf<"policy.adopted">,
  by: string,
): Line => [
  `${by} adopted policy ${digest.slice(0, 12)}`,
  ...(person ? [` for ${named(view, person)}`] : []),
  ...(confirmer ? [`, confirmed by ${named(view, confirmer)}`] : []),
  ...(reason ? [":", ...because(view, reason)] : []),
  ...basedOn(view, basis),
  ...(looser.length > 0
    ? [`, looser: `, { untrusted: looser.map(({ what }) => what).join(" ") }]
    : []),
];

const proposedSentence = (
  view: ViewContext,
  { digest, looser, person, reason, basis }: EntryOf<"policy.proposed">,
  by: string,
): Line => [
  `${by} proposed policy ${digest.slice(0, 12)} for ${named(view, person)}, to be confirmed by somebody else:`,
  ...because(view, reason),
  ...basedOn(view, basis),
  ", looser: ",
  { untrusted: looser.map(({ what }) => what).join(" ") },
];

const basedOn = (view: ViewContext, basis: Commitment | undefined): Line =>
  basis ? [", based on", ...because(view, basis)] : [];

const updatedSentence = (view: ViewContext, entry: EntryOf<"escalation.updated">): Line => [
  `${entry.escalation}: ${entry.firing ? "firing" : "no longer firing"}`,
  ...worstIn(view, entry),
  entry.severity ? `, now ${entry.severity}` : "",
  ...namesIn(entry.named ?? []),
  entry.names === undefined ? "" : `, ${entry.names} names in all`,
  entry.worse ? ", asked again, since it is much worse than when it was answered" : "",
];

/** ", worst 0.094 (jailbreak-nightly attack_success mean, aurora-3), limit 0.05; latest 0.021" */
function worstIn(
  view: ViewContext,
  { escalation, worst, of, latest }: EntryOf<"escalation.updated">,
): Line {
  if (worst === "") return [];
  const live = view.situation.state.escalations.find(({ id }) => id === escalation);
  const asWritten =
    (live && view.situation.pinned(live.policy).triggers.get(live.trigger)?.unit) ?? "";
  const [value = null, last = null, most = null] = [worst, latest?.value, of?.limit].map((text) =>
    text ? Number(text) : null,
  );
  const unit = unitFor(asWritten, [value, last], [most]);
  const said = [`, worst ${measuredAs({ value: Number(worst), bound: of?.bound }, unit)}`];
  if (!of) return said;
  const { suite, scorer, score, metric, group, reducer, model, limit } = of;
  const measured = [...new Set([suite, scorer, score, metric, group, reducer])].filter(
    (part) => part !== "",
  );
  const names = [measured.join(" "), model].filter((part) => part !== "").join(", ");
  return [
    ...said,
    ...(names === "" ? [] : [" (", { untrusted: names }, ")"]),
    ...(limit === "" ? [] : [`, limit ${amountOf(limit, unit)}`]),
    ...(latest
      ? [
          latest.value === ""
            ? "; latest without a result"
            : `; latest ${measuredAs({ value: Number(latest.value), bound: latest.bound }, unit)}`,
        ]
      : []),
  ];
}

const handedOffSentence = (view: HistoryContext, entry: EntryOf<"oncall.changed">): Line => [
  `${entry.escalation || "the requested resume"}: ${entry.schedule} handed off from ${named(view, entry.from)} to ${named(view, entry.to)}`,
  entry.asked.length === 0 ? "" : `, who is asked to ${entry.asked.join(" and ")}`,
];

/** Who decides, or where nobody has to, what it is about. */
function openedAbout(view: ViewContext, entry: EntryOf<"escalation.opened">): Line {
  const { about, decider, named: names = [] } = entry;
  if (!about) return [`; ${named(view, decider)} decides`];
  return about.source === ""
    ? namesIn(names)
    : [", ", { untrusted: `${about.name} from ${about.source}` }];
}

const namesIn = (names: readonly SignalName[]): Line =>
  names.flatMap(({ name, source }): Line => [", ", { untrusted: `${name} from ${source}` }]);

/** The commitments of the texts that {@link historyLine} says. */
export function textsIn(entry: Entry): readonly Commitment[] {
  const own = "reason" in entry && entry.reason ? [entry.reason] : [];
  if (entry.kind === "decision.made")
    return [...own, ...(entry.agreed ?? []).map(({ reason }) => reason)];
  if (entry.kind === "decision.denied") return [...own, ...(entry.line ? [entry.line] : [])];
  if (entry.kind === "identity.bound")
    return entry.bound.flatMap(({ parts }) => parts.map(({ value }) => value));
  if (entry.kind === "record.read") return [entry.question];
  return entry.kind === "identity.changed"
    ? entry.changes.flatMap(({ before, after }) => [before, after]).filter((value) => value !== "")
    : own;
}
