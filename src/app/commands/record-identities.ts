import { deploymentsWith } from "../../core/card/unreachable-people.ts";
import type { Commitment, PersonId } from "../../core/ids.ts";
import type { BoundIdentity } from "../../core/log/entry-fields.ts";
import { type KnownBy, knownBy, whoChanged } from "../../core/people/account-changes.ts";
import type { endedBy } from "../../core/people/account-linking.ts";
import { type AccountChat, type Actor, type Named, peopleOf } from "../../core/people/person.ts";
import { hasNewAccount, newUntil } from "../../core/people/rebind.ts";
import type { Policy } from "../../core/policy/model.ts";
import type { Journal } from "../journal.ts";
import type { Store, Text } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/** Entries that say what people are known by: each name and account, as a commitment. */

/** What a policy changes about people. */
export interface Turnover {
  /** Everybody any policy named until now, and what they linked. */
  readonly rows: readonly Named[];
  /** Those whom the new policy names, with the links that go on. */
  readonly after: readonly Named[];
  /** Null before the first policy. */
  readonly was: Policy | null;
  readonly policy: Policy;
  /** The texts behind what is recorded of people. */
  readonly texts: ReadonlyMap<Commitment, Text>;
}

/** The links of people that go on when these end. */
export function afterLinks(
  people: readonly Omit<Named, "linked">[],
  rows: readonly Named[],
  ended: ReturnType<typeof endedBy>,
): readonly Named[] {
  return people.map((person): Named => {
    const linked = rows.find((row) => row.id === person.id)?.linked;
    const still = (chat: AccountChat): string | null =>
      ended.some((link) => link.person === person.id && link.chat === chat)
        ? null
        : (linked?.[chat] ?? null);
    return { ...person, linked: { slack: still("slack"), teams: still("teams") } };
  });
}

/** Records who is known otherwise by a policy, and whoever was never recorded. */
export function recordTurnover(work: UnitOfWork, actor: Actor, turnover: Turnover): void {
  const { was, after, policy } = turnover;
  if (was) recordChanges(work, actor, { ...turnover, was });
  bindUnrecorded(work, actor, { rows: after, policy });
}

/**
 * Whoever is known otherwise than before is an entry each, and is told where they were reached
 * until now.
 */
function recordChanges(
  work: UnitOfWork,
  actor: Actor,
  { rows, after, was, policy, texts }: Turnover & { readonly was: Policy },
): void {
  for (const { person, what, before, now } of whoChanged({ rows, after, was, policy })) {
    const recorded = work.org.bound[person];
    const commitmentBefore = (of: keyof KnownBy): Commitment | "" => {
      const text = before?.[of] ?? "";
      const known = what === "added" || text === "" ? undefined : recorded?.[of];
      const kept = known && texts.get(known);
      if (kept) work.keepText(kept);
      return known ?? work.text(text);
    };
    const differs = knownBy.filter((of) => what !== "changed" || before?.[of] !== now?.[of]);
    const changes = differs
      .map((of) => ({ of, before: commitmentBefore(of), after: work.text(now?.[of] ?? "") }))
      .filter((change) => change.before !== "" || change.after !== "");
    const isNew = hasNewAccount(
      knownBy.map((of) => ({ of, before: before?.[of] ?? "", after: now?.[of] ?? "" })),
    );
    const rebind = isNew ? newUntil(work.now, [was, policy]) : null;
    const deployments = [
      ...new Set([was, policy].flatMap((policy) => deploymentsWith(policy, person))),
    ];
    const body = { kind: "identity.changed" as const, person, what, changes, deployments };
    work.add("org", [{ actor, body: { ...body, ...(rebind !== null && { rebind }) } }]);
  }
}

/** An entry has room for so many people. */
const boundTogether = 50;

function bindUnrecorded(
  work: UnitOfWork,
  actor: Actor,
  { rows, policy }: { readonly rows: readonly Named[]; readonly policy: Pick<Policy, "people"> },
): void {
  const people = [...peopleOf(rows).values()].filter(({ id }) => policy.people.has(id));
  const bound = people.flatMap((known): readonly BoundIdentity[] => {
    const parts = unrecorded(work, known).map((of) => ({ of, value: work.text(known[of] ?? "") }));
    return parts.length === 0 ? [] : [{ person: known.id, parts }];
  });
  for (let from = 0; from < bound.length; from += boundTogether) {
    const some = bound.slice(from, from + boundTogether);
    work.add("org", [{ actor, body: { kind: "identity.bound", bound: some } }]);
  }
}

function unrecorded(
  work: UnitOfWork,
  known: KnownBy & { readonly id: PersonId },
): readonly (typeof knownBy)[number][] {
  const recorded = work.org.bound[known.id] ?? {};
  return knownBy.filter((of) => (known[of] ?? "") !== "" && recorded[of] === undefined);
}

/**
 * Records what people are known by whom an older version of the program never recorded. Nothing is
 * written where everybody is.
 */
export async function recordIdentities({
  store,
  journal,
}: {
  readonly store: Pick<Store, "people">;
  readonly journal: Journal;
}): Promise<void> {
  await journal.write({ key: null, surface: "start", deployments: [] }, async (work) => {
    const { policy } = work.situation("");
    bindUnrecorded(work, { type: "operator" }, { rows: await store.people(), policy });
  });
}
