import { type Line, line } from "./line.ts";

/** The words of what is shown and is nothing else. Part of the words of words.ts. */

const quoted = (said: string): Line => (said === "" ? [] : [": “", { untrusted: said }, "”"]);

export function test(where: string, source: string, said: string): Line {
  return line`🧪 TEST notification from ${{ untrusted: source }} about ${{ untrusted: where }}${quoted(said)}. It arrived; no escalation was opened and no deadline runs.`;
}

export function over(where: string, source: string, said: string): Line {
  return line`${{ untrusted: where }}: an alert from ${{ untrusted: source }} had resolved before it arrived${quoted(said)}. No escalation was opened. To open one, say raise ${{ untrusted: where }} because …`;
}
