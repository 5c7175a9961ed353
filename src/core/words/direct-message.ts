import type { Response } from "../policy/model.ts";
import { type Line, line, listed, type Part } from "./line.ts";

/**
 * The words to one person: what they are asked, by when, and why now. Part of the words of
 * words.ts.
 */

function happens(response: Response): string {
  switch (response.kind) {
    case "narrow":
      return `it narrows to ${response.scope}`;
    case "pause":
      return "it pauses";
    case "retest":
      return "a re-test is requested";
    case "monitor":
      return "monitoring is requested";
  }
}

/** What follows without an answer: the response, or the next person. */
export function otherwise(response: Response | null, next: string | null): string | null {
  return next === null ? response && happens(response) : `it passes to ${next}`;
}

export function youDecide(by: string | null, instead: string | null): string {
  const until = by === null ? "" : ` by ${by}`;
  return instead === null || by === null
    ? `You decide${until}.`
    : `You decide${until}, else ${instead}.`;
}
export function theyDecide(name: string, by: string | null): string {
  return by === null ? `${name} decides.` : `${name} decides by ${by}.`;
}
export const youMayToo = "You may decide too.";
export const youMayRestrict = "You can narrow or pause it.";
export function acknowledge(by: string | null): string {
  return by === null ? "Please acknowledge." : `Please acknowledge by ${by}.`;
}
export function rehearse(by: string | null): string {
  return by === null ? "You answer as if it were real." : `You answer by ${by} as if it were real.`;
}
export const nothingChanges = "It changes nothing.";
export const apply = "Restore the gateway or apply the change manually.";

/** Why somebody is asked only now. */
export function because(why: "time" | "away" | "unreachable", name: string): string {
  return {
    time: `${name} did not answer.`,
    away: `${name} is away.`,
    unreachable: `${name} cannot be reached.`,
  }[why];
}
export const gotWorse = "It is worse than before.";
export const onCallNow = "You are on call now.";

/** The same of a hand-off, where everybody reads it. */
export function handedOff(
  name: string,
  {
    to,
    from,
    what,
    asks,
  }: { readonly to: Part; readonly from: string | null; readonly what: Line; readonly asks: Line },
): Line {
  return from === null
    ? line`${name}: ${to} is on call now. ${what}. ${asks}`
    : line`${name}: ${to} is on call now, after ${from}. ${what}. ${asks}`;
}
export function isOpen(id: string, seen: Line): Line {
  return line`${id} is open: ${seen}`;
}
export function nowDecides(who: Part, by: string | null, instead: string | null): Line {
  const until = by === null ? "" : ` by ${by}`;
  return instead === null || by === null
    ? line`${who} decides${until}.`
    : line`${who} decides${until}, else ${instead}.`;
}
export function mayDecideToo(who: Part): Line {
  return line`${who} may decide too.`;
}
export function waits(starter: Part, to: string): Line {
  return line`${starter} requests resume to ${to}`;
}
export function confirm(who: Part, by: string): Line {
  return line`${who} can approve it until ${by}, otherwise nothing changes.`;
}

/** Under a card, to somebody for whom buttons were left out. */
export function notYours(labels: readonly string[]): Line {
  return line`You cannot use ${listed(
    labels.map((label) => label.replace(/…$/, "")),
    "or",
  )}. More… says who can.`;
}
