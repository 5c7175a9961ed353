import type { EntryId } from "../ids.ts";
import type { Entry, EntryOf } from "../log/entry.ts";
import type { Held, Hold, OrgState } from "../state/state.ts";

/** Legal holds: what one covers is neither removed because it is old nor erased while it stands. */

export type Holds = Readonly<Record<EntryId, Hold>>;

type AboutHold = EntryOf<"hold.placed" | "hold.lifted">;

export function isAboutHold(entry: Entry): entry is AboutHold {
  return entry.kind === "hold.placed" || entry.kind === "hold.lifted";
}

/** The holds that stand after such an entry. */
export function holdsAfter(holds: OrgState["holds"], entry: AboutHold): Holds {
  if (entry.kind === "hold.placed") {
    const { what, target, actor } = entry;
    return {
      ...holds,
      [entry.id]: { what, target, by: actor.type === "person" ? actor.person : "" },
    };
  }
  return Object.fromEntries(Object.entries(holds ?? {}).filter(([id]) => id !== entry.hold));
}

/** The hold of the same that stands already; undefined where none does. */
export function sameHold(holds: OrgState["holds"], { what, target }: Held): EntryId | undefined {
  const found = Object.entries(holds ?? {}).find(
    ([, hold]) => hold.what === what && hold.target === target,
  );
  return found?.[0] as EntryId | undefined;
}
