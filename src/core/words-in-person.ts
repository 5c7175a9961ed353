import type { Line, Part } from "./card.ts";
import { line, listed } from "./phrase.ts";
import type { Response } from "./policy/model.ts";

/** The words to one person: what they are asked, by when, and why now. Part of the words of words.ts. */

const happens = (response: Response): string => {
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
};

/** What follows without an answer: the response, or the next person. */
export const otherwise = (response: Response | null, next: string | null): string | null =>
  next === null ? response && happens(response) : `it passes to ${next}`;

export const youDecide = (by: string | null, instead: string | null): string => {
  const until = by === null ? "" : ` by ${by}`;
  return instead === null || by === null
    ? `You decide${until}.`
    : `You decide${until}, else ${instead}.`;
};
export const theyDecide = (name: string, by: string | null): string =>
  by === null ? `${name} decides.` : `${name} decides by ${by}.`;
export const youMayToo = "You may decide too.";
export const youMayRestrict = "You can narrow or pause it.";
export const acknowledge = (by: string | null): string =>
  by === null ? "Please acknowledge." : `Please acknowledge by ${by}.`;
export const rehearse = (by: string | null): string =>
  by === null ? "You answer as if it were real." : `You answer by ${by} as if it were real.`;
export const nothingChanges = "Nothing changes by it.";
export const apply = "Restore the gateway or apply the change manually.";

/** Why somebody is asked only now. */
export const because = (why: "time" | "away" | "unreachable", name: string): string =>
  ({
    time: `${name} did not answer.`,
    away: `${name} is away.`,
    unreachable: `${name} cannot be reached.`,
  })[why];
export const gotWorse = "It is worse than before.";
export const onCallNow = "You are on call now.";

/** The same of a hand-off, where everybody reads it. */
export const handedOff = (
  name: string,
  to: Part,
  from: string | null,
  what: Line,
  asks: Line,
): Line =>
  from === null
    ? line`${name}: ${to} is on call now. ${what}. ${asks}`
    : line`${name}: ${to} is on call now, after ${from}. ${what}. ${asks}`;
export const isOpen = (id: string, seen: Line): Line => line`${id} is open: ${seen}`;
export const nowDecides = (who: Part, by: string | null, instead: string | null): Line => {
  const until = by === null ? "" : ` by ${by}`;
  return instead === null || by === null
    ? line`${who} decides${until}.`
    : line`${who} decides${until}, else ${instead}.`;
};
export const mayDecideToo = (who: Part): Line => line`${who} may decide too.`;
export const waits = (starter: Part, to: string): Line =>
  line`${starter} started to resume to ${to}`;
export const confirm = (who: Part, by: string): Line =>
  line`${who} may confirm it until ${by}, else nothing changes.`;

/** Under a card, to somebody for whom buttons were left out. */
export const notYours = (labels: readonly string[]): Line =>
  line`You cannot use ${listed(
    labels.map((label) => label.replace(/…$/, "")),
    "or",
  )}. More… says who can.`;
