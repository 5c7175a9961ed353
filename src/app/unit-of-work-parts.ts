import { duesOf } from "../core/deadlines.ts";
import type { Requested } from "../core/decision/since-request.ts";
import { modelIn } from "../core/escalation/escalation.ts";
import type { Commitment, EntryId, EscalationId, Instant } from "../core/ids.ts";
import type { EvidenceReference } from "../core/log/entry.ts";
import type { EscalationEvidence } from "../core/state/evidence.ts";
import { emptyFold, unheardOf } from "../core/state/fold.ts";
import type { BodyOf, Situation } from "../core/state/situation.ts";
import type { DeploymentState, NumbersState, OrgState } from "../core/state/state.ts";
import type { ToldChat } from "./outbox/outbox-rows.ts";
import type { PolicyCache } from "./policy-cache.ts";
import type { Change, Due, Random, Snapshot, StreamName, Text } from "./ports.ts";

/** What a unit of work is given besides the snapshot. */
export interface Surroundings {
  readonly now: Instant;
  readonly origin: string;
  readonly random: Random;
  readonly rules: PolicyCache;
  readonly unreachable: Situation["unreachable"];
  readonly asksPerson: Situation["asksPerson"];
  readonly link: Situation["link"];
  readonly evidence: ReadonlyMap<EscalationId, EscalationEvidence>;
  readonly inDoubt: boolean;
  /** What stands for the account of whoever speaks, where the policy does not name them. */
  readonly stranger: Text | null;
  /** The chats that are told. */
  readonly chats: readonly ToldChat[];
}

/** What is said of a resume that waits besides what the state says. */
export interface Recalled {
  readonly requested: Requested | null;
  readonly texts: readonly Text[];
}

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K];
};

type Beside =
  | "people"
  | "policies"
  | "conditions"
  | "signals"
  | "readings"
  | "stored"
  | "deliveries"
  | "sessions";

/** What comes with the entries besides what follows from them. */
export type Extra = Mutable<Pick<Change, Beside | "links" | "spent">>;

/** Where nothing comes with the entries so far. */
export function nothingBeside(): Extra {
  return {
    people: [],
    policies: [],
    conditions: [],
    signals: [],
    readings: [],
    stored: [],
    deliveries: [],
    sessions: [],
    links: [],
    spent: [],
  };
}

/** The deployment whose stream this is; null for the streams that belong to none. */
export function deploymentIn(stream: StreamName): string | null {
  return stream.startsWith("deployment:") ? stream.slice("deployment:".length) : null;
}

/** The states that were read. What an older version wrote may lack keys that were added later. */
export function statesIn({ streams }: Snapshot): {
  readonly org: OrgState;
  readonly numbers: NumbersState;
  readonly deployments: Map<string, DeploymentState>;
} {
  const state = (name: StreamName) => streams.get(name)?.state ?? null;
  const deployments = new Map<string, DeploymentState>();
  for (const name of streams.keys()) {
    const id = deploymentIn(name);
    const written = state(name) as DeploymentState | null;
    if (id !== null) deployments.set(id, { ...unheardOf(id), ...written });
  }
  return {
    org: { ...emptyFold.org, ...(state("org") as OrgState | null) },
    numbers: (state("numbers") as NumbersState | null) ?? emptyFold.numbers,
    deployments,
  };
}

/** The texts that were read, and those that are added with this change. */
export function withTexts(
  read: Iterable<readonly [Commitment, string]>,
  added: readonly Text[],
): ReadonlyMap<Commitment, string> {
  return new Map([...read, ...added.map(({ commitment, text }) => [commitment, text] as const)]);
}

/** What cards show of the conditions of these escalations. */
export function shownRows(
  escalations: Iterable<EscalationId>,
  evidence: ReadonlyMap<EscalationId, EscalationEvidence>,
): Change["shown"] {
  return [...escalations].flatMap((escalation) => {
    const shown = evidence.get(escalation)?.shown;
    return shown ? [{ escalation, shown }] : [];
  });
}

/** What is due in a deployment's stream; nothing in the other streams. */
export function duesIn(
  stream: StreamName,
  situationOf: (deployment: string) => Situation,
): readonly Due[] {
  const id = deploymentIn(stream);
  return id === null ? [] : duesOf(situationOf(id)).map(({ kind, at }) => ({ stream, kind, at }));
}

/** The newest signals since the decision before, and how many further ones there were. */
export interface RestedOn {
  readonly evidence: readonly EvidenceReference[];
  readonly more: number;
}

/** A decision to resume or to keep, with what it rests on; anything else as it is. */
export function restingOn(
  situation: Situation,
  body: BodyOf<"decision.made">,
  { evidence, more }: RestedOn,
): BodyOf<"decision.made"> {
  if (!restsOnEvidence(body.decision)) return body;
  return {
    ...body,
    ...modelIn(situation),
    ...(evidence.length > 0 && { evidence }),
    ...(more > 0 && { moreEvidence: more }),
  };
}

/** Whether a decision is about what came in, rather than against it. */
export function restsOnEvidence(decision: string): boolean {
  return decision === "resume" || decision === "keep";
}

/** The stops of groups, by their first decision, that a deployment is no longer under. */
export function stopsLeft(before: DeploymentState, after: DeploymentState): readonly EntryId[] {
  const still = after.posture?.groups ?? [];
  return (before.posture?.groups ?? []).filter((first) => !still.includes(first));
}
