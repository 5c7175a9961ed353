import type { ViewContext } from "../../core/card/view-context.ts";
import type { EscalationId, Instant, PersonId } from "../../core/ids.ts";
import type { Entry } from "../../core/log/entry.ts";
import type { People } from "../../core/people/person.ts";
import type { Policy } from "../../core/policy/model.ts";
import { emptyFold, foldDeployment, unheardOf } from "../../core/state/fold.ts";
import { foldOrg } from "../../core/state/fold-org.ts";
import type { DeploymentState, OrgState } from "../../core/state/state.ts";
import { instantOf, timeOf } from "../../core/time.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Recorded, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import type { createPostureHistory } from "./posture-history.ts";

/**
 * What was true at an instant of the past, put together from the entries that it follows from: each
 * is found by its key, so that the answer costs the same however long the log is.
 */

export interface PastParts {
  readonly store: Store;
  readonly rules: PolicyCache;
  readonly look: (deployments: readonly string[]) => Promise<UnitOfWork>;
  readonly history: ReturnType<typeof createPostureHistory>;
}

/** The rules and the people as they were, and each deployment as it was. */
export interface Past {
  readonly at: Instant;
  readonly policy: Policy;
  /** When that policy was adopted, and by which entry. */
  readonly adopted: Recorded;
  /** As of then: with its names, and with the escalations that were open or settled. */
  viewsOf(deployments: readonly string[]): Promise<readonly ViewContext[]>;
  /** The same with posture, review and gateways alone: as fast for many deployments as for one. */
  posturesOf(deployments: readonly string[]): Promise<readonly ViewContext[]>;
}

/** Null where nothing was in force yet. */
export async function pastAt(parts: PastParts, at: Instant): Promise<Past | null> {
  const { store, rules } = parts;
  const until = at + 1;
  const [adopted] = await store.entries({ kinds: ["policy.adopted"], until, limit: 1 });
  if (adopted?.entry.kind !== "policy.adopted") return null;
  const { digest } = adopted.entry;
  await rules.load([digest]);
  const org = await orgAt(store, at, adopted.entry);
  const [people, names] = await peopleAt(parts, at);
  const policy = rules.policy(digest);
  const seen = (
    work: UnitOfWork,
    state: DeploymentState,
    texts: ReadonlyMap<string, string>,
  ): ViewContext => ({
    situation: {
      ...work.situation(state.id),
      now: at,
      policy,
      org,
      state,
      unreachable: () => false,
      link: null,
      evidence: new Map(),
    },
    people,
    texts,
    indexOf: () => null,
    since: null,
    requested: null,
  });
  return {
    at,
    policy,
    adopted,
    viewsOf: async (deployments) => {
      const work = await parts.look(deployments);
      const states = await statesAt(parts, work, { deployments, at });
      await rules.load(
        states.flatMap(({ escalations }) => escalations.map(({ policy }) => policy)),
      );
      const reasons = await store.texts(states.flatMap(textsOf));
      const texts = new Map([...rules.texts(), ...names]);
      for (const [commitment, { text }] of reasons) texts.set(commitment, text);
      return states.map((state) => seen(work, state, texts));
    },
    posturesOf: async (deployments) => {
      const work = await parts.look(deployments);
      const states = await posturesAt(parts, work, { deployments, at });
      return deployments.map((id) => seen(work, states.get(id) ?? unheardOf(id), names));
    },
  };
}

/** More absences, and more changes of who is who, than any answer needs. */
const mostAboutPeople = 1_000;

async function orgAt(
  store: Store,
  at: Instant,
  adopted: Entry & { readonly kind: "policy.adopted" },
): Promise<OrgState> {
  const away = await store.entries({
    kinds: ["person.away"],
    until: at + 1,
    limit: mostAboutPeople,
  });
  return [...away.map(({ entry }) => entry), adopted].toReversed().reduce(foldOrg, emptyFold.org);
}

/** Who everybody was then: with the name that the record had last, where its text is kept. */
async function peopleAt(
  { store, rules }: PastParts,
  at: Instant,
): Promise<readonly [People, ReadonlyMap<string, string>]> {
  const kinds = ["identity.bound", "identity.changed"];
  const found = await store.entries({ kinds, until: at + 1, limit: mostAboutPeople });
  const names = new Map<PersonId, string>();
  for (const { entry } of found.toReversed())
    for (const [person, name] of namesIn(entry)) names.set(person, name);
  const texts = new Map(
    [...(await store.texts([...names.values()]))].map(([name, { text }]) => [name, text]),
  );
  const people = new Map(
    [...rules.people()].map(([id, person]) => {
      const name = texts.get(names.get(id) ?? "");
      return [id, name === undefined ? person : { ...person, name }];
    }),
  );
  return [people, texts];
}

