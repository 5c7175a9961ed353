import { describe, expect, test } from "vitest";
import { adoptionAsked } from "../../src/cli/adoption-asked.ts";

describe("policy adopt", () => {
  test("reads the file, and for whom and why", () => {
    expect(adoptionAsked(["p.yaml"])).toEqual({ file: "p.yaml", said: null });
    expect(adoptionAsked(["p.yaml", "--as", "dana", "--because", "audit finding 7"])).toEqual({
      file: "p.yaml",
      said: { as: "dana", because: "audit finding 7", confirmedBy: null, basis: null },
    });
    expect(
      adoptionAsked([
        "--as=dana",
        "--confirmed-by=erin",
        "p.yaml",
        "--because=-1 is no limit",
        "--basis=https://x.example",
      ]),
    ).toEqual({
      file: "p.yaml",
      said: {
        as: "dana",
        because: "-1 is no limit",
        confirmedBy: "erin",
        basis: "https://x.example",
      },
    });
  });

  test.each([
    [[], /Name the file/],
    [["p.yaml", "--as", "dana"], /--because <reason> is missing/],
    [["p.yaml", "--because", "x"], /--as <person> is missing/],
    [["p.yaml", "--confirmed-by", "erin"], /--as <person> is missing/],
    [
      ["p.yaml", "--as", "dana", "--because", "audit", "finding", "7"],
      /“finding 7” has no place\. Quote a reason/,
    ],
    [["p.yaml", "--who", "dana"], /--who/],
    [["p.yaml", "--as"], /--as/],
  ])("%j is refused: nothing that was typed is dropped", (argv, problem) => {
    expect(adoptionAsked(argv)).toEqual({ problem: expect.stringMatching(problem) });
  });
});
