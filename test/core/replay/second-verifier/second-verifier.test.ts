import { describe, expect, test } from "vitest";
import { differences, findPython, theirs } from "./ask.ts";
import { anyVariants, knownVariants, rotatedVariants, type Variant } from "./variants.ts";

/**
 * The verifier in docs/verifiers/python judges as ours does, in bytes and in meaning. `npm run
 * test:verifiers` asks about thousands of logs; here are the known ones and some more.
 */

const python = findPython();

describe("the verifier in Python", () => {
  test.skipIf(python === null)("judges good and broken logs as ours does", () => {
    const known = knownVariants().filter((_variant, n) => n % 3 === 0);
    const all: readonly Variant[] = [...known, ...rotatedVariants(), ...anyVariants(70, 7_000)];

    const answers = theirs(python ?? "", all);

    expect(differences(all, answers)).toEqual([]);
    expect(new Set(answers.map(({ is }) => is))).toEqual(
      new Set(["OK", "TAMPERED", "TRUNCATED", "FORKED", "UNAUTHORIZED", "INCONSISTENT"]),
    );
  });

  test("is asked about logs of all kinds, and a wrong answer would be seen", () => {
    const all = knownVariants();

    expect(all.length).toBeGreaterThan(100);
    expect(differences(all.slice(0, 2), [{ is: "OK" }, { is: "OK" }])).toHaveLength(2);
  });
});
