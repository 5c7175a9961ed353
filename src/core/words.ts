import type { Line, Part } from "./card.ts";
import type { Deviation, TimeoutCause } from "./log/entry.ts";
import { clipped, line, listed, plain, plural } from "./phrase.ts";
import type { DecisionKind, Severity } from "./policy/model.ts";

export { accounts, asking, digest, due, since } from "./words-again.ts";
export { clipped, listed, plain };

/** Every word people read, in English. Short and human, for a phone at 3 am. Times arrive already as words. */

export const severityMark: Readonly<Record<Severity, string>> = {
  critical: "🔴",
  high: "🟠",
  warning: "🟡",
  info: "🔵",
};

export const outcomeMark = (state: "open" | "narrowed" | "paused"): string =>
  ({ open: "🟢", narrowed: "🔽", paused: "⏸" })[state];

/** What a scope means, in words: "open to everyone, tools on". */
export const scopeWords = (
  state: "open" | "narrowed" | "paused",
  scope: { id: string; audience: string; tools: boolean } | null,
): string => {
  if (state === "paused" || !scope) return "paused for everyone";
  const to = `${scope.audience}, tools ${scope.tools ? "on" : "off"}`;
  return state === "open" ? `open to ${to}` : `narrowed to ${scope.id} (${to})`;
};

/** How a decision is called when it is done. `scope` is what is in force after it. */
export const done = (
  kind: DecisionKind,
  scope: string,
  state: "open" | "narrowed" | "paused",
  undoes: boolean,
): string => {
  if (undoes) return "Undone";
  const narrowed = state === "narrowed" ? `narrowed to ${scope}` : state;
  switch (kind) {
    case "narrow":
      return state === "paused" ? "Stays paused" : `Narrowed to ${scope}`;
    case "pause":
      return "Paused";
    case "resume":
      return `Resumed to ${scope}`;
    case "keep":
      return state === "open" ? "Left unrestricted" : `Kept ${narrowed}`;
    case "retest":
      return "Re-test asked for";
    case "monitor":
      return "Monitoring added";
  }
};

const responseWords = (response: { kind: string; scope?: string }): string => {
  if (response.kind === "narrow") return `narrow to ${response.scope}`;
  return (
    { retest: "re-test", monitor: "add monitoring", pause: "pause" }[response.kind] ?? response.kind
  );
};

/** `it`: what it is done to, where the sentence has not named it. */
const happens = (response: { kind: string; scope?: string }, it = ""): string => {
  if (response.kind === "narrow") return `narrows${it} to ${response.scope}`;
  return (
    { retest: "requests a re-test", monitor: "requests monitoring", pause: `pauses${it}` }[
      response.kind
    ] ?? response.kind
  );
};

export const stranger = "somebody the policy does not name";

export const openedWords = (trigger: string, who: Line, reason: Part | null): Line => {
  const how = trigger === "raised" ? "Raised by" : "Stopped by hand by";
  return reason ? line`${how} ${who}: “${reason}”` : line`${how} ${who}`;
};

export const nowWords = (posture: string): Line => line`Now: ${posture}`;

export const decidesWords = (who: Line, until: Part | null, next: Line | null): Line => {
  const when = until ? line` until ${until}` : line``;
  return next ? line`Decides: ${who}${when}, then ${next}` : line`Decides: ${who}${when}`;
};

export const nobodyDecides = (until: Part | null): Line =>
  until
    ? line`Nobody named can be reached. Holdpoint applies the policy at ${until}`
    : line`Nobody named can be reached`;

export const withoutAnswer = (
  by: Part,
  response: { kind: string; scope?: string },
  passes: Part | null,
): Line =>
  passes
    ? line`At ${by} it passes to ${passes}, then Holdpoint ${happens(response, " it")}`
    : line`Without a decision by ${by}, Holdpoint ${happens(response, " it")}`;

export const noDeadline = (): Line => line`No deadline: it stays open until somebody decides`;

export const mayRestrict = (people: readonly (Part | Line)[]): Line =>
  line`Can narrow or pause: ${listed(people, "or")}`;

