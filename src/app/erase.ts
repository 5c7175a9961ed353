import type { EscalationId, PersonId } from "../core/ids.ts";
import type { EntryOf } from "../core/log/entry.ts";
import { holdOver } from "./commands/holding.ts";
import type { Journal } from "./journal.ts";
import type { Erasure, Store } from "./ports.ts";

/**
 * Takes what the log says was erased out of everything beside it: after the entry, again after a
 * crash in between, and again after a backup brought it back.
 */

interface ErasureParts {
  readonly store: Store;
  readonly journal: Journal;
}

type Erased = EntryOf<"log.redacted">;

/** More than anybody erases. */
const mostErasures = 100_000;
/** Escalations of one person whose cards are drawn anew. */
const mostCards = 500;

/**
 * A shorter reason, such as “it was tested”, may stand in what others wrote: it is erased only in
 * what was told of its escalations.
 */
const leastOwn = 20;

/**
 * Each call looks only at what this process has not seen erased yet. What a legal hold keeps waits
 * until one was lifted.
 */
export function createErasures(parts: ErasureParts): () => Promise<void> {
  const done = new Set<string>();
  /** By which holds something waited. */
  const waits = new Map<string, string>();
  const look = async (entry: Erased): Promise<void> => {
    const { holds } = (await parts.journal.look([])).org;
    const standing = Object.keys(holds ?? {}).join();
    if (waits.get(entry.id) === standing) return;
    const isCovered = (await holdOver(parts.store, holds, entry)) !== null;
    if (!isCovered && (await eraseOne(parts, entry))) done.add(entry.id);
    else waits.set(entry.id, standing);
  };
  return async () => {
    const all = await parts.store.entries({ kinds: ["log.redacted"], limit: mostErasures });
    for (const { entry } of all)
      if (entry.kind === "log.redacted" && !done.has(entry.id)) await look(entry);
  };
}

/** Whether it is erased now; not where a hold keeps a place in which it stands. */
async function eraseOne({ store, journal }: ErasureParts, entry: Erased): Promise<boolean> {
  const texts = [...(await store.texts(entry.commitments)).values()].map(({ text }) => text);
  const named = await accountsOf(store, entry.person);
  if (texts.length === 0 && named === null) return true;
  const { escalations, deliveries } = await toldOf(store, entry);
  const prose = texts.filter((text) => namesIn(text) === null);
  const isOwn = (text: string): boolean => entry.person !== "" || text.length >= leastOwn;
  const isErased = await store.erase({
    commitments: entry.commitments,
    person: entry.person,
    everywhere: [...prose.filter(isOwn), ...(named ?? [])],
    there: [
      ...prose.filter((text) => !isOwn(text)),
      ...texts.flatMap((text) => namesIn(text) ?? []),
    ],
    escalations,
    deliveries,
  });
  if (!isErased) return false;
  const channels = await Promise.all(escalations.map((id) => store.escalation(id)));
  await journal.write({ key: null, surface: "tick", deployments: [] }, (work) => {
    work.peopleMoved(); // every process reads anew who the people are
    for (const escalation of channels)
      if (escalation) work.redraw(escalation.id, escalation.channel);
  });
  return true;
}

/** What a person is called and known by; null = nothing is kept of them. */
async function accountsOf(
  store: Pick<Store, "people">,
  person: PersonId | "",
): Promise<readonly string[] | null> {
  const row = (await store.people()).find(({ id }) => id === person);
  if (!row) return null;
  const { name, slack, teams, pagerduty, oidc, linked } = row;
  return [name, slack, teams, pagerduty, oidc, linked.slack, linked.teams].filter(
    (text) => text != null && text !== "",
  ) as readonly string[];
}

/** The escalations and deliveries in which it was told. */
async function toldOf(
  store: Pick<Store, "entries" | "entryById">,
  { person, entry: id }: Pick<Erased, "person" | "entry">,
): Promise<Pick<Erasure, "escalations" | "deliveries">> {
  const about =
    person === ""
      ? await store.entryById(id === "" ? [] : [id])
      : await store.entries({ actor: person, limit: mostCards });
  const escalations = about.flatMap(({ entry }) => [
    "escalation" in entry ? entry.escalation : "",
    ...("settles" in entry ? entry.settles : []),
  ]);
  const deliveries =
    person === ""
      ? about.flatMap(({ entry }) => ("evidence" in entry ? (entry.evidence ?? []) : []))
      : [];
  return {
    escalations: [...new Set(escalations)].filter((name): name is EscalationId => name !== ""),
    deliveries: deliveries.map(({ delivery }) => delivery),
  };
}

const nameKeys: ReadonlySet<string> = new Set([
  "suite",
  "scorer",
  "score",
  "metric",
  "group",
  "reducer",
  "name",
  "occurrence",
  "because",
  "what",
  "summary",
  "url",
]);

/** The names in a text that has names; null where it is a text of its own. */
function namesIn(text: string): readonly string[] | null {
  if (!text.startsWith("{")) return null;
  try {
    const names = Object.entries(Object(JSON.parse(text)));
    return names.flatMap(([key, value]) =>
      nameKeys.has(key) && typeof value === "string" && value !== "" ? [value] : [],
    );
  } catch {
    return null;
  }
}
