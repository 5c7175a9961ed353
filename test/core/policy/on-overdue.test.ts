import { describe, expect, test } from "vitest";
import type { OverdueResponse } from "../../../src/core/policy/model.ts";
import { relaxationsOf } from "../../../src/core/policy/relaxations/relaxations.ts";
import { assistant, days, policyWith } from "../../support/builders.ts";
import { said } from "./small-policy.ts";

/** What a policy says about overdue reviews: checked, and compared with the one before. */

const written = (text: string) => said(["      onOverdue: remind\n", text]);

describe("policy check", () => {
  test.each([
    ["", "warning: deployments.assistant.reassess: has no onOverdue: a keep"],
    ["      onOverdue: pause\n      grace: 12h\n", "error: .*grace: must be at least 1d"],
    ["      onOverdue: { narrow: stav }\n", "error: .*onOverdue.narrow: .*stav.*staff"],
    ["      onOverdue: { narrow: full }\n", "warning: .*full is the widest scope"],
    ["      onOverdue: remind\n      grace: 2d\n", "warning: .*grace: has no effect"],
    ["      onOverdue: stop\n", "error: .*must be remind, narrow, pause or"],
  ])("%j", (text, message) => {
    const found = written(text);

    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(message));
  });

  test.each(["remind", "pause", "narrow", "{ narrow: staff }"])("%s is fine", (value) => {
    expect(written(`      onOverdue: ${value}\n`)).toEqual([]);
  });
});

const pause: OverdueResponse = { kind: "pause", scope: null, grace: days(2) };
const narrow: OverdueResponse = { kind: "narrow", scope: null, grace: days(2) };

const whatLoosens = (before: OverdueResponse | null, after: OverdueResponse | null) => {
  const [was, is] = [before, after].map((onOverdue) =>
    policyWith({
      deployment: { ...assistant, reassess: { ...assistant.reassess, onOverdue } },
    }),
  );
  return was && is ? relaxationsOf(was, is).map(({ what }) => what) : null;
};

describe("a later policy is looser", () => {
  test.each([
    ["without it", pause, null, /has no consequence any more/],
    ["if it narrows instead of pausing", pause, narrow, /is weaker/],
    ["with a longer grace", pause, { ...pause, grace: days(3) }, /3 d \(was 2 d\)/],
  ])("%s", (_, before, after, says) => {
    expect(whatLoosens(before, after)).toEqual([expect.stringMatching(says)]);
  });

  test("not if it gets stricter", () => {
    expect(whatLoosens(null, narrow)).toEqual([]);
    expect(whatLoosens(narrow, pause)).toEqual([]);
    expect(whatLoosens(narrow, { ...narrow, scope: "staff", grace: days(1) })).toEqual([]);
  });
});