/** Of what nobody has to decide any more, to one person. */
export const nothingToDo = (
  name: string,
  id: string,
  what: Line,
  status: "settled" | "closed",
): Line => line`${name}: ${what}. ${id} is ${status === "closed" ? "closed" : "acknowledged"}.`;

export const notSeen = (missed: boolean): Line =>
  line`${missed ? "Acknowledgement overdue" : "Not acknowledged"}`;

export const seenBy = (people: readonly Line[]): Line => line`Acknowledged by ${listed(people)}`;

export const seenAt = (who: Part, at: Part, said: Part | null = null): Line =>
  said === null ? line`${who} ${at}` : line`${who} ${at} (“${said}”)`;

export const undone = (count: number, by: Part): Line => {
  const times = ["once", "twice"][count - 1] ?? `${count} times`;
  return line`Stopped and undone ${times} by ${by}`;
};

export const outcome = (what: string, at: Part, who: Line): Line => line`${what} ${at} by ${who}`;

export const alone = (who: Line): Line => line`${who} alone, break-glass: reviewed within a day`;

const causes: Readonly<Record<TimeoutCause, string>> = {
  "nobody seen": "Not acknowledged.",
  "seen, not decided": "Acknowledged, but nobody decided as the policy asks.",
  unreachable: "The named person could not be reached.",
};

export const byRule = (what: string, at: Part, cause: TimeoutCause, seen: Line | null): Line =>
  seen
    ? line`${what} ${at} automatically, by policy. Acknowledged by ${seen}; nobody decided as the policy asks.`
    : line`${what} ${at} automatically, by policy. ${causes[cause]}`;

export const quoted = (reason: Part): Line => line`“${reason}”`;
export const erased = "(text erased)";
export const reasonToFollow = (): Line => line`Reason to follow`;

export const planWas = (response: { kind: string; scope?: string }, deviation: Deviation): Line => {
  const than = {
    none: "As",
    stricter: "Stricter than",
    weaker: "Weaker than",
    other: "Other than",
    unplanned: "As",
  };
  return line`${than[deviation]} the policy (${responseWords(response)})`;
};

/** "Review due Mon 10:00 GMT", "Review overdue since Mon 10:00 GMT". */
export const review = (when: string, isOverdue: boolean): string =>
  isOverdue ? `Review overdue since ${when}` : `Review due ${when}`;

export const againBy = (when: Part, who: Line): Line => line`Review due ${when}: ${who}`;

export const overdueSince = (when: Part, who: Line): Line =>
  line`Review overdue since ${when}: ${who} decides`;

export const toResume = (starter: Line, confirmers: readonly Part[]): Line =>
  line`To resume: ${starter}, then ${listed(confirmers, "or")}`;

/** "Takes effect 14:20 unless Chidi Lindt says it was not them" */
export const takesEffect = (at: Part, unless: string): Line =>
  line`Takes effect ${at} unless ${unless} says it was not them`;

export const agreedWords = (to: string, people: Line, at: Part, unless: string): Line =>
  line`Resume to ${to} agreed by ${people}. ${takesEffect(at, unless)}`;

/** Stands behind the name of somebody whose word the operator could have given. */
export const byLink = " (signed in by a link of the operator)";
/** The same of an account that was linked by such a link. */
export const fromLinked = " (from an account linked by a link of the operator)";
/** Where only one of both is known to be so. */
export const throughLink = " (by a link of the operator)";

export const record = (index: number): Line => line`Record ${index}`;

export const buttons = {
  narrow: (scope: string) => `Narrow to ${scope}`,
  pause: "Pause",
  acknowledge: "Acknowledge",
  resume: "Resume…",
  confirm: "Confirm resume…",
  retest: "Re-test",
  monitor: "Monitor",
  undo: (left: string) => `Undo (${left})`,
  keep: (state: "open" | "narrowed" | "paused") =>
    ({ open: "Leave unrestricted…", narrowed: "Keep narrowed…", paused: "Keep paused…" })[state],
  respond: { retest: "Ask for a re-test", monitor: "Add monitoring" },
  ask: (name: string) => `Ask ${name}`,
  notMe: "That was not me",
};

