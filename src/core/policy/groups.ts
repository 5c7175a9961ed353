import type { Policy } from "./model.ts";

/** Several deployments by one name: `group:agents`, and `model:aurora-3` for all that run it. */

/** What of a policy says which deployments a name stands for. */
export type Grouping = Pick<Policy, "deployments" | "groups">;

/** `group:agents` or `model:aurora-3`. */
export interface Together {
  readonly name: string;
  readonly deployments: readonly string[];
}

/** Everything that stands for several deployments, groups first, in the order of names. */
export function allTogether({ deployments, groups }: Grouping): readonly Together[] {
  const ofModel = new Map<string, string[]>();
  for (const { id, model } of deployments.values())
    if (model !== "") ofModel.set(model, [...(ofModel.get(model) ?? []), id]);
  return [...named("group", groups), ...named("model", ofModel)];
}

const named = (
  kind: "group" | "model",
  all: ReadonlyMap<string, readonly string[]>,
): readonly Together[] =>
  [...all].map(([name, deployments]) => ({ name: `${kind}:${name}`, deployments }));

/** The deployments that a name stands for as it is written; null where it stands for none. */
export function togetherAs(policy: Grouping, name: string): readonly string[] | null {
  const [, kind = "", rest = ""] = /^(group|model):(.+)$/s.exec(name) ?? [];
  if (kind === "group") return policy.groups.get(rest) ?? null;
  if (kind === "") return null;
  const running = [...policy.deployments.values()].filter(({ model }) => model === rest);
  return running.length === 0 ? null : running.map(({ id }) => id);
}
