import type { Line, Part } from "./card.ts";
import type { Commitment, PersonId } from "./ids.ts";
import { textOf } from "./lines.ts";
import type { Entry, EntryOf, SignalName } from "./log/entry.ts";
import { speaksFromLinked } from "./login-links.ts";
import { zoneOfPerson } from "./person-zone.ts";
import { listed } from "./phrase.ts";
import { nameOf, type Telling } from "./telling.ts";
import { clockWithZone, instantOf, timeOf } from "./time.ts";
import { byLink, fromLinked, throughLink } from "./words.ts";
import { chatNames } from "./words-identity.ts";

/** The zone in which an entry's time is said: its deployment's, as on its cards; UTC where it has none. */
const zoneOfEntry = ({ situation }: Telling, entry: Entry): string => {
  const { policy } = situation;
  if (entry.kind === "person.away") return zoneOfPerson(policy, entry.person);
  const deployment =
    "deployment" in entry ? entry.deployment : entry.subject.replace(/^deployment:/, "");
  return policy.deployments.get(deployment)?.hours.timezone ?? "UTC";
};

/** A time that an entry names, in the zone of the line. */
const said = (telling: Telling, entry: Entry, at: string): string =>
  at === "" ? "" : clockWithZone(instantOf(at), zoneOfEntry(telling, entry), telling.situation.now);

/** One entry of the log as a sentence with names: who did what, why, under which rule. Its time says of which zone it is. */
export const historyLine = (
  telling: Telling,
  { entry, index }: { readonly entry: Entry; readonly index: number },
  zone: string = zoneOfEntry(telling, entry),
): Line => {
  const at = clockWithZone(timeOf(entry), zone, telling.situation.now);
  return [`${index} · ${at} · `, ...sentence(telling, entry)];
};

const named = (telling: Telling, person: PersonId | ""): string =>
  person === "" ? "nobody" : nameOf(telling, person);

const actorOf = (telling: Telling, { actor }: Entry): string => {
  switch (actor.type) {
    case "person":
      return nameOf(telling, actor.person);
    case "policy":
      return "the written rule";
    case "operator":
      return "the operator";
    case "gateway":
      return "a gateway";
    case "stranger":
      return "somebody the policy does not name";
  }
};

const because = (telling: Telling, commitment = ""): readonly Part[] => {
  const text = textOf(telling, commitment);
  return text ? [" “", text, "”"] : [];
};

/** What happened, in one sentence. */
const sentence = (telling: Telling, entry: Entry): Line => {
  const by = actorOf(telling, entry);
  switch (entry.kind) {
    case "policy.adopted":
      return adoptedSentence(entry, by);
    case "escalation.opened":
      return [
        `${entry.escalation} opened for `,
        { untrusted: entry.deployment },
        ` (${entry.trigger}, ${entry.verdict})`,
        ...openedAbout(telling, entry),
        ...because(telling, entry.reason),
      ];
    case "escalation.updated":
      return updatedSentence(entry);
    case "escalation.acknowledged":
      return [`${entry.escalation} seen by ${by}`, ...because(telling, entry.reason)];
    case "acknowledge.missed":
      return [`${entry.escalation} was not seen by anyone in time`];
    case "authority.passed":
      return [
        `${entry.escalation}: authority passed from ${named(telling, entry.from)} to ${named(telling, entry.to)} (${entry.because})`,
      ];
    case "oncall.changed":
      return handedOffSentence(telling, entry);
    case "decision.proposed":
      return [
        `${by} started to resume `,
        { untrusted: entry.deployment },
        ` to ${entry.to}`,
        ...because(telling, entry.reason),
      ];
    case "decision.confirmed":
      return [
        `${by} confirmed a resume of `,
        { untrusted: entry.deployment },
        entry.takesEffect
          ? `; it takes effect ${said(telling, entry, entry.takesEffect)}`
          : `; ${entry.needs} more needed`,
        ...because(telling, entry.reason),
      ];
    case "decision.lapsed":
      return [`a resume of `, { untrusted: entry.deployment }, ` lapsed (${entry.because})`];
    case "decision.made":
      return madeSentence(telling, entry);
    case "decision.explained":
      return [
        `${by} gave the reason for a decision on `,
        { untrusted: entry.deployment },
        ...because(telling, entry.reason),
      ];
    case "decision.denied":
      return [
        `${by} was refused: ${entry.asked} `,
        { untrusted: entry.deployment },
        ...because(telling, entry.reason),
      ];
    default:
      return otherSentence(telling, entry, by);
  }
};

