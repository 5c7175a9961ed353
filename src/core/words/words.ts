export { buttons, forms } from "./buttons.ts";
export { outcomeMark, scopeWords, severityMark } from "./marks.ts";

import type { EntryOf } from "../log/entry.ts";
import type { Deviation, TimeoutCause } from "../log/entry-fields.ts";
import type { DecisionKind } from "../policy/model.ts";
import type { Severity } from "../policy/severity.ts";
import { clipped, type Line, line, listed, type Part, plain } from "./line.ts";

export { accounts, asking, digest, due, since } from "./reassessment.ts";

/**
 * Every word people read, in English. Short and human, for a phone at 3 am. Times arrive already as
 * words.
 */

export { clipped, listed, plain };

/** How a decision is called when it is done. `scope` is what is in force after it. */
export function done(
  kind: DecisionKind,
  {
    scope,
    state,
    undoes,
  }: {
    readonly scope: string;
    readonly state: "open" | "narrowed" | "paused";
    readonly undoes: boolean;
  },
): string {
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
      return "Re-test requested";
    case "monitor":
      return "Monitoring added";
  }
}

export function responseWords(response: { kind: string; scope?: string }): string {
  if (response.kind === "narrow") return `narrow to ${response.scope}`;
  return (
    { retest: "re-test", monitor: "add monitoring", pause: "pause" }[response.kind] ?? response.kind
  );
}

/** `it`: what it is done to, where the sentence has not named it. */
function happens(response: { kind: string; scope?: string }, it = ""): string {
  if (response.kind === "narrow") return `narrows${it} to ${response.scope}`;
  return (
    { retest: "requests a re-test", monitor: "requests monitoring", pause: `pauses${it}` }[
      response.kind
    ] ?? response.kind
  );
}

export const stranger = "somebody the policy does not name";

export function openedWords(trigger: string, who: Line, reason: Part | null): Line {
  const how = trigger === "raised" ? "Raised by" : "Restricted manually by";
  return reason ? line`${how} ${who}: “${reason}”` : line`${how} ${who}`;
}

export function nowWords(posture: string): Line {
  return line`Now: ${posture}`;
}

export function decidesWords(who: Line, until: Part | null, next: Line | null): Line {
  const when = until ? line` until ${until}` : line``;
  return next ? line`Decides: ${who}${when}, then ${next}` : line`Decides: ${who}${when}`;
}

export function nobodyDecides(until: Part | null): Line {
  return until
    ? line`Nobody named can be reached. Holdpoint applies the policy at ${until}`
    : line`Nobody named can be reached`;
}

export function withoutAnswer(
  by: Part,
  response: { kind: string; scope?: string },
  passes: Part | null,
  more: readonly string[] = [],
): Line {
  const does = [happens(response, " it"), ...more].join(", ");
  return passes
    ? line`At ${by} it passes to ${passes}, then Holdpoint ${does}`
    : line`Without a decision by ${by}, Holdpoint ${does}`;
}

/** What was to be done is done: nothing more follows by itself. */
export function staysSo(by: Part): Line {
  return line`Without a decision by ${by}, it stays so`;
}

export function noDeadline(): Line {
  return line`No deadline: it stays open until somebody decides`;
}

export function mayRestrict(people: readonly (Part | Line)[]): Line {
  return line`Can narrow or pause: ${listed(people, "or")}`;
}

/** Of what nobody has to decide any more, to one person. */
export function nothingToDo(
  name: string,
  {
    id,
    what,
    status,
  }: { readonly id: string; readonly what: Line; readonly status: "settled" | "closed" },
): Line {
  return line`${name}: ${what}. ${id} is ${status === "closed" ? "closed" : "acknowledged"}.`;
}

export function notSeen(missed: boolean): Line {
  return line`${missed ? "Acknowledgement overdue" : "Not acknowledged"}`;
}

export function seenBy(people: readonly Line[]): Line {
  return line`Acknowledged by ${listed(people)}`;
}

export function seenAt(who: Part, at: Part, said: Part | null = null): Line {
  return said === null ? line`${who} ${at}` : line`${who} ${at} (“${said}”)`;
}

export function undone(count: number, by: Part): Line {
  const times = ["once", "twice"][count - 1] ?? `${count} times`;
  return line`Restricted and undone ${times} by ${by}`;
}

export function outcome(what: string, at: Part, who: Line): Line {
  return line`${what} ${at} by ${who}`;
}

export function alone(who: Line): Line {
  return line`${who} alone, break-glass: reviewed within a day`;
}

const causes: Readonly<Record<TimeoutCause, string>> = {
  "nobody seen": "Not acknowledged.",
  "seen, not decided": "Acknowledged, but nobody decided as the policy asks.",
  unreachable: "The named person could not be reached.",
  "at once": "The policy acts first; now people are asked.",
  "not reviewed": "Nobody answered the overdue review.",
};

export function byRule(
  what: string,
  {
    at,
    cause,
    seen,
  }: { readonly at: Part; readonly cause: TimeoutCause; readonly seen: Line | null },
): Line {
  return seen
    ? line`${what} ${at} automatically, by policy. Acknowledged by ${seen}; nobody decided as the policy asks.`
    : line`${what} ${at} automatically, by policy. ${causes[cause]}`;
}

export function quoted(reason: Part): Line {
  return line`“${reason}”`;
}
export const erased = "(text erased)";
export function reasonToFollow(): Line {
  return line`Reason to follow`;
}

