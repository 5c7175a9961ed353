import type { PersonId } from "../ids.ts";
import { authoritiesOf } from "../policy/authority-for.ts";
import type { Deployment, Policy, Ref, Trigger } from "../policy/model.ts";
import { mayMean, refsIn } from "./authority.ts";
import type { Actor } from "./person.ts";

/**
 * Who may read what. A policy without `readers` is read by whoever it names. With it, a reader
 * reads the deployments that they are given and those whose rules name them; somebody else whom a
 * rule names reads all; everybody else reads nothing.
 */

/** The deployments that somebody may read. */
export type Readable = "all" | ReadonlySet<string>;

const nothing: Readable = new Set<string>();

/** What somebody may read under a policy: the one place that decides it. */
export function readableBy(
  policy: Pick<Policy, "people" | "readers" | "deployments" | "schedules" | "triggers">,
  actor: Actor,
): Readable {
  if (policy.readers === null) return "all";
  if (actor.type === "stranger") return nothing;
  if (actor.type !== "person") return "all";
  const { person } = actor;
  if (!policy.people.has(person)) return nothing;
  const given = policy.readers.get(person);
  const own = namedIn(policy, person);
  if (given === undefined) return own.length > 0 ? "all" : nothing;
  return given === "all" ? "all" : new Set([...given, ...own]);
}

/** Whether a policy that says who may read gives this person nothing else to do. */
export function readsOnly(
  policy: Pick<Policy, "readers" | "deployments" | "schedules" | "triggers">,
  person: PersonId,
): boolean {
  return policy.readers !== null && namedIn(policy, person).length === 0;
}

/** Whether this deployment is among them; what belongs to no deployment is not. */
export function mayRead(readable: Readable, deployment: string | null): boolean {
  return readable === "all" || (deployment !== null && readable.has(deployment));
}

/** The deployments whose rules name a person, or a schedule that may mean them. */
function namedIn(
  policy: Pick<Policy, "deployments" | "schedules" | "triggers">,
  person: PersonId,
): readonly string[] {
  return [...policy.deployments.values()]
    .filter(
      (deployment) =>
        deployment.owner === person ||
        refsOf(policy, deployment).some((ref) => mayMean(policy, ref, person)),
    )
    .map(({ id }) => id);
}

const refsOf = (
  policy: Pick<Policy, "deployments" | "triggers">,
  deployment: Deployment,
): readonly Ref[] =>
  authoritiesOf(policy, deployment).flatMap((authority) => [
    ...refsIn(authority),
    ...authority.breakGlass,
  ]);

/** The policy as far as it is about these deployments, so that nothing else of it can be named. */
export function narrowedTo(policy: Policy, readable: Readable): Policy {
  if (readable === "all") return policy;
  const deployments = new Map([...policy.deployments].filter(([id]) => readable.has(id)));
  const refs = [...deployments.values()].flatMap((one) => refsOf(policy, one));
  const channels = new Set([...deployments.values()].map(({ channel }) => channel));
  return {
    ...policy,
    deployments,
    groups: new Map([...policy.groups].flatMap((named) => narrowedGroup(named, readable))),
    triggers: new Map([...policy.triggers].flatMap((named) => narrowedTrigger(named, readable))),
    schedules: new Map([...policy.schedules].filter(([id]) => refs.includes(`schedule:${id}`))),
    channels: new Map([...policy.channels].filter(([id]) => channels.has(id))),
    unmatchedChannel: null,
    sources: new Map(),
    notify: new Map(),
    wake: new Map(),
    audit: new Map(),
  };
}

function narrowedTrigger(
  [id, trigger]: readonly [string, Trigger],
  readable: ReadonlySet<string>,
): readonly (readonly [string, Trigger])[] {
  const deployments = trigger.deployments.filter((deployment) => readable.has(deployment));
  return deployments.length === 0 ? [] : [[id, { ...trigger, deployments }]];
}

function narrowedGroup(
  [id, members]: readonly [string, readonly string[]],
  readable: ReadonlySet<string>,
): readonly (readonly [string, readonly string[]])[] {
  const own = members.filter((deployment) => readable.has(deployment));
  return own.length === 0 ? [] : [[id, own]];
}

/** The same of the canonical form: its deployments and the rules about them, and nothing else. */
export function narrowedCanonical(canonical: object, readable: ReadonlySet<string>): object {
  const { deployments = {}, triggers = {} } = canonical as {
    readonly deployments?: Readonly<Record<string, object>>;
    readonly triggers?: Readonly<Record<string, { readonly deployments?: readonly string[] }>>;
  };
  return {
    deployments: Object.fromEntries(Object.entries(deployments).filter(([id]) => readable.has(id))),
    triggers: Object.fromEntries(
      Object.entries(triggers).flatMap(([id, trigger]) => {
        const own = (trigger.deployments ?? []).filter((deployment) => readable.has(deployment));
        return own.length === 0 ? [] : [[id, { ...trigger, deployments: own }]];
      }),
    ),
  };
}
