import type { EntryId, EscalationId, PersonId } from "../../core/ids.ts";
import { mayErase } from "../../core/people/erasure.ts";
import { type Holds, sameHold } from "../../core/people/holds.ts";
import type { AskedErasure, Held, Hold, OrgState } from "../../core/state/state.ts";
import { hold as words } from "../../core/words/hold.ts";
import type { Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { no, type ParsedCommand, personAsking, told, type Write } from "./command.ts";

/** Legal holds: whoever the policy names places one; who may erase lifts it. */

type Lookups = Pick<Store, "entryById" | "entries">;

/** Places a hold; the same again is not recorded twice. */
export function placeHold(
  store: Lookups,
  said: ParsedCommand,
  { held, what }: { readonly held: Held; readonly what: string },
): Write {
  return writing(async (work) => {
    const standing = sameHold(work.org.holds, held);
    if (standing !== undefined) return told(words.stands(what, await indexOf(store, standing)));
    const body = { kind: "hold.placed" as const, ...held, reason: work.text(said.reason) };
    work.add("org", [{ actor: { type: "person", person: personAsking(said) }, body }]);
    return told(words.placed(what));
  });
}

/** Lifts the hold that a record placed. */
export function liftHold(store: Lookups, said: ParsedCommand, index: number): Write {
  return writing(async (work) => {
    const holds = Object.keys(work.org.holds ?? {}) as EntryId[];
    const indices = new Map<number, EntryId>();
    for (const id of holds) indices.set(await indexOf(store, id), id);
    const hold = indices.get(index);
    if (hold === undefined)
      return no(words.noHold(String(index), words.standing([...indices.keys()])));
    if (said.invocation.link !== null) return no(words.byLink);
    const actor = personAsking(said);
    if (!mayErase(work.situation("").policy, actor)) return no(words.mayNot(erasersOf(work)));
    const body = { kind: "hold.lifted" as const, hold, reason: work.text(said.reason) };
    work.add("org", [{ actor: { type: "person", person: actor }, body }]);
    return told(words.lifted(index));
  });
}

const writing = (work: Write["work"]): Write => ({
  do: "write",
  deployments: [],
  isKept: true,
  work,
});

/** Who may erase by the policy in force, by name. */
export function erasersOf(work: UnitOfWork): readonly string[] {
  const { people, redact } = work.situation("").policy;
  return [...(redact ?? people)].map((person) => work.rules.person(person)?.name ?? "somebody");
}

/** The number of the record with that id. */
export async function indexOf(store: Lookups, id: EntryId): Promise<number> {
  const [recorded] = await store.entryById([id]);
  return recorded?.index ?? -1;
}

/** The hold that covers a person, or the texts of an entry; null = none. */
export async function holdOver(
  store: Lookups,
  holds: OrgState["holds"],
  target: Pick<AskedErasure, "person" | "entry">,
): Promise<EntryId | null> {
  for (const [id, hold] of Object.entries(holds ?? ({} as Holds))) {
    const covers =
      hold.what === "everything" ||
      (target.person !== ""
        ? await coversPerson(store, hold, target.person)
        : await coversEntry(store, hold, target.entry as EntryId));
    if (covers) return id as EntryId;
  }
  return null;
}

/** A person is covered by a hold of their own, and by one of what they took part in. */
async function coversPerson(
  store: Lookups,
  { what, target }: Hold,
  person: PersonId,
): Promise<boolean> {
  if (what === "person") return target === person;
  const asked = { actor: person, limit: 1 };
  const found =
    what === "deployment"
      ? await store.entries({ ...asked, deployment: target })
      : await store.entries({ ...asked, escalation: target as EscalationId });
  return found.length > 0;
}

/** What belongs to no deployment is covered by each hold of one, and of an escalation. */
async function coversEntry(
  store: Lookups,
  { what, target }: Hold,
  entry: EntryId,
): Promise<boolean> {
  const [recorded] = await store.entryById([entry]);
  if (!recorded) return true;
  const { subject } = recorded.entry;
  const says = new TextDecoder().decode(recorded.bytes).includes(JSON.stringify(target));
  if (what === "person") return says;
  return subject === "org" || subject === `deployment:${target}` || says;
}