const adoptedSentence = ({ digest, looser }: EntryOf<"policy.adopted">, by: string): Line => [
  `policy ${digest.slice(0, 12)} adopted by ${by}`,
  ...(looser.length > 0
    ? [`, looser: `, { untrusted: looser.map(({ what }) => what).join(" ") }]
    : []),
];

const updatedSentence = (entry: EntryOf<"escalation.updated">): Line => [
  `${entry.escalation}: ${entry.firing ? "firing" : "not firing any more"}${entry.worst === "" ? "" : `, worst ${entry.worst}`}`,
  entry.severity ? `, ${entry.severity} now` : "",
  ...namesIn(entry.named ?? []),
  entry.names === undefined ? "" : `, ${entry.names} names in all`,
];

const handedOffSentence = (telling: Telling, entry: EntryOf<"oncall.changed">): Line => [
  `${entry.escalation || "the resume that waits"}: ${entry.schedule} handed off from ${named(telling, entry.from)} to ${named(telling, entry.to)}`,
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

const otherSentence = (telling: Telling, entry: Others, by: string): Line => {
  switch (entry.kind) {
    case "reassessment.set":
      return [
        { untrusted: entry.deployment },
        `: review due ${said(telling, entry, entry.reassessBy)} (${entry.because === "change" ? entry.change : by})`,
        ...because(telling, entry.reason),
      ];
    case "reassessment.reminded":
      return [
        `${named(telling, entry.to)} was reminded of `,
        { untrusted: entry.deployment },
        `, due ${said(telling, entry, entry.reassessBy)}`,
      ];
    case "reassessment.overdue":
      return [
        { untrusted: entry.deployment },
        `: review overdue since ${said(telling, entry, entry.reassessBy)}; ${named(telling, entry.to)} was asked`,
      ];
    case "rehearsal.answered":
      return rehearsedSentence(telling, entry, by);
    case "escalation.closed":
      return [`${entry.escalation} closed (${entry.because})`];
    case "escalation.moved":
      return [`${entry.escalation} moved from channel ${entry.from} to ${entry.to}`];
    case "enforcement.reported":
      return [
        { untrusted: entry.gateway },
        { told: " was told of ", failed: " could not be told of ", applied: " carries out " }[
          entry.what
        ],
        { untrusted: entry.deployment },
        ` version ${entry.version}`,
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
          ? `${named(telling, entry.person)} is back, said by ${by}`
          : `${named(telling, entry.person)} is away until ${said(telling, entry, entry.until)}, said by ${by}`,
      ];
    case "session.issued":
      return [`a login link was made for ${named(telling, entry.person)} by ${by}`];
    case "session.used":
      return [`somebody signed in as ${named(telling, entry.person)} by a login link`];
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

const rehearsedSentence = (
  telling: Telling,
  { escalation, asked, reason }: EntryOf<"rehearsal.answered">,
  by: string,
): Line =>
  asked === ""
    ? [`the rehearsal ${escalation} ended without an answer`]
    : [`${by} answered the rehearsal ${escalation}: ${asked}`, ...because(telling, reason)];

const retestSentence = (telling: Telling, entry: EntryOf<"retest.followed">): Line => [
  "the re-test of ",
  { untrusted: entry.suite },
  ` on ${entry.deployment}: `,
  {
    complete: "a complete run came",
    incomplete: "a run came that was not complete",
    errored: "a run came that failed",
    reminded: `${named(telling, entry.to)} was reminded, due ${said(telling, entry, entry.due)}`,
    missed: `no complete run by ${said(telling, entry, entry.due)}`,
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

/** How the link stands behind somebody: an entry says it of its own author alone. */
const linkWords = (entry: EntryOf<"decision.made">, person: PersonId): string => {
  if (!entry.byLink?.includes(person)) return "";
  if (entry.actor.type !== "person" || entry.actor.person !== person) return throughLink;
  return speaksFromLinked(entry) ? fromLinked : byLink;
};

const madeSentence = (telling: Telling, entry: Extract<Entry, { kind: "decision.made" }>): Line => {
  const who =
    entry.people.length === 0
      ? "the written rule"
      : entry.people.map((one) => `${nameOf(telling, one)}${linkWords(entry, one)}`).join(", ");
  const what = entry.undoes === "" ? entry.decision : "undo";
  const marks = [
    entry.authority,
    entry.deviation === "none" ? "" : entry.deviation,
    entry.breakGlass ? "break-glass" : "",
  ].filter((one) => one !== "");
  return [
    { untrusted: entry.deployment },
    ` ${what}: ${entry.before} → ${entry.after} by ${who} (${marks.join(", ")})`,
    ...because(telling, entry.reason),
    ...(entry.agreed ?? []).flatMap(
      ({ person, reason }): Line => [`; ${nameOf(telling, person)}:`, ...because(telling, reason)],
    ),
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
