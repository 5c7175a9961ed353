import type { EntryId, Instant, PersonId } from "../ids.ts";
import type { Entry, EntryKind, EntryOf } from "../log/entry.ts";
import { type Capability, holders, type Ruled } from "../people/authority.ts";
import type { Deployment } from "../policy/model.ts";
import { deploymentOf, escalationIn, type Situation } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import { type Finding, inconsistent } from "./finding.ts";

/** What a check of one entry is told: the entry, and all that the entries before it say. */
export interface Moment<K extends EntryKind = EntryKind> {
  readonly entry: EntryOf<K>;
  /** When it was written, by the clock that deadlines go by. */
  readonly now: Instant;
  /**
   * As the rules found it before the entry. The log does not say whom a chat reaches: here
   * everybody is reached, and everybody can be asked.
   */
  readonly situation: Situation;
  readonly memory: Memory;
  /** Notes that the entry rests on something that no entry shows. */
  claim(what: Claim): void;
}

/** What only the server knew: it is counted and said, and cannot be checked. */
export type Claim =
  | "somebody could not be reached in any chat"
  | "the clock of the writer was behind the entry above";

/** What the replay remembers beside the folded state. */
export interface Memory {
  /** Everybody any adopted policy has named. */
  readonly named: ReadonlySet<PersonId>;
  /** Every login link: whose it is. */
  readonly logins: ReadonlyMap<EntryId, PersonId>;
  /** The last decision on this deployment. */
  readonly made: EntryOf<"decision.made"> | null;
  /** The resume that the last decision on this deployment completed or overtook. */
  readonly ended: EntryId | null;
  /** The entry by which the policy in force was adopted; -1 before the first. */
  readonly adopted: number;
}

/** The person who acted; null where it was none. */
export function actorOf({ entry }: { readonly entry: Pick<Entry, "actor"> }): PersonId | null {
  return entry.actor.type === "person" ? entry.actor.person : null;
}

/** The same moment, where nobody is reached by any chat. */
function unreached(situation: Situation): Situation {
  return { ...situation, unreachable: () => true };
}

interface Question {
  readonly capability: Capability;
  readonly person: PersonId;
  readonly escalation: Ruled | null;
}

/**
 * The rules by which somebody holds a capability: as the log shows it, and where somebody could not
 * be reached. A deputy starts a resume then, and no entry says whether that was so.
 */
export function rulesOf(
  { situation }: Pick<Moment, "situation">,
  { capability, person, escalation }: Question,
): { readonly shown: string | null; readonly claimed: string | null } {
  const shown = holders(situation, capability, escalation).get(person) ?? null;
  const claimed =
    capability === "start"
      ? (holders(unreached(situation), capability, escalation).get(person) ?? null)
      : shown;
  return { shown, claimed };
}

/** Who holds a capability for one escalation, or for the deployment as a whole. */
export function whoMay(
  { situation }: Pick<Moment, "situation">,
  capability: Capability,
  escalation: Ruled | null = null,
): readonly PersonId[] {
  return [...holders(situation, capability, escalation).keys()];
}

/** The deployment by the policy in force and its posture; a finding where there is none. */
export function governed({ situation }: Pick<Moment, "situation">):
  | {
      readonly deployment: Deployment;
      readonly scope: string;
      readonly version: number;
    }
  | Finding {
  const deployment = deploymentOf(situation);
  const { posture, id } = situation.state;
  if (!deployment || !posture)
    return inconsistent(`it decides about “${id}”, which is no deployment of the policy in force`);
  return { deployment, scope: posture.scope, version: posture.version };
}

export function isFinding(value: object): value is Finding {
  return "is" in value && "because" in value;
}

/** The live escalation of that id; a finding where there is none. */
export function liveEscalation(
  { situation }: Pick<Moment, "situation">,
  id: EscalationState["id"],
): EscalationState | Finding {
  const found = escalationIn(situation.state, id);
  return (
    found ??
    inconsistent(
      `it is about ${id}, which is not open on “${situation.state.id}”: no entry before opened it, or it was closed`,
    )
  );
}
