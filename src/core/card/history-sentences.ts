import type { PersonId } from "../ids.ts";
import type { Entry, EntryOf } from "../log/entry.ts";
import type { Held } from "../state/state.ts";
import { instantOf, timeOf } from "../time.ts";
import { chatNames } from "../words/account-linking.ts";
import { listed } from "../words/line.ts";
import type { Line } from "./card.ts";
import { because, deploymentName, type HistoryContext, named, timeText } from "./history-words.ts";
import { textOf } from "./kept-text.ts";
import type { ViewContext } from "./view-context.ts";

/** The sentences of the history for entries that are no decision. */

export type Others = Extract<
  Entry,
  {
    kind:
      | "reassessment.set"
      | "reassessment.reminded"
      | "reassessment.overdue"
      | "reassessment.warned"
      | "escalation.closed"
      | "escalation.moved"
      | "enforcement.reported"
      | "rehearsal.answered"
      | "retest.followed"
      | "signal.noted"
      | "trigger.shadowed"
      | "person.away"
      | "session.issued"
      | "session.used"
      | "session.ended"
      | "identity.bound"
      | "identity.changed"
      | "identity.linked"
      | "identity.unlinked"
      | "log.restored"
      | "key.rotated"
      | "redaction.asked"
      | "log.redacted"
      | "hold.placed"
      | "hold.lifted"
      | "record.read";
  }
>;

export function otherSentence(view: HistoryContext, entry: Others, by: string): Line {
  switch (entry.kind) {
    case "reassessment.set":
    case "reassessment.reminded":
    case "reassessment.overdue":
    case "reassessment.warned":
      return reviewSentence(view, entry, by);
    case "rehearsal.answered":
      return rehearsedSentence(view, entry, by);
    case "escalation.closed":
      return [`${entry.escalation} closed (${entry.because})`];
    case "escalation.moved":
      return [`${entry.escalation} moved from channel ${entry.from} to ${entry.to}`];
    case "enforcement.reported":
      return reportedSentence(view, entry);
    case "retest.followed":
      return retestSentence(view, entry);
    case "signal.noted":
    case "trigger.shadowed":
      return notedSentence(entry);
    case "person.away":
      return [
        instantOf(entry.until) <= timeOf(entry)
          ? `${named(view, entry.person)} is back, entered by ${by}`
          : `${named(view, entry.person)} is out of office until ${timeText(view, entry.until)}, entered by ${by}`,
      ];
    case "session.issued":
      return issuedSentence(view, entry, by);
    case "session.used":
      return [`a session of ${named(view, entry.person)} in the console began`];
    case "session.ended":
      return [
        entry.because === "logout"
          ? `${named(view, entry.person)} logged out`
          : `${named(view, entry.person)} said that a session in their name was not them: it ended`,
      ];
    case "identity.bound":
      return boundSentence(view, entry);
    case "identity.changed":
      return changedSentence(view, entry, by);
    case "identity.linked":
      return [`${named(view, entry.person)} linked an account in ${chatNames[entry.chat]}`];
    case "identity.unlinked":
      return [
        `${named(view, entry.person)}’s linked account in ${chatNames[entry.chat]} ended`,
        entry.because === "asked" ? ", as they asked" : " with the policy",
      ];
    case "redaction.asked":
    case "log.redacted":
    case "hold.placed":
    case "hold.lifted":
    case "log.restored":
    case "key.rotated":
      return logSentence(view, entry, by);
    case "record.read":
      return readSentence(view, entry, by);
  }
}

const reportedSentence = (
  view: HistoryContext,
  { gateway, what, deployment, version }: EntryOf<"enforcement.reported">,
): Line => [
  { untrusted: gateway },
  { told: " was notified of ", failed: " could not be notified of ", applied: " enforces " }[what],
  deploymentName(view, deployment),
  `, version ${version}`,
];

function issuedSentence(
  view: HistoryContext,
  { person, signIn }: EntryOf<"session.issued">,
  by: string,
): Line {
  return signIn
    ? [`${named(view, person)} signed in at `, { untrusted: signIn.issuer }]
    : [`${by} created a login link for ${named(view, person)}`];
}

function notedSentence(entry: EntryOf<"signal.noted" | "trigger.shadowed">): Line {
  if (entry.kind === "trigger.shadowed") return shadowedSentence(entry);
  const { what, source, deployment } = entry;
  return [
    what === "test"
      ? `a test notification from ${source} about `
      : `an alert from ${source} that had resolved before it arrived, about `,
    { untrusted: deployment },
  ];
}

const shadowedSentence = ({
  trigger,
  verdict,
  source,
  deployment,
}: EntryOf<"trigger.shadowed">): Line => [
  verdict === "fired"
    ? `the shadow trigger ${trigger} fired at a signal from `
    : `the shadow trigger ${trigger} could not be evaluated at a signal from `,
  { untrusted: source },
  " about ",
  { untrusted: deployment },
  "; nobody was asked",
];

