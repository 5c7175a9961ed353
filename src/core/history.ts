import type { Line } from "./card.ts";
import type { Commitment, PersonId } from "./ids.ts";
import { textOf } from "./lines.ts";
import type { Entry, EntryOf, SignalName } from "./log/entry.ts";
import {
  because,
  type Clock,
  deploymentName,
  madeSentence,
  type Told,
  timeText,
} from "./log-words.ts";
import { zoneOfPerson } from "./person-zone.ts";
import { listed } from "./phrase.ts";
import { nameOf, type Telling } from "./telling.ts";
import { clockWithZone, instantOf, timeOf } from "./time.ts";
import { amountOf, measuredAs, unitFor } from "./words-evidence.ts";
import { chatNames } from "./words-identity.ts";

/** The zone in which an entry's time is said: its deployment's, as on its cards; UTC where it has none. */
const zoneOfEntry = ({ situation }: Telling, entry: Entry): string => {
  const { policy } = situation;
  if (entry.kind === "person.away") return zoneOfPerson(policy, entry.person);
  const deployment =
    "deployment" in entry ? entry.deployment : entry.subject.replace(/^deployment:/, "");
  return policy.deployments.get(deployment)?.hours.timezone ?? "UTC";
};

/** Times as an entry says them: in the zone of what it is about, which is named. */
export const clockOf =
  (telling: Telling, entry: Entry, zone: string = zoneOfEntry(telling, entry)): Clock =>
  (at) =>
    clockWithZone(at, zone, telling.situation.now);

/** One entry of the log as a sentence with names: who did what, why, under which rule. Its time says of which zone it is. */
export const historyLine = (
  telling: Telling,
  { entry, index }: { readonly entry: Entry; readonly index: number },
  zone?: string,
): Line => {
  const clock = clockOf(telling, entry, zone);
  return [`${index} · ${clock(timeOf(entry))} · `, ...sentence({ ...telling, clock }, entry)];
};

const named = (telling: Telling, person: PersonId | ""): string =>
  person === "" ? "nobody" : nameOf(telling, person);

const actorOf = (telling: Telling, { actor }: Entry): string => {
  switch (actor.type) {
    case "person":
      return nameOf(telling, actor.person);
    case "policy":
      return "Holdpoint, by policy";
    case "operator":
      return "the operator";
    case "gateway":
      return "a gateway";
    case "stranger":
      return "somebody the policy does not name";
  }
};

/** What happened, in one sentence. */
const sentence = (telling: Told, entry: Entry): Line => {
  const by = actorOf(telling, entry);
  switch (entry.kind) {
    case "policy.adopted":
      return adoptedSentence(entry, by);
    case "escalation.opened":
      return [
        `${entry.escalation} opened for `,
        deploymentName(telling, entry.deployment),
        ` (trigger ${entry.trigger}${entry.verdict === "indeterminate" ? ", indeterminate" : ""})`,
        ...openedAbout(telling, entry),
        ...because(telling, entry.reason),
      ];
    case "escalation.updated":
      return updatedSentence(telling, entry);
    case "escalation.acknowledged":
      return [`${by} acknowledged ${entry.escalation}`, ...because(telling, entry.reason)];
    case "acknowledge.missed":
      return [`${entry.escalation} was not acknowledged in time`];
    case "authority.passed":
      return [
        `${entry.escalation} passed from ${named(telling, entry.from)} to ${named(telling, entry.to)} (${passedWords[entry.because]})`,
      ];
    case "oncall.changed":
      return handedOffSentence(telling, entry);
    case "decision.proposed":
      return [
        `${by} requested to resume `,
        deploymentName(telling, entry.deployment),
        ` to ${entry.to}`,
        ...because(telling, entry.reason),
      ];
    case "decision.confirmed":
      return [
        `${by} approved the resume of `,
        deploymentName(telling, entry.deployment),
        entry.takesEffect
          ? `; it takes effect ${timeText(telling, entry.takesEffect)}`
          : `; ${entry.needs} more must approve`,
        ...because(telling, entry.reason),
      ];
    case "decision.lapsed":
      return lapsedSentence(telling, entry);
    case "decision.made":
      return madeSentence(telling, entry);
    case "decision.explained":
      return [
        `${by} gave the reason for a decision on `,
        deploymentName(telling, entry.deployment),
        ...because(telling, entry.reason),
      ];
    case "decision.denied":
      return [
        `${by} was refused: ${entry.asked} `,
        deploymentName(telling, entry.deployment),
        ...because(telling, entry.reason),
      ];
    default:
      return otherSentence(telling, entry, by);
  }
};

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
  disowned: "it was said not to come from who requested it",
} as const;