export const forms = {
  narrow: (scope: string, name: string) => ({
    title: `Narrow to ${scope}`,
    submit: `Narrow ${name} to ${scope}`,
  }),
  pause: (name: string) => ({ title: "Pause", submit: `Pause ${name}` }),
  resume: (name: string) => ({ title: "Resume", submit: `Request to resume ${name}` }),
  confirm: (name: string, to: string) => ({
    title: "Confirm resume",
    submit: `Resume ${name} to ${to}`,
  }),
  keep: (name: string, state: "open" | "narrowed" | "paused") =>
    state === "open"
      ? { title: "Leave unrestricted", submit: `Leave ${name} unrestricted` }
      : { title: `Keep ${state}`, submit: `Keep ${name} ${state}` },
  undo: (name: string) => ({ title: "Undo", submit: `Undo for ${name}` }),
  retest: (name: string) => ({ title: "Re-test", submit: `Ask for a re-test of ${name}` }),
  monitor: (name: string) => ({ title: "Add monitoring", submit: `Add monitoring to ${name}` }),
};

/**
 * The sentence on a locked screen, ≤ 120 characters. How much else there is and the name of what was seen give way first, so that the figures, who
 * decides by when and what happens otherwise can be read; the end always keeps its HP-id.
 */
export const lockScreen = (
  severity: Severity,
  name: string,
  said: {
    readonly what: string;
    readonly figures: string;
    /** How many others there are. */
    readonly more: string;
    readonly rest: string;
  },
  id: string,
  most = 120,
): string => {
  const start = `${severity.toUpperCase()} ${name}: `;
  const room = most - [...` ${id}`].length;
  const endWith = (more: string): string =>
    said.rest === "" ? `${said.figures}${more}` : `${said.figures}${more}. ${said.rest}`;
  const fits = (more: string) => [...`${start}${said.what}${endWith(more)}`].length <= room;
  const end = endWith(fits(said.more) ? said.more : "");
  const left = room - [...start].length - [...end].length;
  const forWhat = left < 8 ? 1 : left; // of a few letters nobody reads a name
  const whole = `${start}${clipped(said.what, forWhat)}${end}`;
  return `${clipped(whole.replace("….", "…").replace(/(?<!\.)\.\.(?!\.)/, "."), room)} ${id}`;
};

export const lockScreenOpen = (
  decider: string | null,
  by: string | null,
  otherwise: { kind: string; scope?: string } | string | null,
): string => {
  const until = by ? ` by ${by}` : "";
  if (!decider)
    return otherwise && typeof otherwise !== "string" && by
      ? `Nobody reachable; ${happens(otherwise)} at ${by}.`
      : "Nobody named can be reached.";
  if (!otherwise || !by) return `${decider} decides${until}.`;
  const then = typeof otherwise === "string" ? otherwise : happens(otherwise);
  return `${decider} decides${until}, else ${then}.`;
};

export const more = {
  evidence: "Evidence",
  rule: "Trigger",
  people: "Who can do what now",
  clock: "Clock",
  policy: "Policy",
  history: "So far",
};