const readSentence = (
  view: HistoryContext,
  { what, question }: EntryOf<"record.read">,
  by: string,
): Line => [
  what === "export" ? `${by} took a part of the record as a file` : `${by} read the record`,
  ":",
  ...because(view, question),
];

function reviewSentence(
  view: HistoryContext,
  entry: EntryOf<
    "reassessment.set" | "reassessment.reminded" | "reassessment.overdue" | "reassessment.warned"
  >,
  by: string,
): Line {
  switch (entry.kind) {
    case "reassessment.set":
      return [
        "review of ",
        deploymentName(view, entry.deployment),
        ` due ${timeText(view, entry.reassessBy)} (${entry.because === "change" ? entry.change : by})`,
        ...because(view, entry.reason),
      ];
    case "reassessment.reminded":
      return [
        `${named(view, entry.to)} was reminded of the review of `,
        deploymentName(view, entry.deployment),
        `, due ${timeText(view, entry.reassessBy)}`,
      ];
    case "reassessment.overdue":
      return [
        "review of ",
        deploymentName(view, entry.deployment),
        ` overdue since ${timeText(view, entry.reassessBy)}; ${named(view, entry.to)} was asked`,
      ];
    case "reassessment.warned":
      return [
        "review of ",
        deploymentName(view, entry.deployment),
        ` overdue since ${timeText(view, entry.reassessBy)}; unless somebody decides, by policy “${entry.scope}” from ${timeText(view, entry.takesEffect)}`,
      ];
  }
}

function rehearsedSentence(
  view: ViewContext,
  { escalation, asked, reason }: EntryOf<"rehearsal.answered">,
  by: string,
): Line {
  return asked === ""
    ? [`the rehearsal ${escalation} ended without an answer`]
    : [`${by} answered the rehearsal ${escalation}: ${asked}`, ...because(view, reason)];
}

function retestSentence(view: HistoryContext, entry: EntryOf<"retest.followed">): Line {
  return [
    "the re-test of ",
    { untrusted: entry.suite },
    " on ",
    deploymentName(view, entry.deployment),
    ": ",
    {
      complete: "a complete run arrived",
      incomplete: "an incomplete run arrived",
      errored: "a failed run arrived",
      reminded: `${named(view, entry.to)} was reminded, due ${timeText(view, entry.due)}`,
      missed: `no complete run by ${timeText(view, entry.due)}`,
    }[entry.what],
  ];
}

function boundSentence(view: ViewContext, { bound }: EntryOf<"identity.bound">): Line {
  const people = bound.map(({ person, parts }): Line => {
    const known = parts.flatMap(({ of, value }): readonly Line[] => {
      const text = of === "name" ? null : textOf(view, value);
      return text === null ? [] : [[`${of} `, text]];
    });
    const accounts = known.length === 0 ? ["no account"] : listed(known);
    return [`${named(view, person)} (`, ...accounts, ")"];
  });
  return ["the accounts of ", ...listed(people), " were recorded"];
}

function changedSentence(view: ViewContext, entry: EntryOf<"identity.changed">, by: string): Line {
  const texts = entry.changes.map(({ of, before, after }): Line => {
    const [was, is] = [textOf(view, before), textOf(view, after)];
    return [
      `${of} `,
      is ?? "none",
      ...(before === after ? [] : [" (before: ", was ?? "none", ")"]),
    ];
  });
  return [
    `${named(view, entry.person)} was ${entry.what} in the policy by ${by}: `,
    ...listed(texts),
  ];
}

const heldWords = (view: ViewContext, { what, target }: Held): string =>
  what === "everything" ? what : what === "person" ? named(view, target as PersonId) : target;

/** What an erasure is of; the number of the record is in the answer to whoever asks. */
function erasedOf(
  view: ViewContext,
  { person }: EntryOf<"redaction.asked" | "log.redacted">,
): string {
  return person === "" ? "the texts of a record" : named(view, person);
}

type AboutLog =
  | "redaction.asked"
  | "log.redacted"
  | "hold.placed"
  | "hold.lifted"
  | "log.restored"
  | "key.rotated";

function logSentence(view: ViewContext, entry: EntryOf<AboutLog>, by: string): Line {
  switch (entry.kind) {
    case "redaction.asked":
      return [
        `${by} asked that ${erasedOf(view, entry)} be erased`,
        ...because(view, entry.reason),
      ];
    case "log.redacted":
      return [`${by} agreed: ${erasedOf(view, entry)} was erased`, ...because(view, entry.reason)];
    case "hold.placed":
      return [
        `${by} placed a legal hold on ${heldWords(view, entry)}`,
        ...because(view, entry.reason),
      ];
    case "hold.lifted":
      return [`${by} lifted a legal hold`, ...because(view, entry.reason)];
    case "key.rotated":
      return [
        `${by} replaced the log's key`,
        ...(entry.distrusted === undefined
          ? []
          : [`; the old one was stolen, and counts up to ${entry.distrusted} entries`]),
        ...because(view, entry.reason),
      ];
    case "log.restored":
      return [
        `${by} restored the database from a backup: a checkpoint over ${entry.size} other entries had been signed`,
        ...because(view, entry.reason),
      ];
  }
}
