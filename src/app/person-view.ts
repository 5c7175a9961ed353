import { awaitsWord, mayDecide, type Standing } from "../core/board.ts";
import { dueFor } from "../core/due-view.ts";
import type { EntryId, PersonId } from "../core/ids.ts";
import { spokenBy } from "../core/login-links.ts";
import { offeredCard } from "../core/offered.ts";
import {
  evalsLookedFor,
  type Heard,
  mostHeard,
  newSince,
  type Since,
  sinceThen,
} from "../core/since.ts";
import type { Situation } from "../core/situation.ts";
import type { DeploymentState } from "../core/state.ts";
import type { Telling } from "../core/telling.ts";
import { rowsOf, standings } from "./board.ts";
import type { Journal } from "./journal.ts";
import type { DueView, PersonView, Store } from "./ports.ts";
import { withRecords } from "./records.ts";
import type { Rules } from "./rules.ts";

/** What one person looks at first, and what they are to look at again. */

interface PersonParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: Rules;
}

/** More than any chat's home shows of one part. */
const mostDrawn = 10;

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
  { person, link }: { readonly person: PersonId; readonly link: EntryId | null },
): Promise<Omit<PersonView, "postures">> => {
  const { desk, all: standing } = await standings(parts, person);
  const asked = standing.map((one) => ({
    one,
    theirs: whatIsTheirs(desk.situation(one.escalation.deployment), one, person),
  }));
  const theirs = asked.flatMap(({ one, theirs }) => (theirs ? [{ one, theirs }] : []));
  const others = asked.flatMap(({ one, theirs }) => (theirs ? [] : [one]));
  const [drawn, drawnOthers] = [theirs.slice(0, mostDrawn), others.slice(0, mostDrawn)];
  const rows = await rowsOf(parts.store, desk, [...drawn.map(({ one }) => one), ...drawnOthers]);
  const cards = new Map(rows.map(({ card }) => [card.escalation, card]));
  const cardFor = ({ escalation }: Standing) => cards.get(escalation.id) ?? [];
  return {
    mayDecide: drawn.flatMap(({ one, theirs: what }) =>
      [cardFor(one)].flat().map((card) => ({
        card: offeredCard(
          spokenBy(desk.situation(one.escalation.deployment), link),
          one.escalation,
          person,
          card,
        ).card,
        ...what,
      })),
    ),
    others: drawnOthers.flatMap(cardFor),
    undrawn: {
      mayDecide: theirs.length - drawn.length,
      others: others.length - drawnOthers.length,
    },
    due: await duesOf(parts.store, all, person),
  };
};

type Theirs = Omit<PersonView["mayDecide"][number], "card">;

/** What waits for a person here, and until when; null = nothing of theirs. */
const whatIsTheirs = (
  situation: Situation,
  { escalation }: Standing,
  person: PersonId,
): Theirs | null => {
  const { proposal } = situation.state;
  if (proposal && awaitsWord(situation, escalation, person))
    return { named: false, confirms: true, until: proposal.expires };
  return mayDecide(situation, escalation, person)
    ? { named: escalation.decider === person, confirms: false, until: escalation.decideBy }
    : null;
};

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
