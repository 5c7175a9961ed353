/** The example policy, changed for a story. */

/**
 * Five people who take turns by the hour; whoever is on call acknowledges and decides, within two
 * hours.
 */
export function hourly(yaml: string): string {
  return yaml
    .replace("rotation: [ana, bob]", "rotation: [ana, bob, chidi, dana, frank]")
    .replace(
      'handoff: { every: 1w, on: monday, at: "09:00", from: "2026-11-02" }',
      'handoff: { every: 1h, at: "10:00", from: "2026-11-23" }',
    )
    .replace("decider: chidi                    #", "decider: schedule:model-oncall #")
    .replace("deputies: [erin]                  #", "deputies: [] #")
    .replace("decideWithin: 20m", "decideWithin: 2h");
}

/** Two more deployments with other deciders. */
export function threeDeployments(yaml: string): string {
  const [, own = ""] = /^deployments:\n([\s\S]*?)^triggers:/m.exec(yaml) ?? [];
  const like = (id: string, name: string, decider: string): string =>
    own
      .replace("assistant-prod:", `${id}:`)
      .replace("Assistant (production)", name)
      .replaceAll("decider: chidi", `decider: ${decider}`)
      .replaceAll("deputies: [erin]", "deputies: [chidi]");
  return yaml.replace(
    own,
    `${own}${like("agents-eu", "Agents EU", "erin")}${like("search-beta", "Search beta", "frank")}`,
  );
}