const lapsedSentence = (telling: Told, entry: EntryOf<"decision.lapsed">): Line => [
  "the request to resume ",
  deploymentName(telling, entry.deployment),
  ` ended (${lapsedWords[entry.because]})`,
];

const adoptedSentence = ({ digest, looser }: EntryOf<"policy.adopted">, by: string): Line => [
  `${by} adopted policy ${digest.slice(0, 12)}`,
  ...(looser.length > 0
    ? [`, looser: `, { untrusted: looser.map(({ what }) => what).join(" ") }]
    : []),
];

const updatedSentence = (telling: Telling, entry: EntryOf<"escalation.updated">): Line => [
  `${entry.escalation}: ${entry.firing ? "firing" : "no longer firing"}`,
  ...worstIn(telling, entry),
  entry.severity ? `, now ${entry.severity}` : "",
  ...namesIn(entry.named ?? []),
  entry.names === undefined ? "" : `, ${entry.names} names in all`,
];

/** ", worst 0.094 (jailbreak-nightly attack_success mean, aurora-3), limit 0.05; latest 0.021" */
const worstIn = (
  telling: Telling,
  { escalation, worst, of, latest }: EntryOf<"escalation.updated">,
): Line => {
  if (worst === "") return [];
  const live = telling.situation.state.escalations.find(({ id }) => id === escalation);
  const asWritten =
    (live && telling.situation.pinned(live.policy).triggers.get(live.trigger)?.unit) ?? "";
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
};

const handedOffSentence = (telling: Told, entry: EntryOf<"oncall.changed">): Line => [
  `${entry.escalation || "the requested resume"}: ${entry.schedule} handed off from ${named(telling, entry.from)} to ${named(telling, entry.to)}`,
  entry.asked.length === 0 ? "" : `, who is asked to ${entry.asked.join(" and ")}`,
];

/** Who decides, or where nobody has to, what it is about. */
const openedAbout = (telling: Telling, entry: EntryOf<"escalation.opened">): Line => {
  const { about, decider, named: names = [] } = entry;
  if (!about) return [`; ${named(telling, decider)} decides`];
  return about.source === ""
    ? namesIn(names)
    : [", ", { untrusted: `${about.name} from ${about.source}` }];
};

const namesIn = (names: readonly SignalName[]): Line =>
  names.flatMap(({ name, source }): Line => [", ", { untrusted: `${name} from ${source}` }]);

type Others = Extract<
  Entry,
  {
    kind:
      | "reassessment.set"
      | "reassessment.reminded"
      | "reassessment.overdue"
      | "escalation.closed"
      | "escalation.moved"
      | "enforcement.reported"
      | "rehearsal.answered"
      | "retest.followed"
      | "signal.noted"
      | "person.away"
      | "session.issued"
      | "session.used"
      | "session.ended"
      | "identity.changed"
      | "identity.linked"
      | "identity.unlinked";
  }
>;

