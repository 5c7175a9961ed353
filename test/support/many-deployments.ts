import { parse, stringify } from "yaml";
import type { EscalationId } from "../../src/core/ids.ts";
import { userOf } from "./slack-people.ts";
import { accountFor } from "./teams-server.ts";
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

/**
 * The same for a few, and each deployment has a person on call and a decider of its own (`bobOf`,
 * `chidiOf`): what a chat asks once about a person is asked again on each.
 */
export function teamsOf(count: number): (yaml: string) => string {
  return (yaml) => {
    const { people, schedules, deployments, triggers, ...policy } = parse(yaml);
    const [schedule] = Object.values<object>(schedules);
    const [deployment] = Object.values<object>(deployments);
    const all = Array.from({ length: count }, (_, at) => at);
    const ids = all.map(deploymentAt);
    const teams = {
      ...policy,
      people: Object.fromEntries([
        ...Object.entries(people),
        ...all.map((at) => [bobOf(at), copyOf(people.bob, bobOf(at))]),
        ...all.map((at) => [chidiOf(at), copyOf(people.chidi, chidiOf(at))]),
      ]),
      schedules: Object.fromEntries(
        all.map((at) => [
          `oncall-${at}`,
          { ...schedule, rotation: ["ana", bobOf(at)], overrides: [] },
        ]),
      ),
      deployments: Object.fromEntries(
        all.map((at) => [deploymentAt(at), { ...ownOf(deployment, at), name: deploymentAt(at) }]),
      ),
      triggers: Object.fromEntries(
        Object.entries<object>(triggers).map(([name, rule]) => [
          name,
          { ...rule, deployments: ids },
        ]),
      ),
      sources: { signals: policy.sources.signals },
    };
    return stringify(teams, { aliasDuplicateObjects: false });
  };
}

/** A deployment for which its own people are asked. */
const ownOf = (deployment: object | undefined, at: number): object =>
  JSON.parse(
    JSON.stringify(deployment)
      .replaceAll("schedule:model-oncall", `schedule:oncall-${at}`)
      .replaceAll('"chidi"', `"${chidiOf(at)}"`),
  );

/** The keys of whoever is on call for a deployment of `manyTeams`, and of whoever decides. */
export const bobOf = (at: number): string => `bob${at + 10}`;
export const chidiOf = (at: number): string => `chidi${at + 10}`;

const copyOf = ({ name }: { readonly name: string }, key: string): object => ({
  name: `${name} ${key.slice(-2)}`,
  slack: userOf(key),
  teams: accountFor(key).aad,
});

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
