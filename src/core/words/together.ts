import type { Line } from "../card/card.ts";

/** The words of a stop that was said of a group or a model. Part of the words of words.ts. */

/** "Said of group:agents: 3 restricted together, 1 of them back since". */
export function stoppedTogether(name: string, count: number, back: number | null): Line {
  const of: Line = ["Said of ", { untrusted: name }];
  if (count === 1) return [...of, ": this one alone was restricted by it"];
  const all: Line = [...of, `: ${count} restricted together`];
  if (back === null) return all;
  if (back === 0) return [...all, ", none of them back yet"];
  return [...all, back === count ? ", all of them back since" : `, ${back} of them back since`];
}
