import type { Line } from "../../core/card/card.ts";
import { clockWithZone } from "../../core/clock-text.ts";
import type { Commitment, EntryId, EscalationId, PersonId } from "../../core/ids.ts";
import type { Entry } from "../../core/log/entry.ts";
import {
  type ErasureTarget,
  erasureAsked,
  erasureLasts,
  mayAgree,
  mayErase,
} from "../../core/people/erasure.ts";
import { zoneOfPerson } from "../../core/people/person-zone.ts";
import { rfc3339 } from "../../core/time.ts";
import { outOfReach, erasure as words } from "../../core/words/erasure.ts";
import { hold as held } from "../../core/words/hold.ts";
import type { OutOfReach, Recorded, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import {
  type CommandReply,
  no,
  type ParsedCommand,
  personAsking,
  told,
  type Write,
} from "./command.ts";
import { erasersOf, holdOver, indexOf } from "./holding.ts";

/** Erasing: one person asks, another agrees with the same command. */

export interface Erasing extends ErasureTarget {
  /** What is erased, in words. */
  readonly what: string;
  readonly commitments: readonly Commitment[];
  readonly reach: OutOfReach;
}

/** Asks for it, or agrees to what somebody else asked. */
export function askOrAgree(store: Store, said: ParsedCommand, erasing: Erasing): Write {
  return {
    do: "write",
    deployments: [],
    isKept: true,
    work: (work) => record(store, work, { said, erasing }),
  };
}

async function record(
  store: Store,
  work: UnitOfWork,
  { said, erasing }: { readonly said: ParsedCommand; readonly erasing: Erasing },
): Promise<CommandReply> {
  if (said.invocation.link !== null) return no(words.byLink);
  const actor = personAsking(said);
  const { person, entry, what } = erasing;
  const by = { type: "person" as const, person: actor };
  const target = { person, entry };
  const { policy } = work.situation("");
  if (!mayErase(policy, actor)) return no(words.notNamed(erasersOf(work)));
  const hold = await holdOver(store, work.org.holds, target);
  if (hold !== null) return no(held.covers(what, await indexOf(store, hold)));
  const asked = erasureAsked(work.org, { target, policy, now: work.now });
  const zone = zoneOfPerson(policy, actor);
  const reason = work.text(said.reason);
  if (asked === null) {
    const expires = work.now + erasureLasts;
    const body = { kind: "redaction.asked" as const, ...target, reason, expires: rfc3339(expires) };
    work.add("org", [{ actor: by, body }]);
    const line = `redact ${said.words.join(" ")} because …`;
    return told(words.asked(what, line, clockWithZone(expires, zone, work.now)));
  }
  if (!mayAgree(asked, actor))
    return no(words.alone(what, clockWithZone(asked.until, zone, work.now)));
  const { commitments, reach } = erasing;
  const body = {
    kind: "log.redacted" as const,
    asked: asked.asked,
    ...target,
    commitments,
    reason,
  };
  work.add("org", [{ actor: by, body }]);
  return told(words.done(what), [
    ...(await mayWait(store, work)),
    ...outOfReach(reach, person !== ""),
  ]);
}

/** What else a hold keeps is known when it is erased. */
async function mayWait(store: Store, { org }: UnitOfWork): Promise<readonly Line[]> {
  const holds = Object.keys(org.holds ?? {}) as EntryId[];
  if (holds.length === 0) return [];
  return [[held.mayWait(await Promise.all(holds.map((id) => indexOf(store, id))))]];
}

/** As many as an entry has room for; what is left is erased by asking again. */
const mostCommitments = 400;

/** What the texts of a record are, or why they cannot be erased. */
export async function recordErasing(store: Store, index: number): Promise<Erasing | CommandReply> {
  const [recorded] = await store.entriesFrom(index, index + 1);
  if (!recorded) return no(words.noRecord(index));
  const commitments = await keptOf(store, commitmentsIn(recorded));
  if (commitments.length === 0) return no(words.noTexts(index));
  const escalations = escalationsOf(recorded.entry);
  for (const id of escalations) {
    const state = await store.escalation(id);
    if (state && state.status !== "closed") return no(words.isOpen(index, id));
  }
  const reach = await store.outOfReach(escalations, { words: [], but: [] });
  const what = `the texts of record ${index}`;
  return { person: "", entry: recorded.entry.id, what, commitments, reach };
}

/** What a person is known by, or why it cannot be erased. */
export async function personErasing(
  store: Store,
  person: PersonId,
  name: string,
): Promise<Erasing | CommandReply> {
  const kinds = ["identity.bound", "identity.changed", "identity.linked"];
  const known = await store.entries({ kinds, limit: mostIdentities });
  const commitments = await keptOf(
    store,
    known.flatMap(({ entry }) => identityOf(entry, person)),
  );
  const isKept = (await store.people()).some(({ id }) => id === person);
  if (commitments.length === 0 && !isKept) return no(words.nothingLeft(name));
  const done = await store.entries({ actor: person, limit: mostCommitments });
  const escalations = [...new Set(done.flatMap(({ entry }) => escalationsOf(entry)))];
  const reach = await store.outOfReach(escalations, { words: [name], but: commitments });
  return { person, entry: "", what: name, commitments, reach };
}

const mostIdentities = 100_000;

function identityOf(entry: Entry, person: PersonId): readonly Commitment[] {
  if (entry.kind === "identity.bound")
    return entry.bound
      .filter((bound) => bound.person === person)
      .flatMap(({ parts }) => parts.map(({ value }) => value));
  if (entry.kind === "identity.linked") return entry.person === person ? [entry.account] : [];
  if (entry.kind !== "identity.changed" || entry.person !== person) return [];
  return entry.changes.flatMap(({ before, after }) => [before, after]);
}

const escalationsOf = (entry: Entry): readonly EscalationId[] =>
  [
    "escalation" in entry ? entry.escalation : "",
    ...("settles" in entry ? entry.settles : []),
  ].filter((id): id is EscalationId => id !== "");

const commitmentsIn = ({ bytes }: Recorded): readonly Commitment[] =>
  new TextDecoder().decode(bytes).match(/(?<=")c_[0-9a-f]{64}(?=")/g) ?? [];

/** Those whose texts are still kept. */
async function keptOf(
  store: Pick<Store, "texts">,
  commitments: readonly Commitment[],
): Promise<readonly Commitment[]> {
  const kept = await store.texts([...new Set(commitments)].filter((text) => text !== ""));
  return [...kept.keys()].slice(0, mostCommitments);
}
