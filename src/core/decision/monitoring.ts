import { nearestNames } from "../did-you-mean.ts";
import type { Policy } from "../policy/model.ts";
import type { Refusal } from "../state/refusal.ts";

/** What somebody says to monitor when nothing does yet. */
export const nothingYet = "none yet";

/** Everything that watches under a policy: its rules, then the sources they are fed from. */
export function watchers({ triggers, sources }: Pick<Policy, "triggers" | "sources">) {
  return {
    rules: [...triggers.keys()],
    sources: [...sources.keys()],
  };
}

/**
 * The rule or source that was meant, or that there is none yet. A promise to watch that names
 * nothing would watch nothing.
 */
export function watcherNamed(
  policy: Pick<Policy, "triggers" | "sources">,
  text: string,
): string | Refusal {
  const said = text.trim().toLowerCase();
  if (said === nothingYet || said === "none" || said === "nothing yet") return nothingYet;
  const { rules, sources } = watchers(policy);
  const names = [...rules, ...sources];
  const bare = said.replace(/^(rule|trigger|source) /, "");
  const found = names.find((name) => name === said) ?? names.find((name) => name === bare);
  return found ?? { refused: "unknown-watch", name: text, nearest: nearestNames(bare, names) };
}
