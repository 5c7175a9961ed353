import type { Commitment } from "../core/ids.ts";
import { type Requested, reasonsFor, requestedSince } from "../core/request.ts";
import { mostHeard } from "../core/since.ts";
import { isUnmatched, type Situation } from "../core/situation.ts";
import type { EscalationState } from "../core/state.ts";
import type { Telling } from "../core/telling.ts";
import type { Desk } from "./desk.ts";
import type { Recalled } from "./desk-parts.ts";
import type { Store } from "./ports.ts";

/** What the state alone does not say: the texts beside the log, record numbers, and what came in since a resume was asked for. */

/** What nobody has a rule for is told in its sender's words. */
const signalsOn = ({ seen, others }: EscalationState): readonly Commitment[] => [
  ...(seen ? [seen.signal] : []),
  ...(others?.names ?? []).map(({ signal }) => signal),
];

/** Adds texts from the erasable table and the record numbers of the decisions in sight. */
export const withRecords = async (
  store: Store,
  desk: Desk,
  deployment: string,
  closed?: EscalationState,
): Promise<Telling> => {
  const { escalations } = desk.state(deployment);
  return recordsOf(store, desk, deployment, closed ? [...escalations, closed] : escalations);
};

/** The same for what is said of these escalations alone. */
export const recordsOf = async (
  store: Store,
  desk: Desk,
  deployment: string,
  escalations: readonly EscalationState[],
): Promise<Telling> => {
  const state = desk.state(deployment);
  const decided = [
    state.posture?.decided,
    state.lastDecision,
    ...escalations.map((one) => one.decided),
  ].filter((one) => one != null);
  const entries = await store.entryById([...new Set(decided.map((one) => one.entry))]);
  const indexes = new Map(entries.map(({ index, entry }) => [entry.id, index]));
  const commitments = [
    ...decided.flatMap((one) => [one.reason, ...(one.agreed ?? []).map(({ reason }) => reason)]),
    ...reasonsFor(state.proposal),
    ...escalations.flatMap((one) => [
      one.reason,
      ...one.acknowledged.map(({ reason = "" }) => reason),
    ]),
    ...escalations.filter(isUnmatched).flatMap(signalsOn),
  ].filter((one) => one !== "");
  const texts = new Map([...desk.rules.texts()]);
  for (const [commitment, { text }] of await store.texts(commitments)) texts.set(commitment, text);
  const requested = await requestedIn(store, desk.situation(deployment));
  return {
    ...desk.telling(deployment),
    ...{ texts, requested },
    indexOf: (entry) => indexes.get(entry) ?? null,
  };
};

/** More than anybody decides while a resume waits a day for its second person. */
const mostDecided = 20;

/** What came in and was decided after a resume was asked for; null where none waits. */
const requestedIn = async (
  store: Pick<Store, "signalsSince" | "entries" | "entryById">,
  situation: Situation,
): Promise<Requested | null> => {
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
};

/** The same, with the reasons that were given for it, to be said where only the state is at hand. */
export const requestIn = async (
  store: Pick<Store, "signalsSince" | "entries" | "entryById" | "texts">,
  situation: Situation,
): Promise<Recalled> => {
  const texts = await store.texts(reasonsFor(situation.state.proposal));
  return {
    requested: await requestedIn(store, situation),
    texts: [...texts.values()],
  };
};
