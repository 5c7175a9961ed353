/** Several deployments by one name: `group:agents`, and `model:aurora-3` for all that run it. */

/** What of a policy says which deployments a name stands for. */
export interface Grouping {
  readonly deployments: ReadonlyMap<string, { readonly id: string; readonly model: string }>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** The same of a policy as it is written. */
export interface WrittenGroups {
  readonly deployments: Readonly<Record<string, { readonly model: string }>>;
  readonly groups?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** In the order of names, whether it is read from a file or from the log. */
export function groupingOf({ deployments, groups = {} }: WrittenGroups): Grouping {
  return {
    deployments: new Map(
      Object.entries(deployments)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, { model }]) => [id, { id, model }] as const),
    ),
    groups: new Map(Object.entries(groups)),
  };
}

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
  const running = [...policy.deployments.values()].filter(({ model }) => model === rest);
  const found = kind === "group" ? (policy.groups.get(rest) ?? []) : running.map(({ id }) => id);
  return rest === "" || found.length === 0 ? null : found;
}

/** The deployments that a sender means: all that a group or a model stands for, else the one. */
export function reachedBy(policy: Grouping, name: string): readonly string[] {
  return togetherAs(policy, name) ?? [name];
}
