import { ruleFor } from "../core/authority.ts";
import { mayConfirm } from "../core/decision.ts";
import { dueFor } from "../core/due-view.ts";
import { escalationNumber, type PersonId } from "../core/ids.ts";
import {
  evalsLookedFor,
  type Heard,
  mostHeard,
  newSince,
  type Since,
  sinceThen,
} from "../core/since.ts";
import { isAcknowledgeOnly, type Situation } from "../core/situation.ts";
import type { DeploymentState, EscalationState } from "../core/state.ts";
import type { Telling } from "../core/telling.ts";
import { withRecords } from "./decide.ts";
import { newestCard } from "./deliver.ts";
import type { Journal } from "./journal.ts";
import type { DueView, PersonView, Store } from "./ports.ts";
import type { Rules } from "./rules.ts";

/** What one person looks at first, and what they are to look at again. */

interface PersonParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: Rules;
}

/** More live escalations than anybody reads at once; the newest are shown. */
const mostCards = 50;

/** A telling of every deployment of the policy in force, all as of the same moment. */
export const tellings = async ({
  store,
  journal,
  rules,
}: PersonParts): Promise<readonly Telling[]> => {
  const { org } = await journal.look([]);
  const deployments = [...rules.policy(org.policy).deployments.keys()];
  const desk = await journal.look(deployments);
  return Promise.all(deployments.map((id) => withRecords(store, desk, id)));
};

/** Everything but the postures. */
export const personView = async (
  parts: PersonParts,
  all: readonly Telling[],
  person: PersonId,
): Promise<Omit<PersonView, "postures">> => {
  const live = [...(await parts.store.liveEscalations())]
    .sort((a, b) => escalationNumber(b.id) - escalationNumber(a.id))
    .slice(0, mostCards);
  const situations = new Map(all.map(({ situation }) => [situation.state.id, situation]));
  const drawn = await Promise.all(
    live.map(async (one) => ({ one, card: await newestCard(parts, one.id) })),
  );
  const cards = drawn.flatMap(({ one, card }) => (card ? [{ one, card }] : []));
  const asked = cards.map(({ one, card }) => ({
    card,
    mine: whatIsTheirs(situations.get(one.deployment), one, person),
  }));
  return {
    mayDecide: asked
      .flatMap(({ card, mine }) => (mine ? [{ card, ...mine }] : []))
      .sort((a, b) => Number(b.named) - Number(a.named) || soonest(a.until, b.until)),
    others: asked.flatMap(({ card, mine }) => (mine ? [] : [card])),
    due: await duesOf(parts.store, all, person),
  };
};

const soonest = (a: number | null, b: number | null): number =>
  (a ?? Number.MAX_SAFE_INTEGER) - (b ?? Number.MAX_SAFE_INTEGER);

type Theirs = Omit<PersonView["mayDecide"][number], "card">;

/** What waits for a person here, and until when; null = nothing of theirs. */
const whatIsTheirs = (
  situation: Situation | undefined,
  escalation: EscalationState,
  person: PersonId,
): Theirs | null => {
  if (situation === undefined) return null;
  const { proposal } = situation.state;
  if (proposal?.escalation === escalation.id && mayConfirm(situation, person))
    return { named: false, confirms: true, until: proposal.expires };
  return mayDecide(situation, escalation, person)
    ? { named: escalation.decider === person, confirms: false, until: escalation.decideBy }
    : null;
};

const mayDecide = (situation: Situation, escalation: EscalationState, person: PersonId): boolean =>
  escalation.status === "open" &&
  !isAcknowledgeOnly(escalation) &&
  (["restrict", "start"] as const).some(
    (capability) => ruleFor(situation, capability, person, escalation) !== null,
  );

/** The reassessments a person is asked for, the next one first, with what came in since the last decision. */
export const duesOf = async (
  store: Pick<Store, "signalsSince">,
  all: readonly Telling[],
  person: PersonId,
): Promise<readonly DueView[]> => {
  const asked = all.filter((telling) => dueFor(telling, person) !== null);
  const told = await Promise.all(
    asked.map(async (telling) => {
      const since = await sinceDecided(store, telling.situation);
      return dueFor({ ...telling, since }, person);
    }),
  );
  return told.flatMap((one) => (one ? [one] : [])).sort((a, b) => a.by - b.by);
};

const sinceDecided = async (
  store: Pick<Store, "signalsSince">,
  situation: Situation,
): Promise<Since | null> => {
  const from = newSince(situation.state);
  return from === null
    ? null
    : sinceThen(situation, from, await heardSince(store, situation.state));
};

/** What came in about a deployment since the last decision on it, and the evals of some time before, newest first. */
export const heardSince = async (
  store: Pick<Store, "signalsSince">,
  state: DeploymentState,
): Promise<readonly Heard[]> => {
  const from = newSince(state);
  return from === null ? [] : store.signalsSince(state.id, from - evalsLookedFor, mostHeard);
};