export function planWas(response: { kind: string; scope?: string }, deviation: Deviation): Line {
  const than = {
    none: "As",
    stricter: "Stricter than",
    weaker: "Weaker than",
    other: "Other than",
    unplanned: "As",
  };
  return line`${than[deviation]} the policy (${responseWords(response)})`;
}

/** "Review due Mon 10:00 GMT", "Review overdue since Mon 10:00 GMT". */
export function review(when: string, isOverdue: boolean): string {
  return isOverdue ? `Review overdue since ${when}` : `Review due ${when}`;
}

export function againBy(when: Part, who: Line): Line {
  return line`Review due ${when}: ${who}`;
}

export function overdueSince(when: Part, who: Line): Line {
  return line`Review overdue since ${when}: ${who} decides`;
}

export function toResume(starter: Line, confirmers: readonly Part[]): Line {
  return line`To resume: ${starter}, then ${listed(confirmers, "or")}`;
}

/** "Takes effect 14:20 unless Chidi Lindt says it was not them" */
export function takesEffect(at: Part, unless: string): Line {
  return line`Takes effect ${at} unless ${unless} says it was not them`;
}

export function agreedWords(
  to: string,
  { people, at, unless }: { readonly people: Line; readonly at: Part; readonly unless: string },
): Line {
  return line`Resume to ${to} agreed by ${people}. ${takesEffect(at, unless)}`;
}

/** Stands behind the name of somebody whose word the operator could have given. */
export const byLink = " (signed in by a link of the operator)";
/** The same of an account that was linked by such a link. */
export const fromLinked = " (from an account linked by a link of the operator)";
/** Where only one of both is known to be so. */
export const throughLink = " (by a link of the operator)";

export function record(index: number): Line {
  return line`Record ${index}`;
}

/**
 * The sentence on a locked screen, ≤ 120 characters. How much else there is and the name of what
 * was seen give way first, so that the figures, who decides by when and what happens otherwise can
 * be read; the end always keeps its HP-id.
 */
export function lockScreen(
  severity: Severity,
  {
    name,
    said,
    id,
    most = 120,
  }: {
    readonly name: string;
    readonly said: {
      readonly what: string;
      readonly figures: string;
      /** How many others there are. */
      readonly more: string;
      readonly rest: string;
    };
    readonly id: string;
    readonly most?: number | undefined;
  },
): string {
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
}

export function lockScreenOpen(
  decider: string | null,
  by: string | null,
  otherwise: { kind: string; scope?: string } | string | null,
): string {
  const until = by ? ` by ${by}` : "";
  if (!decider)
    return otherwise && typeof otherwise !== "string" && by
      ? `Nobody reachable; ${happens(otherwise)} at ${by}.`
      : "Nobody named can be reached.";
  if (!otherwise || !by) return `${decider} decides${until}.`;
  const then = typeof otherwise === "string" ? otherwise : happens(otherwise);
  return `${decider} decides${until}, else ${then}.`;
}

export const more = {
  evidence: "Evidence",
  steps: "What to do",
  rule: "Trigger",
  people: "Who can do what now",
  clock: "Clock",
  policy: "Policy",
  history: "So far",
};

/** A decision, and the posture it leaves. */
interface MadeDecision {
  readonly name: string;
  readonly what: Line;
  readonly posture: string;
  readonly more: readonly string[];
}

/** Sentences posted beside a card, and reminders. */
export const said = {
  opened: (name: string, id: string, decider: string | null): Line =>
    decider ? line`${name}: ${id} is open. ${decider} decides.` : line`${name}: ${id} is open.`,
  seen: (name: string, by: Part, id: string): Line => line`${name}: ${by} acknowledged ${id}.`,
  unseen: (name: string, id: string): Line => line`${name}: ${id} is not acknowledged.`,
  passed: (
    name: string,
    id: string,
    {
      from,
      to,
      because,
    }: {
      readonly from: string | null;
      readonly to: string | null;
      readonly because: "time" | "away" | "unreachable";
    },
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
  openAgain: (name: string, id: string, why: Line): Line =>
    line`${name}: ${id} is open again. ${why}.`,
  lapsed: (name: string, because: EntryOf<"decision.lapsed">["because"]): Line => {
    const why = {
      time: "nobody approved it in time",
      "posture changed": "the posture changed meanwhile",
      "escalation opened": "a new escalation opened meanwhile",
      "authority withdrawn": "whoever requested it no longer has the authority",
      "accounts changed": "the accounts of everybody behind it have changed",
      disowned: "one of its people says that it was not them",
    }[because];
    return line`${name}: the resume was dropped, ${why}. Nothing changed.`;
  },
  waits: (name: string, what: Line): Line => line`${name}: ${what}.`,
  made: ({ name, what, posture, more }: MadeDecision): Line =>
    line`${name}: ${what}. Now ${posture}.${more.map((sentence) => ` ${sentence}`).join("")}`,
  brought: (
    { name, posture, due }: { readonly name: string; readonly posture: Line; readonly due: Part },
    to: string | null,
    change: string | null,
  ): Line =>
    line`${change ? `${change} was reported. ` : ""}${to ? `${to}: ` : ""}${name} is ${posture}. Review due ${due}.`,
  back: (name: string, by: string): Line => line`${by} said that ${name} is back.`,
  away: (name: string, by: string, until: string): Line =>
    line`${by} said that ${name} is away until ${until}: deputies decide from now on. ${name} can say away until now to end it.`,
};
