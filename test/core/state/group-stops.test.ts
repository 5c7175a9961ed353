import { expect, test } from "vitest";
import { restrict } from "../../../src/core/decision/restrict.ts";
import { id, minutes } from "../../support/builders.ts";
import { Log, said } from "../../support/core-log.ts";

/** Which stops of a group a deployment is still under. */

const stopped = (log: Log, first?: string): readonly string[] => {
  const stop = { to: null, version: null, breakGlass: false, escalation: null, askAgainIn: null };
  const asked = { ...stop, do: "pause" as const, actor: id("bob"), reason: log.text("it lies") };
  const group = { name: "model:aurora-3", count: 1, ...(first === undefined ? {} : { first }) };
  log.decide((situation) => restrict(situation, { ...asked, group }));
  return groupsOf(log);
};
const groupsOf = (log: Log): readonly string[] => log.state.posture?.groups ?? [];

test("a deployment is under every stop of a group until it is resumed", () => {
  const log = new Log();
  const [first = ""] = stopped(log);
  log.wait(minutes(1));

  expect(stopped(log, "e_other")).toEqual([first, "e_other"]);
  said(log, "dana", "narrow to staff");
  said(log, "chidi", "keep");
  expect(groupsOf(log)).toEqual([first, "e_other"]);
  said(log, "chidi", "resume to staff");
  expect(groupsOf(log)).toHaveLength(2);
  said(log, "frank", "resume");
  expect(groupsOf(log)).toEqual([]);
});

test("an undo ends the one that it takes back", () => {
  const log = new Log();
  said(log, "dana", "narrow to staff");
  log.wait(minutes(1));
  const [first] = stopped(log);
  log.wait(minutes(1));
  said(log, "bob", "undo HP-1");

  expect(first).toMatch(/^e_/);
  expect(groupsOf(log)).toEqual([]);
});
