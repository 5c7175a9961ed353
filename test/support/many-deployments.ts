import { parse, stringify } from "yaml";
import type { EscalationId } from "../../src/core/ids.ts";
import { jailbreak } from "./world.ts";
import type { World } from "./world-shape.ts";

/**
 * The example's deployment many times under one policy: what is tried on one tells nothing of the
 * next, so a sweep of faults needs one world and not one for each fault.
 *
 *     const world = await openWorld(kind, { policy: manyDeployments });
 *     await alarm(world, [1, 2, 3]);
 *     await world.say("bob", `pause ${await escalationOn(world, 2)} because it is real`);
 */
export function manyDeployments(yaml: string): string {
  const policy = parse(yaml);
  const [deployment] = Object.values(policy.deployments);
  const ids = Array.from({ length: most }, (_, at) => deploymentAt(at));
  const triggers = Object.entries<object>(policy.triggers).map(([name, rule]) => [
    name,
    { ...rule, deployments: ids },
  ]);
  const many = {
    ...policy,
    deployments: Object.fromEntries(ids.map((id) => [id, { ...Object(deployment), name: id }])),
    triggers: Object.fromEntries(triggers),
    sources: { signals: policy.sources.signals },
  };
  return stringify(many, { aliasDuplicateObjects: false });
}

/** More than any sweep needs. */
const most = 64;

export function deploymentAt(at: number): string {
  return `assistant-${at}`;
}

/** One eval result for each of these deployments, in one delivery; each opens an escalation. */
export async function alarm(world: World, ats: readonly number[]): Promise<void> {
  await world.send(
    "signals",
    ats.map((at) => alarmAt(at)),
  );
}

export function alarmAt(at: number): object {
  return jailbreak(0.08, { id: deploymentAt(at), deployment: deploymentAt(at) });
}

/** The one open escalation of a deployment. */
export async function escalationOn(world: World, at: number): Promise<EscalationId> {
  const live = await world.server().store.liveEscalations();
  const [found, other] = live.filter(({ deployment }) => deployment === deploymentAt(at));
  if (!found || other) throw new Error(`${deploymentAt(at)} has not one open escalation`);
  return found.id;
}
