import { type Digest, type PersonId, personId } from "../../core/ids.ts";
import { canonicalBytes } from "../../core/log/bytes.ts";
import { commit as commitTo, digestOf } from "../../core/log/commitment.ts";
import type { Surface } from "../../core/log/entry-fields.ts";
import type { Actor, Person } from "../../core/people/person.ts";
import { canonicalPolicy, compilePolicy } from "../../core/policy/canonical.ts";
import type { Policy } from "../../core/policy/model.ts";
import type { PolicyDoc } from "../../core/policy/schema/policy-schema.ts";
import type { ProposedPolicy } from "../../core/state/state.ts";
import { storable } from "../../core/text.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { AdoptionSaid, Random, Store, Text } from "../ports.ts";

/** A policy file as the log will know it, before it is adopted, proposed or only tried out. */

export interface AdoptParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: PolicyCache;
  readonly random: Random;
}

export interface ToAdopt {
  readonly yaml: string;
  /** The digest that must be in force; null = whatever is. */
  readonly current: Digest | null;
  readonly actor: Actor;
  readonly surface: Surface;
  /** For whom, and why; null where nothing was said. */
  readonly said: AdoptionSaid | null;
  /** The proposal that the actor confirms; missing where nobody has to. */
  readonly proposal?: ProposedPolicy;
}

/** A policy with what its file says of people and texts. */
export interface Prepared {
  readonly policy: Policy;
  readonly canonical: Uint8Array;
  readonly people: readonly Person[];
  readonly texts: readonly Text[];
  readonly said: AdoptionSaid | null;
}

/**
 * Gives each person a random id once, each rule's words a commitment once, so that the same file
 * has the same digest.
 */
export async function prepare(
  { store, random }: AdoptParts,
  doc: PolicyDoc,
): Promise<Omit<Prepared, "said">> {
  const known = new Map((await store.people()).map((person) => [person.key, person]));
  const people = Object.entries(doc.people).map(
    ([key, person]): Person => ({
      id: known.get(key)?.id ?? personId(random.id("p_")),
      key,
      name: person.name,
      title: person.title ?? "",
      slack: person.slack ?? null,
      teams: person.teams ?? null,
      pagerduty: person.pagerduty ?? null,
      oidc: person.oidc ?? null,
    }),
  );
  const ids = new Map(people.map((person) => [person.key, person.id]));
  const words = Object.values(doc.triggers).flatMap(({ because, steps = [] }) =>
    [because, ...steps].map(storable),
  );
  const kept = await store.textsLike(words);
  const texts = new Map<string, Text>();
  const commitmentOf = (said: string): string => {
    const text = storable(said);
    const found = texts.get(text) ?? kept.get(text) ?? fresh(random, text);
    texts.set(text, found);
    return found.commitment;
  };
  const idOf = (key: string): PersonId => ids.get(key) ?? personId("p_");
  const canonical = canonicalPolicy(doc, idOf, commitmentOf);
  const bytes = canonicalBytes(canonical);
  const digest = digestOf(bytes);
  return {
    policy: { ...compilePolicy(canonical), digest },
    canonical: bytes,
    people,
    texts: [...texts.values()],
  };
}

function fresh(random: Random, text: string): Text {
  const salt = random.salt();
  return { commitment: commitTo(salt, text), salt, text };
}
