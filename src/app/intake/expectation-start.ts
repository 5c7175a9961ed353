import type { Digest, Instant } from "../../core/ids.ts";
import { expectationsOf } from "../../core/policy/expectation.ts";
import type { Policy } from "../../core/policy/model.ts";
import { type ActiveExpectation, whatIsMissed } from "../../core/reassessment/missing-signals.ts";
import { timeOf } from "../../core/time.ts";
import type { Recorded, Store } from "../ports.ts";

/** Since when each expectation has been in force without a break, as the log says. */

type ExpectedSince = ReadonlyMap<string, Instant>;

const page = 50;

/** How many adoptions are searched; older expectations count as that old. */
const mostPages = 10;

/**
 * What is expected under a policy, each with its beginning: the oldest adoption since when every
 * policy had it. Adopting a policy again for another reason gives nobody a new period. Remembered
 * per policy: a digest never changes its meaning.
 */
export function createExpectationStart(store: Pick<Store, "entries" | "policy">) {
  let known: { readonly digest: Digest; readonly expectedSince: ExpectedSince } | null = null;
  return async (policy: Policy): Promise<readonly ActiveExpectation[]> => {
    const all = expectedUnder(policy);
    if (all.length === 0) return [];
    if (known?.digest !== policy.digest)
      known = { digest: policy.digest, expectedSince: await beginnings(store, policy.digest, all) };
    const { expectedSince } = known;
    return all.map((expected) => ({
      ...expected,
      expectedSince: expectedSince.get(keyOf(expected)) ?? 0,
    }));
  };
}

type Expected = Omit<ActiveExpectation, "expectedSince">;

const expectedUnder = (policy: Pick<Policy, "sources">): readonly Expected[] =>
  [...policy.sources.values()].flatMap(({ id, expect }) =>
    expect.map((expectation) => ({ source: id, expectation })),
  );

/** A heartbeat of another length, or a run at another time, is another expectation. */
const keyOf = (expected: Expected): string =>
  expected.expectation.kind === "heartbeat"
    ? `${whatIsMissed(expected)}:${expected.expectation.every}`
    : `${whatIsMissed(expected)}:${expected.expectation.timezone}:${expected.expectation.by.from ?? ""}`;

async function beginnings(
  store: Pick<Store, "entries" | "policy">,
  digest: Digest,
  all: readonly Expected[],
): Promise<ExpectedSince> {
  const expectedSince = new Map<string, Instant>();
  let standing = all.map(keyOf);
  let reached = false;
  for await (const { entry } of adoptions(store)) {
    if (entry.kind !== "policy.adopted" || standing.length === 0) break;
    reached ||= entry.digest === digest;
    if (!reached) continue;
    const then = entry.digest === digest ? standing : await keysUnder(store, entry.digest);
    standing = standing.filter((key) => then.includes(key));
    for (const key of standing) expectedSince.set(key, timeOf(entry));
  }
  return expectedSince;
}

/** Newest first. */
async function* adoptions(store: Pick<Store, "entries">): AsyncIterable<Recorded> {
  let below: number | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const found = await store.entries({
      kinds: ["policy.adopted"],
      ...(below === undefined ? {} : { below }),
      limit: page,
    });
    yield* found;
    below = found.at(-1)?.index;
    if (found.length < page) return;
  }
}

type WrittenPolicy = Parameters<typeof expectationsOf>[1] & {
  readonly sources?: Readonly<Record<string, Parameters<typeof expectationsOf>[0]>>;
};

/** Read from the canonical form, so that no other policy need be compiled. */
async function keysUnder(store: Pick<Store, "policy">, digest: Digest): Promise<readonly string[]> {
  const row = await store.policy(digest);
  if (!row) return [];
  const doc: WrittenPolicy = JSON.parse(new TextDecoder().decode(row.canonical));
  return Object.entries(doc.sources ?? {}).flatMap(([source, written]) =>
    expectationsOf(written, doc).map((expectation) => keyOf({ source, expectation })),
  );
}
