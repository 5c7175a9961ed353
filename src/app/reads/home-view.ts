import { awaitsWord, type BoardEntry, mayDecide } from "../../core/card/board-order.ts";
import { offeredCard } from "../../core/card/offered-buttons.ts";
import { dueFor } from "../../core/card/reassessment-view.ts";
import type { ViewContext } from "../../core/card/view-context.ts";
import type { EntryId, PersonId } from "../../core/ids.ts";
import { spokenBy } from "../../core/people/login-links.ts";
import {
  evalsLookedFor,
  type KeptSignal,
  mostHeard,
  newSince,
  type Since,
  sinceThen,
} from "../../core/reassessment/changes-since-decision.ts";
import type { Situation } from "../../core/state/situation.ts";
import type { DeploymentState } from "../../core/state/state.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { DueView, PersonView, Store } from "../ports.ts";
import { rowsOf, standings } from "./board.ts";
import { withRecords } from "./recorded-texts.ts";

/** What one person looks at first, and what they are to look at again. */

interface PersonParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: PolicyCache;
}

/** More than any chat's home shows of one part. */
const mostDrawn = 10;

/** A view context of every deployment of the policy in force, all as of the same moment. */
export async function viewContexts({
  store,
  journal,
  rules,
}: PersonParts): Promise<readonly ViewContext[]> {
  const { org } = await journal.look([]);
  const deployments = [...rules.policy(org.policy).deployments.keys()];
  const work = await journal.look(deployments);
  return Promise.all(deployments.map((id) => withRecords(store, { work, deployment: id })));
}

/** Everything but the postures. */
export async function homeView(
  parts: PersonParts,
  all: readonly ViewContext[],
  { person, link }: { readonly person: PersonId; readonly link: EntryId | null },
): Promise<Omit<PersonView, "postures">> {
  const { work, all: standing } = await standings(parts, person);
  const asked = standing.map((entry) => ({
    entry,
    theirs: whatIsTheirs(work.situation(entry.escalation.deployment), entry, person),
  }));
  const theirs = asked.flatMap(({ entry, theirs }) => (theirs ? [{ entry, theirs }] : []));
  const others = asked.flatMap(({ entry, theirs }) => (theirs ? [] : [entry]));
  const [drawn, drawnOthers] = [theirs.slice(0, mostDrawn), others.slice(0, mostDrawn)];
  const rows = await rowsOf(parts.store, work, [
    ...drawn.map(({ entry }) => entry),
    ...drawnOthers,
  ]);
  const cards = new Map(rows.map(({ card }) => [card.escalation, card]));
  const cardFor = ({ escalation }: BoardEntry) => cards.get(escalation.id) ?? [];
  return {
    mayDecide: drawn.flatMap(({ entry, theirs: what }) =>
      [cardFor(entry)].flat().map((card) => ({
        card: offeredCard(spokenBy(work.situation(entry.escalation.deployment), link), {
          escalation: entry.escalation,
          reader: person,
          card,
        }).card,
        ...what,
      })),
    ),
    others: drawnOthers.flatMap(cardFor),
    undrawn: {
      mayDecide: theirs.length - drawn.length,
      others: others.length - drawnOthers.length,
    },
    due: await dueItemsOf(parts.store, all, person),
  };
}

type Theirs = Omit<PersonView["mayDecide"][number], "card">;

/** What waits for a person here, and until when; null = nothing of theirs. */
function whatIsTheirs(
  situation: Situation,
  { escalation }: BoardEntry,
  person: PersonId,
): Theirs | null {
  const { proposal } = situation.state;
  if (proposal && awaitsWord(situation, escalation, person))
    return { named: false, confirms: true, until: proposal.expires };
  return mayDecide(situation, escalation, person)
    ? { named: escalation.decider === person, confirms: false, until: escalation.decideBy }
    : null;
}

/**
 * The reassessments a person is asked for, the next one first, with what came in since the last
 * decision.
 */
export async function dueItemsOf(
  store: Pick<Store, "signalsSince">,
  all: readonly ViewContext[],
  person: PersonId,
): Promise<readonly DueView[]> {
  const asked = all.filter((view) => dueFor(view, person) !== null);
  const told = await Promise.all(
    asked.map(async (view) => {
      const since = await sinceDecided(store, view.situation);
      return dueFor({ ...view, since }, person);
    }),
  );
  return told.flatMap((due) => (due ? [due] : [])).sort((a, b) => a.by - b.by);
}

async function sinceDecided(
  store: Pick<Store, "signalsSince">,
  situation: Situation,
): Promise<Since | null> {
  const from = newSince(situation.state);
  return from === null
    ? null
    : sinceThen(situation, from, await heardSince(store, situation.state));
}

/**
 * What came in about a deployment since the last decision on it, and the evals of some time before,
 * newest first.
 */
export async function heardSince(
  store: Pick<Store, "signalsSince">,
  state: DeploymentState,
): Promise<readonly KeptSignal[]> {
  const from = newSince(state);
  return from === null ? [] : store.signalsSince(state.id, from - evalsLookedFor, mostHeard);
}
