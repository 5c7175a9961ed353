/**
 * How sure we must be of who speaks. stop: the chat's signature and the policy are enough, as
 * nothing must stand in the way of a stop. ask: the chat is asked, and believed if it answers in
 * time. certain: where it does not, the answer is no.
 */
export type Trust = "stop" | "ask" | "certain";

const stops: ReadonlySet<string> = new Set(["ack", "narrow", "pause"]);

/** Nothing widens by these, and they settle nothing. */
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

/** What a line needs; whatever is not known to be harmless must be certain. */
export function trustFor(line: string): Trust {
  const [first = "", second = ""] = line.toLowerCase().replace(/^\//, "").split(" ");
  if (stops.has(first)) return "stop";
  if (first === "breakglass" && stops.has(second)) return "stop";
  return asks.has(first) ? "ask" : "certain";
}