const otherSentence = (telling: Told, entry: Others, by: string): Line => {
  switch (entry.kind) {
    case "reassessment.set":
    case "reassessment.reminded":
    case "reassessment.overdue":
      return reviewSentence(telling, entry, by);
    case "rehearsal.answered":
      return rehearsedSentence(telling, entry, by);
    case "escalation.closed":
      return [`${entry.escalation} closed (${entry.because})`];
    case "escalation.moved":
      return [`${entry.escalation} moved from channel ${entry.from} to ${entry.to}`];
    case "enforcement.reported":
      return [
        { untrusted: entry.gateway },
        {
          told: " was notified of ",
          failed: " could not be notified of ",
          applied: " enforces ",
        }[entry.what],
        deploymentName(telling, entry.deployment),
        `, version ${entry.version}`,
      ];
    case "retest.followed":
      return retestSentence(telling, entry);
    case "signal.noted":
      return [
        entry.what === "test"
          ? `a test notification from ${entry.source} about `
          : `an alert from ${entry.source} that was over before it was heard of, about `,
        { untrusted: entry.deployment },
      ];
    case "person.away":
      return [
        instantOf(entry.until) <= timeOf(entry)
          ? `${named(telling, entry.person)} is back, entered by ${by}`
          : `${named(telling, entry.person)} is out of office until ${timeText(telling, entry.until)}, entered by ${by}`,
      ];
    case "session.issued":
      return [`${by} created a login link for ${named(telling, entry.person)}`];
    case "session.used":
      return [`a login link for ${named(telling, entry.person)} was used`];
    case "session.ended":
      return [
        entry.because === "logout"
          ? `${named(telling, entry.person)} logged out`
          : `${named(telling, entry.person)} said that a session in their name was not them: it ended`,
      ];
    case "identity.changed":
      return changedSentence(telling, entry, by);
    case "identity.linked":
      return [`${named(telling, entry.person)} linked an account in ${chatNames[entry.chat]}`];
    case "identity.unlinked":
      return [
        `${named(telling, entry.person)}’s linked account in ${chatNames[entry.chat]} ended`,
        entry.because === "asked" ? ", as they asked" : " with the policy",
      ];
  }
};

const reviewSentence = (
  telling: Told,
  entry: EntryOf<"reassessment.set" | "reassessment.reminded" | "reassessment.overdue">,
  by: string,
): Line => {
  switch (entry.kind) {
    case "reassessment.set":
      return [
        "review of ",
        deploymentName(telling, entry.deployment),
        ` due ${timeText(telling, entry.reassessBy)} (${entry.because === "change" ? entry.change : by})`,
        ...because(telling, entry.reason),
      ];
    case "reassessment.reminded":
      return [
        `${named(telling, entry.to)} was reminded of the review of `,
        deploymentName(telling, entry.deployment),
        `, due ${timeText(telling, entry.reassessBy)}`,
      ];
    case "reassessment.overdue":
      return [
        "review of ",
        deploymentName(telling, entry.deployment),
        ` overdue since ${timeText(telling, entry.reassessBy)}; ${named(telling, entry.to)} was asked`,
      ];
  }
};

const rehearsedSentence = (
  telling: Telling,
  { escalation, asked, reason }: EntryOf<"rehearsal.answered">,
  by: string,
): Line =>
  asked === ""
    ? [`the rehearsal ${escalation} ended without an answer`]
    : [`${by} answered the rehearsal ${escalation}: ${asked}`, ...because(telling, reason)];

const retestSentence = (telling: Told, entry: EntryOf<"retest.followed">): Line => [
  "the re-test of ",
  { untrusted: entry.suite },
  " on ",
  deploymentName(telling, entry.deployment),
  ": ",
  {
    complete: "a complete run came",
    incomplete: "a run came that was not complete",
    errored: "a run came that failed",
    reminded: `${named(telling, entry.to)} was reminded, due ${timeText(telling, entry.due)}`,
    missed: `no complete run by ${timeText(telling, entry.due)}`,
  }[entry.what],
];

const changedSentence = (
  telling: Telling,
  entry: EntryOf<"identity.changed">,
  by: string,
): Line => {
  const texts = entry.changes.map(({ of, before, after }): Line => {
    const [was, is] = [textOf(telling, before), textOf(telling, after)];
    return [
      `${of} `,
      is ?? "none",
      ...(before === after ? [] : [" (before: ", was ?? "none", ")"]),
    ];
  });
  return [
    `${named(telling, entry.person)} was ${entry.what} in the policy by ${by}: `,
    ...listed(texts),
  ];
};

/** The commitments of the texts that {@link historyLine} says. */
export const textsIn = (entry: Entry): readonly Commitment[] => {
  const own = "reason" in entry && entry.reason ? [entry.reason] : [];
  if (entry.kind === "decision.made")
    return [...own, ...(entry.agreed ?? []).map(({ reason }) => reason)];
  return entry.kind === "identity.changed"
    ? entry.changes.flatMap(({ before, after }) => [before, after]).filter((one) => one !== "")
    : own;
};
