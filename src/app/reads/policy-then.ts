import type { Digest, Instant } from "../../core/ids.ts";
import { personId } from "../../core/ids.ts";
import { type PolicyLine, type PolicyNames, policyLines } from "../../core/policy/policy-words.ts";
import { relaxationsOf } from "../../core/policy/relaxations/relaxations.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Recorded, Store } from "../ports.ts";

/** Policies of the past, in words. */

interface PolicyReads {
  readonly store: Pick<Store, "entries" | "policy" | "texts">;
  readonly rules: PolicyCache;
}

/** The adoption of the policy that was in force; undefined where none was. */
export async function adoptedAt(
  { store }: PolicyReads,
  at: Instant,
): Promise<Recorded | undefined> {
  return (await store.entries({ kinds: ["policy.adopted"], until: at + 1, limit: 1 }))[0];
}

/** The next adoption after an entry. */
export async function adoptedAfter(
  { store }: PolicyReads,
  index: number,
): Promise<Recorded | undefined> {
  const kinds = ["policy.adopted"];
  return (await store.entries({ kinds, above: index + 1, limit: 200 })).at(-1);
}

/** The most adoptions among which a digest is looked for. */
const mostAdoptions = 1_000;

/** The newest adoption of a policy whose digest begins so. */
export async function adoptedAs(
  { store }: PolicyReads,
  digest: string,
): Promise<Recorded | undefined> {
  const kinds = ["policy.adopted"];
  const all = await store.entries({ kinds, limit: mostAdoptions });
  return all.find(({ entry }) => "digest" in entry && entry.digest.startsWith(digest));
}

/** Every line of a policy, with the names of people and texts that are kept. */
export async function wordsOf(
  { store, rules }: PolicyReads,
  digest: Digest,
): Promise<readonly PolicyLine[]> {
  const row = await store.policy(digest);
  if (!row) return [];
  const text = new TextDecoder().decode(row.canonical);
  const found = await store.texts([...text.matchAll(/"(c_[0-9a-f]{64})"/g)].map(([, c = ""]) => c));
  const names: PolicyNames = {
    person: (id) => rules.person(personId(id))?.name ?? id,
    text: (commitment) => found.get(commitment)?.text,
  };
  return policyLines(JSON.parse(text) as object, names);
}

/** What is looser and what is stricter in the second policy. */
export async function looserAndStricter(
  { rules }: PolicyReads,
  before: Digest,
  after: Digest,
): Promise<{ readonly looser: readonly string[]; readonly stricter: readonly string[] }> {
  await rules.load([before, after]);
  const [a, b] = [rules.policy(before), rules.policy(after)];
  return {
    looser: relaxationsOf(a, b).map(({ what }) => what),
    stricter: relaxationsOf(b, a).map(({ what }) => what),
  };
}
