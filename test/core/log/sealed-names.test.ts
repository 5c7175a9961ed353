import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalBytes } from "../../../src/core/log/bytes.ts";
import type { Entry } from "../../../src/core/log/entry.ts";
import { sealed, sealedIn, unsealed } from "../../../src/core/log/sealed-names.ts";
import { seenWith } from "../../support/builders.ts";

/** A table of texts, as beside the log. */
function keeping() {
  const texts = new Map<string, string>();
  const commit = (text: string): string => {
    const commitment = `c_${texts.size}`;
    texts.set(commitment, text);
    return commitment;
  };
  return { texts, commit };
}

const base = {
  v: 1,
  origin: "test",
  at: "2026-11-30T10:00:00.000Z",
  id: "e_1",
  subject: "deployment:a",
  actor: { type: "policy" },
  surface: "webhook",
  policy: "",
} as const;

const secret = fc.stringMatching(/^[a-z ]{3,9}!$/);

const anyEntry = fc
  .record({ suite: secret, scorer: secret, score: secret, metric: secret, name: secret })
  .chain((names) => {
    const { name, ...measured } = names;
    const seen = { ...seenWith(), ...measured };
    const of = { ...measured, source: "evals", group: name, reducer: "", model: "m-1", limit: "1" };
    const evidence = [
      { delivery: "d_1", body: "00", suite: names.suite, occurrence: name, model: "", value: "1" },
    ];
    const figure = { scorer: names.scorer, metric: names.metric, value: "1", stderr: "" };
    const run = { source: "evals", model: "m-1", samples: "", figures: [figure, figure], more: 0 };
    const bodies = [
      {
        kind: "escalation.opened",
        seen,
        about: { source: "evals", name },
        named: [{ source: "evals", name, severity: "high", signal: "c_x" }],
        evidence,
      },
      { kind: "escalation.updated", seen: null, of, named: [] },
      { kind: "decision.made", suite: names.suite, evidence },
      { kind: "retest.followed", suite: names.suite, run },
      { kind: "retest.followed", suite: names.suite, run: null },
    ];
    return fc.constantFrom(...bodies).map((body) => ({
      names: Object.values(names),
      entry: { ...base, ...body } as unknown as Entry,
    }));
  });

test("no name is in what is written, and with the texts every name is back", () => {
  fc.assert(
    fc.property(anyEntry, ({ entry, names }) => {
      const { texts, commit } = keeping();
      const written = JSON.parse(
        new TextDecoder().decode(canonicalBytes(sealed(entry, commit))),
      ) as Entry;
      for (const name of names) expect(JSON.stringify(written)).not.toContain(name);
      expect(new Set(sealedIn(written))).toEqual(new Set(texts.keys()));
      expect(unsealed(written, texts)).toEqual(entry);
    }),
  );
});

test("for names that were erased the commitment stands, and everything else stays", () => {
  const { commit } = keeping();
  const body = { kind: "decision.made", suite: "jailbreak", monitor: "x" };
  const written = sealed({ ...base, ...body } as unknown as Entry, commit) as Entry;
  expect(unsealed(written, new Map())).toEqual({ ...base, ...body, suite: "c_0" });
});

test("an entry of an older version, with its names in it, stays as it is", () => {
  const entry = { ...base, kind: "decision.made", suite: "jailbreak" } as unknown as Entry;
  expect(sealedIn(entry)).toEqual([]);
  expect(unsealed(entry, new Map())).toEqual(entry);
});

test("a text beside the log cannot say more than names", () => {
  const written = { ...base, kind: "decision.made", after: "paused", texts: "c_1" };
  const hostile = JSON.stringify({ after: "full", suite: 7, __proto__: { people: [] } });
  expect(unsealed(written as unknown as Entry, new Map([["c_1", hostile]]))).toEqual({
    ...base,
    kind: "decision.made",
    after: "paused",
    suite: "c_1",
  });
});
