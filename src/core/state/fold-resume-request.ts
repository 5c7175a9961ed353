import type { Instant } from "../ids.ts";
import type { EntryOf } from "../log/entry.ts";
import { speaksFromLinked } from "../people/login-links.ts";
import { personIn } from "../people/person.ts";
import { instantOf } from "../time.ts";
import { onCallIn } from "./fold-on-call.ts";
import type { DeploymentState } from "./state.ts";

/** How a resume that waits for its second person folds into the state. */

type Proposal = NonNullable<DeploymentState["proposal"]>;

/** A resume that was started. */
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

/** Until when an agreed resume waits for an objection, and whose. */
const waitOf = ({
  takesEffect,
  unless = [],
}: Pick<EntryOf<"decision.confirmed">, "takesEffect" | "unless">): Proposal["waits"] =>
  takesEffect === undefined ? undefined : { until: instantOf(takesEffect), unless };

/** One more agreed to it. */
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
