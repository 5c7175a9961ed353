import { expect, test } from "vitest";
import { type BoardEntry, inBoardOrder, standingOf } from "../../../src/core/card/board-order.ts";
import type { EscalationState } from "../../../src/core/state/state.ts";
import { id, type Key, minutes, tuesdayNight } from "../../support/builders.ts";
import { Log, said } from "../../support/core-log.ts";

/** The board of one person, in order: which escalation, and what it asks of them. */
const boardOf = (log: Log, key: Key | null) =>
  log.state.escalations
    .map((escalation) => standingOf(log.situation, escalation, key === null ? null : id(key)))
    .toSorted(inBoardOrder)
    .map(({ escalation, mine }) => [escalation.id, mine]);

/** A warning, then something high, then something critical. Bob is on call, Chidi decides. */
function three(): Log {
  const log = new Log();
  for (const name of ["score-unavailable", "refusal-collapse", "jailbreak-rate"]) log.fire(name);
  return log;
}

test("the worst comes first, whoever looks, and each is told what is asked of them", () => {
  const log = three();

  expect(boardOf(log, "chidi")).toEqual([
    ["HP-3", "decide"],
    ["HP-2", "decide"],
    ["HP-1", "decide"],
  ]);
  expect(boardOf(log, "bob")).toEqual([
    ["HP-3", "acknowledge"],
    ["HP-2", "acknowledge"],
    ["HP-1", "acknowledge"],
  ]);
  // Erin may decide too, but she is not named yet; nobody asks Frank or a stranger.
  for (const key of ["erin", "frank", null] as const)
    expect(boardOf(log, key)).toEqual([
      ["HP-3", null],
      ["HP-2", null],
      ["HP-1", null],
    ]);
});

test("what waits for the reader comes before what is worse and waits for others", () => {
  const log = three();

  said(log, "bob", "ack HP-3");

  expect(boardOf(log, "bob")).toEqual([
    ["HP-2", "acknowledge"],
    ["HP-1", "acknowledge"],
    ["HP-3", null],
  ]);
});

test("a started resume waits for whoever may confirm it, and not for who started it", () => {
  const log = new Log();
  log.fire("jailbreak-rate");
  said(log, "chidi", "pause HP-1");
  said(log, "chidi", "resume HP-1", { reason: "patched" });

  expect(boardOf(log, "erin")).toEqual([["HP-1", "confirm"]]);
  expect(boardOf(log, "chidi")).toEqual([["HP-1", null]]);
});

test("the deadline is the next one that runs: to acknowledge, then to decide, then none", () => {
  const log = new Log();
  log.fire("jailbreak-rate");
  const deadline = () =>
    log.state.escalations.map((escalation) => standingOf(log.situation, escalation, null).deadline);

  expect(deadline()).toEqual([{ to: "acknowledge", at: tuesdayNight + minutes(10) }]);
  said(log, "bob", "ack HP-1");
  expect(deadline()).toEqual([{ to: "decide", at: tuesdayNight + minutes(30) }]);
  said(log, "chidi", "pause HP-1");
  expect(deadline()).toEqual([null]);
});

test("ten thousand stand in one order, whatever order they came in", () => {
  const log = new Log();
  log.fire("jailbreak-rate");
  const [first] = log.state.escalations;
  if (!first) throw new Error("nothing is open");
  const severities = ["info", "critical", "warning", "high"] as const;
  const standing = (n: number): BoardEntry => {
    const escalation: EscalationState = {
      ...first,
      id: `HP-${n}`,
      severity: severities[n % 4] ?? "info",
      status: n % 5 === 0 ? "settled" : "open",
      settledAt: n % 5 === 0 ? n : null,
    };
    const at = (n * 7919) % 1000;
    return {
      escalation,
      mine: n % 11 === 0 ? "decide" : null,
      deadline: n % 3 === 0 ? null : { to: "decide", at },
    };
  };
  const all = Array.from({ length: 10_000 }, (_, at) => standing(at + 1));
  const turned = [...all.slice(4_321), ...all.slice(0, 4_321).toReversed()];

  const ordered = all.toSorted(inBoardOrder);

  expect(turned.toSorted(inBoardOrder)).toEqual(ordered);
  const open = ordered.filter(({ escalation }) => escalation.status === "open");
  expect(ordered.slice(0, open.length)).toEqual(open);
  const mine = open.filter((entry) => entry.mine !== null);
  expect(open.slice(0, mine.length)).toEqual(mine);
  const others = open.slice(mine.length).map(({ escalation }) => escalation.severity);
  expect([...new Set(others)]).toEqual(["critical", "high", "warning", "info"]);
  const critical = open.slice(mine.length, mine.length + others.lastIndexOf("critical") + 1);
  const ends = critical.map(({ deadline }) => deadline?.at ?? Number.MAX_SAFE_INTEGER);
  expect(ends).toEqual(ends.toSorted((a, b) => a - b));
});
