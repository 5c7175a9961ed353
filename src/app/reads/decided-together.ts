import type { StoppedTogether } from "../../core/card/view-context.ts";
import type { EntryId } from "../../core/ids.ts";
import type { EntryOf } from "../../core/log/entry.ts";
import type { Decided } from "../../core/state/state.ts";
import type { Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/** The decisions that one line made of a group or a model. They stand in one commit. */

type Members = Pick<Store, "entryById" | "entriesFrom">;

/** No line writes so many entries for one deployment; a refusal may stand between. */
const entriesOfOne = 4;
const refusedAtMost = 500;

/** The decisions of one stop, in their order: those that may be read. */
export async function decidedWith(
  store: Members,
  first: EntryId,
): Promise<readonly EntryOf<"decision.made">[]> {
  const [found] = await store.entryById([first]);
  if (found?.entry.kind !== "decision.made" || !found.entry.group) return [];
  const to = found.index + found.entry.group.count * entriesOfOne + refusedAtMost;
  const entries = await store.entriesFrom(found.index, to);
  return entries.flatMap(({ entry }) =>
    entry.kind === "decision.made" && entry.group && (entry.group.first ?? entry.id) === first
      ? [entry]
      : [],
  );
}

interface Looks {
  look(deployments: readonly string[]): Promise<Pick<UnitOfWork, "state">>;
}

/** How many of them are back by now; null where the decision was said of one deployment. */
export async function togetherNow(
  { store, journal }: { readonly store: Members; readonly journal: Looks },
  decided: Decided | null,
): Promise<StoppedTogether | null> {
  if (!decided?.group) return null;
  const { name, count, first } = decided.group;
  const members = (await decidedWith(store, first)).map(({ deployment }) => deployment);
  if (members.length !== count) return { name, count, back: null };
  const work = await journal.look(members);
  const back = members.filter((id) => !work.state(id).posture?.groups?.includes(first));
  return { name, count, back: back.length };
}
