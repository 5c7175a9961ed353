/**
 * How certain the identity of the person must be. stop: the chat's signature and the policy are
 * enough, so that nothing delays a stop. ask: the chat is asked, and a missing answer is accepted.
 * certain: the chat must confirm it.
 */
export type Trust = "stop" | "ask" | "certain";

const stops: ReadonlySet<string> = new Set(["ack", "narrow", "pause"]);

/** Commands that widen nothing and decide nothing. */
const asks: ReadonlySet<string> = new Set([
  "status",
  "who",
  "decisions",
  "prove",
  "help",
  "raise",
  "reason",
  "reassess",
  "rehearse",
]);

/** The level that a line needs; unknown commands need certainty. */
export function trustFor(line: string): Trust {
  const [first = "", second = ""] = line.toLowerCase().replace(/^\//, "").split(" ");
  if (stops.has(first)) return "stop";
  if (first === "breakglass" && stops.has(second)) return "stop";
  return asks.has(first) ? "ask" : "certain";
}
