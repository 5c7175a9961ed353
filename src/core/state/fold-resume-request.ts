import type { Instant } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import { speaksFromLinked } from "../people/login-links.ts";
import { personIn } from "../people/person.ts";
import { instantOf } from "../time.ts";
import { onCallIn } from "./fold-on-call.ts";
import type { DeploymentState, Proposal } from "./state.ts";

/**
 * The states of a resume that somebody started (`DeploymentState.proposal`). It is a fold of the
 * log, so each move is an entry.
 *
 * States:
 *
 * 1. none: no resume is under way.
 * 2. waiting for people: `needs` more confirmations, until `expires`.
 * 3. waiting for an objection: everybody agreed; it takes effect at `waits.until` unless one of
 *    `waits.unless` objects. Only where somebody spoke through a linked account.
 *
 * Moves:
 *
 * - decision.proposed: 1 → 2, or 1 → 3 where nobody else has to confirm (break-glass).
 * - decision.confirmed: 2 → 2 with one more confirmation, or 2 → 3 after the last.
 * - decision.made (resume): 2 → 1 with the last confirmation, 3 → 1 when its time has come; the
 *   posture widens in the same entry.
 * - decision.lapsed: 2, 3 → 1. Its time is over, an escalation opened, the posture changed, who
 *   started it may not any more, or somebody said that a linked account was not theirs. Nothing
 *   widens.
 *
 * After a crash: a move is part of one commit, so it has happened whole or not at all, and the
 * posture never widens without its entry. A confirmation that was sent twice gets the first answer.
 * A request whose time ran out while nothing was running lapses at the next tick, and a
 * confirmation after `expires` never counts, even before that tick.
 */

/** A requested resume. */
export function proposed(
  entry: EntryOf<"decision.proposed">,
  at: Instant,
): DeploymentState["proposal"] {
  const by = personIn(entry);
  if (by === "") return null;
  const { to, escalation, reason, authority, needs } = entry;
  const waits = waitOf(entry);
  return {
    entry: entry.id,
    by,
    at,
    to,
    escalation,
    reason,
    authority,
    confirmedBy: [],
    confirmedAt: [],
    needs,
    people: needs,
    expires: instantOf(entry.expires),
    ...onCallIn(entry),
    ...(entry.link && { links: { [by]: entry.link } }),
    ...(speaksFromLinked(entry) && { fromLinked: [by] }),
    ...(waits && { waits }),
  };
}

/** Until when an approved resume waits for an objection, and whose. */
const waitOf = ({
  takesEffect,
  unless = [],
}: Pick<EntryOf<"decision.confirmed">, "takesEffect" | "unless">): Proposal["waits"] =>
  takesEffect === undefined ? undefined : { until: instantOf(takesEffect), unless };

/** One more person approved it. */
export function confirmed(
  state: DeploymentState,
  entry: EntryOf<"decision.confirmed">,
  at: Instant,
): DeploymentState {
  const by = personIn(entry);
  const { proposal } = state;
  if (!proposal || by === "") return state;
  const waits = waitOf(entry);
  const { confirmedBy, confirmedAt = confirmedBy.map(() => proposal.at) } = proposal;
  return {
    ...state,
    proposal: {
      ...proposal,
      needs: entry.needs,
      confirmedBy: [...confirmedBy, by],
      confirmedAt: [...confirmedAt, at],
      ...(entry.reason && {
        agreed: [...(proposal.agreed ?? []), { person: by, reason: entry.reason }],
      }),
      ...(entry.link && { links: { ...proposal.links, [by]: entry.link } }),
      ...(speaksFromLinked(entry) && { fromLinked: [...(proposal.fromLinked ?? []), by] }),
      ...(waits && { waits }),
    },
  };
}
