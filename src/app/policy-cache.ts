import type { Commitment, Digest, PersonId } from "../core/ids.ts";
import { digestOf } from "../core/log/commitment.ts";
import { type People, type Person, peopleOf } from "../core/people/person.ts";
import { compilePolicy } from "../core/policy/canonical.ts";
import type { Policy } from "../core/policy/model.ts";
import { Fault, type KeptPolicies, type Store } from "./ports.ts";
import { type Doubts, policyWrong } from "./self-check/doubts.ts";

/**
 * Policies by digest, compiled once, and the people they name. A digest never changes its meaning,
 * so nothing here goes stale but people.
 */
export interface PolicyCache {
  /** Makes these policies available; call it before using them. */
  load(digests: readonly Digest[]): Promise<void>;
  /**
   * Takes in which policy is in force, and who the people are where that moved: `version` is the
   * stream org's, which moves with them.
   */
  follow(inForce: Digest, version: number): Promise<void>;
  policy(digest: Digest): Policy;
  /** The policy last seen in force; undefined before the first. */
  current(): Policy | undefined;
  /**
   * Makes a policy available that is about to be adopted, with its words. Its people are not ours
   * before it is.
   */
  prime(
    policy: Policy,
    words: readonly { readonly commitment: Commitment; readonly text: string }[],
  ): void;
  people(): People;
  person(id: PersonId): Person | undefined;
  /** The words of policy texts (rules' `because` and `steps`), by commitment. */
  texts(): ReadonlyMap<Commitment, string>;
}

const kept = 64;

/** Where it is said that a policy in the database was changed, and what is used in its place. */
export interface PolicyGuard {
  readonly doubts: Pick<Doubts, "found">;
  readonly kept: KeptPolicies;
}

const noGuard: PolicyGuard = {
  doubts: { found: () => undefined },
  kept: { read: () => null, write: () => undefined },
};

export function createPolicyCache(
  store: Pick<Store, "policy" | "people" | "texts">,
  { doubts, kept: copies }: PolicyGuard = noGuard,
): PolicyCache {
  const compiled = new Map<Digest, Policy>();
  const texts = new Map<Commitment, string>();
  let people: People = new Map();
  let inForce: Digest | null = null;
  let peopleAt = -1;

  /** Bytes that have the digest; of a policy that was changed, our own copy. */
  const bytesOf = async (digest: Digest): Promise<Uint8Array> => {
    const row = await store.policy(digest);
    if (row && digestOf(row.canonical) === digest) {
      copies.write(digest, row.canonical);
      return row.canonical;
    }
    const wrong = policyWrong(digest);
    doubts.found("policies", wrong);
    const copy = copies.read(digest);
    if (copy === null) throw new Fault(wrong, "never");
    return copy;
  };

  const loadPolicy = async (digest: Digest): Promise<void> => {
    const canonical = await bytesOf(digest);
    const policy = compilePolicy(JSON.parse(new TextDecoder().decode(canonical)));
    const words = [...policy.triggers.values()].flatMap((trigger) => [
      trigger.because,
      ...trigger.steps,
    ]);
    for (const [commitment, text] of await store.texts(words)) texts.set(commitment, text.text);
    if (compiled.size >= kept) compiled.delete([...compiled.keys()][0] ?? "");
    compiled.set(digest, { ...policy, digest });
  };

  return {
    load: async (digests) => {
      for (const digest of new Set(digests))
        if (digest !== "" && !compiled.has(digest)) await loadPolicy(digest);
    },
    follow: async (digest, version) => {
      inForce = digest;
      if (version <= peopleAt) return;
      const rows = await store.people();
      if (version <= peopleAt) return; // somebody saw a newer version meanwhile
      people = peopleOf(rows);
      peopleAt = version;
    },
    policy: (digest) => {
      const policy = compiled.get(digest);
      if (!policy) throw new Fault(`policy ${digest || "(none)"} was not loaded`, "never");
      return policy;
    },
    current: () => (inForce === null ? undefined : compiled.get(inForce)),
    prime: (policy, words) => {
      compiled.set(policy.digest, policy);
      for (const { commitment, text } of words) texts.set(commitment, text);
    },
    people: () => people,
    person: (id) => people.get(id),
    texts: () => texts,
  };
}
