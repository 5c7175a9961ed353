import { textsIn } from "../../core/card/history-line.ts";
import type { ViewContext } from "../../core/card/view-context.ts";
import { type Requested, reasonsFor, requestedSince } from "../../core/decision/since-request.ts";
import type { Commitment } from "../../core/ids.ts";
import { mostHeard } from "../../core/reassessment/changes-since-decision.ts";
import { isUnmatched, type Situation } from "../../core/state/situation.ts";
import type { EscalationState } from "../../core/state/state.ts";
import type { Recorded, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import type { Recalled } from "../unit-of-work-parts.ts";

/**
 * What the state alone does not say: the texts beside the log, record numbers, and what came in
 * since a resume was asked for.
 */

/** The texts that these entries commit to, as far as they are kept. */
export async function textsOf(
  store: Pick<Store, "texts">,
  found: readonly Recorded[],
): Promise<ReadonlyMap<Commitment, string>> {
  const kept = await store.texts(found.flatMap(({ entry }) => textsIn(entry)));
  return new Map([...kept].map(([commitment, { text }]) => [commitment, text]));
}

/** What nobody has a rule for is told in its sender's words. */
const signalsOn = ({ seen, others }: EscalationState): readonly Commitment[] => [
  ...(seen ? [seen.signal] : []),
  ...(others?.names ?? []).map(({ signal }) => signal),
];

/** Adds texts from the erasable table and the record numbers of the decisions in sight. */
export async function withRecords(
  store: Store,
  {
    work,
    deployment,
    closed,
  }: {
    readonly work: UnitOfWork;
    readonly deployment: string;
    readonly closed?: EscalationState | undefined;
  },
): Promise<ViewContext> {
  const { escalations } = work.state(deployment);
  return recordsOf(store, {
    work,
    deployment,
    escalations: closed ? [...escalations, closed] : escalations,
  });
}

/** The same for what is said of these escalations alone. */
export async function recordsOf(
  store: Store,
  {
    work,
    deployment,
    escalations,
  }: {
    readonly work: UnitOfWork;
    readonly deployment: string;
    readonly escalations: readonly EscalationState[];
  },
): Promise<ViewContext> {
  const state = work.state(deployment);
  const decided = [
    state.posture?.decided,
    state.lastDecision,
    ...escalations.map((escalation) => escalation.decided),
  ].filter((decision) => decision != null);
  const entries = await store.entryById([...new Set(decided.map((decision) => decision.entry))]);
  const indexes = new Map(entries.map(({ index, entry }) => [entry.id, index]));
  const commitments = [
    ...decided.flatMap((decision) => [
      decision.reason,
      ...(decision.agreed ?? []).map(({ reason }) => reason),
    ]),
    ...reasonsFor(state.proposal),
    ...escalations.flatMap((escalation) => [
      escalation.reason,
      ...escalation.acknowledged.map(({ reason = "" }) => reason),
    ]),
    ...escalations.filter(isUnmatched).flatMap(signalsOn),
  ].filter((commitment) => commitment !== "");
  const texts = new Map([...work.rules.texts()]);
  for (const [commitment, { text }] of await store.texts(commitments)) texts.set(commitment, text);
  const requested = await requestedIn(store, work.situation(deployment));
  return {
    ...work.viewContext(deployment),
    texts,
    requested,
    indexOf: (entry) => indexes.get(entry) ?? null,
  };
}

/** More than anybody decides while a resume waits a day for its second person. */
const mostDecided = 20;

/** What came in and was decided after a resume was asked for; null where none waits. */
async function requestedIn(
  store: Pick<Store, "signalsSince" | "entries" | "entryById">,
  situation: Situation,
): Promise<Requested | null> {
  const { id, proposal } = situation.state;
  if (!proposal) return null;
  const [asked] = await store.entryById([proposal.entry]);
  const heard = await store.signalsSince(id, proposal.at, mostHeard);
  const kinds = ["decision.made"];
  const made = await store.entries({
    deployment: id,
    kinds,
    since: proposal.at,
    limit: mostDecided,
  });
  const after = made.filter(({ index }) => asked !== undefined && index > asked.index).reverse();
  return requestedSince(
    situation,
    heard,
    after.map(({ entry }) => entry),
  );
}

/**
 * The same, with the reasons that were given for it, to be said where only the state is at hand.
 */
export async function requestIn(
  store: Pick<Store, "signalsSince" | "entries" | "entryById" | "texts">,
  situation: Situation,
): Promise<Recalled> {
  const texts = await store.texts(reasonsFor(situation.state.proposal));
  return {
    requested: await requestedIn(store, situation),
    texts: [...texts.values()],
  };
}
