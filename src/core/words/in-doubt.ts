import type { Line } from "../card/card.ts";

/** What is said while the server cannot trust its record. */

const cannotTrust = "Holdpoint cannot trust its own record.";

const meanwhile =
  "Until whoever operates Holdpoint has settled that, nothing is widened and nothing is signed; narrow and pause work.";

/** Why a command that would loosen something was refused. */
export function refusedInDoubt(sentence: string): string {
  return `${cannotTrust} ${sentence} ${meanwhile}`;
}

/** The same to a channel, once. */
export function toldInDoubt(sentence: string): Line {
  return [`${cannotTrust} `, { untrusted: sentence }, ` ${meanwhile}`];
}