/** Sentences posted beside a card, and reminders. */
export const said = {
  opened: (name: string, id: string, decider: string | null): Line =>
    decider ? line`${name}: ${id} is open. ${decider} decides.` : line`${name}: ${id} is open.`,
  seen: (name: string, by: Part, id: string): Line => line`${name}: ${by} acknowledged ${id}.`,
  unseen: (name: string, id: string): Line => line`${name}: ${id} is not acknowledged.`,
  passed: (
    name: string,
    id: string,
    from: string | null,
    to: string | null,
    because: "time" | "away" | "unreachable",
  ): Line => {
    const why = {
      time: `${from ?? "Nobody"} has not decided in time`,
      away: `${from ?? "The decider"} is away`,
      unreachable: `${from ?? "The decider"} cannot be reached`,
    }[because];
    return to
      ? line`${name}: ${why}. ${to} decides ${id} now.`
      : line`${name}: ${why}, and nobody else named can be reached (${id}).`;
  },
  lapsed: (
    name: string,
    because: "time" | "posture changed" | "escalation opened" | "authority withdrawn" | "disowned",
  ): Line => {
    const why = {
      time: "nobody confirmed it in time",
      "posture changed": "what is in force changed meanwhile",
      "escalation opened": "a new escalation opened meanwhile",
      "authority withdrawn": "who started it no longer may",
      disowned: "one of its people says that it was not them",
    }[because];
    return line`${name}: the resume was dropped, ${why}. Nothing changed.`;
  },
  waits: (name: string, what: Line): Line => line`${name}: ${what}.`,
  made: (name: string, what: Line, posture: string, more: readonly string[]): Line =>
    line`${name}: ${what}. Now ${posture}.${more.map((one) => ` ${one}`).join("")}`,
  brought: (
    name: string,
    posture: Line,
    by: Part,
    to: string | null,
    change: string | null,
  ): Line =>
    line`${change ? `${change} was reported. ` : ""}${to ? `${to}: ` : ""}${name} is ${posture}. Review due ${by}.`,
  back: (name: string, by: string): Line => line`${by} said that ${name} is back.`,
  away: (name: string, by: string, until: string): Line =>
    line`${by} said that ${name} is away until ${until}: deputies decide from now on. ${name} can say away until now to take it back.`,
  looser: (whats: readonly string[]): Line => line`A looser rule was adopted. ${whats.join(" ")}`,
};

/** What the person who asked is told. */
export const answers = {
  done: "Done.",
  notRecorded: "NOT RECORDED. Nothing has changed; press again.",
  notConfirmed: "NOT CONFIRMED YET. Pressing again is safe.",
  recordedAfterAll: "Recorded. The card shows what is in force now.",
  seen: (id: string, decides: string | null, by: string | null): string =>
    decides === null
      ? `Acknowledged: ${id}.`
      : `Acknowledged: ${id}. ${decides} still has to decide${by === null ? "" : ` by ${by}`}.`,
  proposed: (to: string, until: string, now: string): string =>
    `Started: resume to ${to}. One more person confirms by ${until}; until then it stays ${now}.`,
  agreed: (at: string, unless: string): string =>
    `Everybody needed has agreed. ${plain(takesEffect(at, unless))}.`,
  confirmed: (needs: number): string =>
    `Confirmed. ${plural(needs, "more person", "more people")} must confirm before anything changes.`,
  startAgain: (who: string): string => `${who} can start it again.`,
  noLongerCounts: (who: string): string =>
    `${who} confirmed it before, and may not any more: that no longer counts.`,
  explained: "The reason is on the record.",
  raised: (id: string, decider: string | null): string =>
    decider
      ? `${id} is open. ${decider} decides. Nothing else has changed.`
      : `${id} is open. Nothing else has changed.`,
  reassess: (name: string, when: string): string => `${name}: review due ${when}.`,
  /** Of a restriction that was in force before it was asked for. `by`: who made it, null where the record names nobody. */
  alreadyMet: (what: string, at: string, by: string | null): string =>
    `Already ${what} ${by === null ? `since ${at}` : `by ${by} at ${at}`}. Your decision is recorded too.`,
  staysUntil: "It stays so until two people resume it.",
  askReason: (id: string): string =>
    `The record says “reason to follow”: ${id === "" ? "say" : `say reason ${id}`} because …`,
  staysOpen: (id: string, response: { kind: string; scope?: string }): string =>
    `${id} stays open: the plan is to ${responseWords(response)}. To leave it at this, say keep ${id} because …`,
  askAgain: (when: string): string => `Next review ${when}.`,
  stillOverdue: (when: string): string => `Review still overdue since ${when}.`,
  noDuration: (said: string): string =>
    `“${said}” is no duration I can read (45s, 10m, 4h, 3d, 2w); it is kept as part of the reason.`,
  away: (name: string, until: string): string =>
    `${name} is away until ${until}. Deputies decide from now on.`,
  back: (name: string): string => `${name} is back.`,
  notAway: (name: string): string => `${name} is not away. Nothing changed.`,
};
