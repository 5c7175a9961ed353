import type { EntryId, Instant, Millis, PersonId } from "../ids.ts";
import type { Entry, EntryOf } from "../log/entry.ts";
import type { Policy } from "../policy/model.ts";
import type { AskedErasure, OrgState } from "../state/state.ts";
import { instantOf, timeOf } from "../time.ts";

/**
 * Erasing a person, or the texts of an entry: two people whom the policy names, one after another.
 */

/** For so long a request waits for the second person. */
export const erasureLasts: Millis = 86_400_000;

type AboutErasure = EntryOf<"redaction.asked" | "log.redacted">;

export function isAboutErasure(entry: Entry): entry is AboutErasure {
  return entry.kind === "redaction.asked" || entry.kind === "log.redacted";
}

/** What waits after such an entry; requests whose time has passed are dropped. */
export function erasuresAfter(
  erasures: OrgState["erasures"],
  entry: AboutErasure,
): OrgState["erasures"] {
  const at = timeOf(entry);
  const others = Object.entries(erasures).filter(
    ([id, { until }]) => until >= at && !(entry.kind === "log.redacted" && id === entry.asked),
  );
  const rest = Object.fromEntries(others);
  if (entry.kind === "log.redacted" || entry.actor.type !== "person") return rest;
  const { person, entry: about, expires, actor } = entry;
  return {
    ...rest,
    [entry.id]: { by: actor.person, person, entry: about, until: instantOf(expires) },
  };
}

/** What is to be erased. */
export type ErasureTarget = Pick<AskedErasure, "person" | "entry">;

/**
 * The request for the same that waits, and the entry that made it. By somebody who may not erase
 * any more it counts no longer.
 */
export function erasureAsked(
  { erasures }: Pick<OrgState, "erasures">,
  {
    target,
    policy,
    now,
  }: {
    readonly target: ErasureTarget;
    readonly policy: Pick<Policy, "people" | "redact">;
    readonly now: Instant;
  },
): (AskedErasure & { readonly asked: EntryId }) | null {
  for (const [asked, erasure] of Object.entries(erasures)) {
    const isSame = erasure.person === target.person && erasure.entry === target.entry;
    const counts = policy.redact === null || mayErase(policy, erasure.by);
    if (isSame && counts && erasure.until >= now) return { ...erasure, asked };
  }
  return null;
}

/** Whether a policy lets somebody ask for an erasure, or agree to one. */
export function mayErase(
  { people, redact }: Pick<Policy, "people" | "redact">,
  person: PersonId,
): boolean {
  return people.has(person) && (redact === null || redact.has(person));
}

/** Whether somebody may agree to what another asked. */
export function mayAgree({ by }: AskedErasure, person: PersonId): boolean {
  return by !== person;
}
