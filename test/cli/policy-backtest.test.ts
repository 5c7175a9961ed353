import { describe, expect, test } from "vitest";
import { backtestAsked, backtestLines } from "../../src/cli/policy-backtest.ts";

const figures = {
  shadow: false,
  fired: 3,
  untold: 1,
  escalations: 2,
  alone: 1,
  named: { "Chidi Lindt": 2 },
  byPolicy: 2,
  response: "pause",
};

describe("policy backtest", () => {
  test("reads a file and a number of days, and nothing else", () => {
    expect(backtestAsked(["p.yaml"])).toEqual({ file: "p.yaml", days: 30 });
    expect(backtestAsked(["p.yaml", "--days", "7"])).toEqual({ file: "p.yaml", days: 7 });
    for (const words of [
      [],
      ["a", "b"],
      ["a", "--days", "0"],
      ["a", "--days", "1e9"],
      ["a", "--day", "3"],
    ])
      expect(backtestAsked(words)).toBeNull();
  });

  test("says of each trigger what both policies would have done", () => {
    const lines = backtestLines({
      since: "2026-11-01T00:00:00.000Z",
      signals: 9,
      isCut: true,
      rules: [
        { deployment: "assistant", trigger: "jailbreaks", before: figures, after: null },
        {
          deployment: "assistant",
          trigger: "quiet",
          before: null,
          after: { ...figures, shadow: true, untold: 0, alone: 0, byPolicy: 0, named: {} },
        },
      ],
      unmatched: { before: 1, after: 4 },
    });

    expect(lines.slice(1)).toEqual([
      "jailbreaks on assistant:",
      "  in force   fires at 3 signals; cannot be told at 1; 2 escalations, 1 of one signal alone; named: Chidi Lindt 2; pause by policy 2 times unless somebody decides",
      "  this file  no such trigger",
      "quiet on assistant:",
      "  in force   no such trigger",
      "  this file  shadow, asks nobody; fires at 3 signals; 2 escalations",
      "Matched by no trigger: 1 in force, 4 by this file.",
    ]);
    expect(lines[0]).toContain("the oldest are left out");
  });
});