function namesIn(entry: Entry): readonly (readonly [PersonId, string])[] {
  if (entry.kind === "identity.bound")
    return entry.bound.flatMap(({ person, parts }) =>
      parts.filter(({ of }) => of === "name").map(({ value }) => [person, value] as const),
    );
  if (entry.kind !== "identity.changed") return [];
  return entry.changes
    .filter(({ of, after }) => of === "name" && after !== "")
    .map(({ after }) => [entry.person, after] as const);
}

interface Asked {
  readonly deployments: readonly string[];
  readonly at: Instant;
}

const posturesAt = (
  { history }: PastParts,
  work: UnitOfWork,
  { deployments, at }: Asked,
): Promise<ReadonlyMap<string, DeploymentState>> =>
  history.statesAt(
    deployments.map((id) => work.state(id)),
    at,
  );

async function statesAt(
  parts: PastParts,
  work: UnitOfWork,
  { deployments, at }: Asked,
): Promise<readonly DeploymentState[]> {
  const { store } = parts;
  const postures = await posturesAt(parts, work, { deployments, at });
  const live = await store.liveAt(at);
  const states: DeploymentState[] = [];
  for (const id of deployments) {
    const state = await withMover(store, at, postures.get(id) ?? unheardOf(id));
    const own = live
      .filter(({ deployment }) => deployment === id)
      .map((escalation) => escalation.id);
    const { escalations } = await escalationsAt(store, own, { deployment: id, at });
    states.push({ ...state, escalations, proposal: await proposalAt(store, id, at) });
  }
  return states;
}

/** Decisions that left a posture as it was, one after the other. */
const mostUnmoved = 100;

/** The posture with when it began, where the last decision left it as it was. */
async function withMover(
  store: Store,
  at: Instant,
  state: DeploymentState,
): Promise<DeploymentState> {
  const { id: deployment, posture } = state;
  if (!posture?.decided || posture.decided.before !== posture.decided.after) return state;
  const kinds = ["decision.made"];
  const made = await store.entries({ kinds, deployment, until: at + 1, limit: mostUnmoved });
  const mover = made.find(
    ({ entry }) => entry.kind === "decision.made" && entry.before !== entry.after,
  );
  return mover ? { ...state, posture: { ...posture, since: timeOf(mover.entry) } } : state;
}

/** What one escalation is told by: more than a card could show. */
const mostOfOne = 2_000;

/** These escalations as their entries had made them. */
async function escalationsAt(
  store: Store,
  ids: readonly EscalationId[],
  { deployment, at }: { readonly deployment: string; readonly at: Instant },
): Promise<DeploymentState> {
  const byIndex = new Map<number, Entry>();
  for (const escalation of ids) {
    const until = at + 1;
    const opened = { kinds: ["escalation.opened"], escalation, until, limit: 1 };
    const all = { escalation, until, limit: mostOfOne };
    for (const filter of [opened, all])
      for (const { index, entry } of await store.entries(filter)) byIndex.set(index, entry);
  }
  const entries = [...byIndex].sort(([a], [b]) => a - b).map(([, entry]) => entry);
  return entries.reduce(foldDeployment, unheardOf(deployment));
}

const aboutResume = ["decision.confirmed", "decision.lapsed", "decision.made"];

/** The resume that was waiting for somebody. */
async function proposalAt(
  store: Store,
  deployment: string,
  at: Instant,
): Promise<DeploymentState["proposal"]> {
  const until = at + 1;
  const [asked] = await store.entries({
    kinds: ["decision.proposed"],
    deployment,
    until,
    limit: 1,
  });
  if (asked?.entry.kind !== "decision.proposed" || instantOf(asked.entry.expires) <= at)
    return null;
  const above = asked.index + 1;
  const after = await store.entries({
    kinds: aboutResume,
    deployment,
    until,
    above,
    limit: mostUnmoved,
  });
  const entries = [asked, ...after.toReversed()].map(({ entry }) => entry);
  return entries.reduce(foldDeployment, unheardOf(deployment)).proposal;
}

const textsOf = ({ posture, escalations, proposal }: DeploymentState): readonly string[] => [
  ...(posture?.decided ? [posture.decided.reason] : []),
  ...(proposal ? [proposal.reason] : []),
  ...escalations.flatMap(({ reason, decided, acknowledged }) => [
    reason,
    decided?.reason ?? "",
    ...acknowledged.map((seen) => seen.reason ?? ""),
  ]),
];
