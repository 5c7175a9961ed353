import type { Journal } from "../journal.ts";
import type { Coverage, Store } from "../ports.ts";

/**
 * Holds the policy in force against what is stored; null before the first policy. A rule keeps
 * under its name what it met under older words.
 */
export async function coverage({
  store,
  journal,
}: {
  readonly store: Pick<Store, "verdictsOf" | "heardFrom">;
  readonly journal: Pick<Journal, "look">;
}): Promise<Coverage | null> {
  const { org, rules } = await journal.look([]);
  if (org.policy === "") return null;
  const { triggers, sources, deployments } = rules.policy(org.policy);
  const verdicts = await store.verdictsOf([...triggers.keys()]);
  const heard = await store.heardFrom([...sources.keys()]);
  const watched = new Set(
    [...triggers.values()].flatMap(({ shadow, deployments }) => (shadow ? [] : deployments)),
  );
  const rulesThat = (verdict: string) =>
    [...triggers.keys()].filter((id) => (verdicts.get(id) ?? "never") === verdict);
  return {
    digest: org.policy,
    rulesNeverMet: rulesThat("never"),
    rulesNeverTold: rulesThat("indeterminate"),
    sourcesNeverHeard: [...sources.keys()].filter((id) => (heard.get(id)?.at ?? null) === null),
    deploymentsWithoutTrigger: [...deployments.keys()].filter((id) => !watched.has(id)),
  };
}
