import { type BoardEntry, inBoardOrder, standingOf } from "../../core/card/board-order.ts";
import { buildCard } from "../../core/card/build-card.ts";
import type { Card } from "../../core/card/card.ts";
import { offeredCard } from "../../core/card/offered-buttons.ts";
import { zoneOf } from "../../core/card/view-context.ts";
import type { EntryId, Instant, PersonId } from "../../core/ids.ts";
import { spokenBy } from "../../core/people/login-links.ts";
import type { Journal } from "../journal.ts";
import type { BoardRow, BoardView, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { recordsOf } from "./recorded-texts.ts";

/** Everything that is open, counted and in order; of it, one page is drawn. */

interface BoardParts {
  readonly store: Store;
  readonly journal: Journal;
}

/** Rows of one page: what a phone loads in a moment. */
const boardPage = 100;

/** Everything open or settled as of one moment, in the order in which a person looks at it. */
export async function standings(
  { store, journal }: BoardParts,
  person: PersonId | null,
): Promise<{ readonly work: UnitOfWork; readonly all: readonly BoardEntry[] }> {
  const deployments = await store.liveDeployments();
  const work = await journal.look(deployments);
  const all = deployments.flatMap((id) => {
    const situation = work.situation(id);
    return situation.state.escalations.map((escalation) =>
      standingOf(situation, escalation, person),
    );
  });
  return { work, all: all.toSorted(inBoardOrder) };
}

/**
 * One page of the board. A page after the last is the last: what was open when it was asked for may
 * be closed.
 */
export async function boardView(
  parts: BoardParts,
  { person, link }: { readonly person: PersonId | null; readonly link: EntryId | null },
  asked: number,
): Promise<BoardView> {
  const { work, all } = await standings(parts, person);
  const open = all.filter(({ escalation }) => escalation.status === "open");
  const pages = Math.max(1, Math.ceil(all.length / boardPage));
  const page = Math.min(asked, pages);
  const shown = all.slice((page - 1) * boardPage, page * boardPage);
  const rows = await rowsOf(parts.store, work, shown);
  return {
    open: open.length,
    mine: open.filter(({ mine }) => mine !== null).length,
    settled: all.length - open.length,
    lastSignal: await lastSignal(parts.store, work),
    page,
    pages,
    rows: rows.map(({ escalation, card, ...row }) => ({
      ...row,
      ...offeredCard(spokenBy(work.situation(escalation.deployment), link), {
        escalation,
        reader: person,
        card,
      }),
    })),
  };
}

async function lastSignal(store: Store, work: UnitOfWork): Promise<Instant | null> {
  const { policy } = work.situation("");
  const heard = await store.heardFrom([...policy.sources.keys()]);
  const times = [...heard.values()].flatMap(({ at }) => at ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

/** An escalation with its card, and with all of its buttons. */
interface Drawn extends BoardEntry, Pick<BoardRow, "card" | "timezone"> {}

/**
 * The cards of these escalations, each deployment's texts and records read once for all of its own.
 */
export async function rowsOf(
  store: Store,
  work: UnitOfWork,
  shown: readonly BoardEntry[],
): Promise<readonly Drawn[]> {
  const cards = new Map<string, Card>();
  const zones = new Map<string, string>();
  const deployments = new Set(shown.map(({ escalation }) => escalation.deployment));
  for (const id of deployments) {
    const own = shown.flatMap(({ escalation }) => (escalation.deployment === id ? escalation : []));
    const view = await recordsOf(store, { work, deployment: id, escalations: own });
    zones.set(id, zoneOf(view));
    for (const escalation of own) cards.set(escalation.id, buildCard(view, escalation));
  }
  return shown.flatMap((standing) => {
    const card = cards.get(standing.escalation.id);
    const timezone = zones.get(standing.escalation.deployment) ?? "UTC";
    return card ? { ...standing, card, timezone } : [];
  });
}
