import * as words from "../words/words.ts";
import type { Line } from "./card.ts";

/**
 * What stands behind the name of somebody whose word the operator could have given: in which of two
 * ways.
 */
export function linkMark(
  person: string,
  {
    byLink = [],
    fromLinked = [],
  }: {
    readonly byLink?: readonly string[] | undefined;
    readonly fromLinked?: readonly string[] | undefined;
  },
): Line {
  if (!byLink.includes(person)) return [];
  return [fromLinked.includes(person) ? words.fromLinked : words.byLink];
}
