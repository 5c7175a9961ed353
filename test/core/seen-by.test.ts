import { expect, test } from "vitest";
import { standingOf } from "../../src/core/card/board-order.ts";
import {
  acknowledgementDue,
  isAskedToAcknowledge,
} from "../../src/core/escalation/acknowledgement.ts";
import { plain } from "../../src/core/words/words.ts";
import { id, minutes } from "../support/builders.ts";
import { Log, of, said } from "../support/core-log.ts";
import { cardIn } from "../support/golden-cards.ts";

/**
 * Whoever decided or acknowledged has seen it: nothing says otherwise afterwards, whatever they did
 * and whatever became of it.
 */

const unseen = /Not acknowledged|Acknowledgement overdue/;

function textIn(log: Log): string {
  const { title, lines, more, lockScreen } = cardIn(log);
  return (
    [title, ...lines, ...more.flatMap((item) => item.lines)].map(plain).join("\n") + lockScreen
  );
}

/** What somebody does that leaves the escalation open, or opens it again. */
const weaker: Readonly<Record<string, (log: Log) => void>> = {
  "a monitor": (log) => said(log, "chidi", "monitor HP-1"),
  "a re-test": (log) => said(log, "chidi", "retest HP-1"),
  "a weaker restriction": (log) => said(log, "bob", "narrow HP-1 to no-tools"),
  "an acknowledgement": (log) => said(log, "bob", "ack HP-1"),
  "an acknowledgement, then a re-test": (log) => {
    said(log, "bob", "ack HP-1");
    said(log, "chidi", "retest HP-1");
  },
  "a re-test, then a weaker restriction": (log) => {
    said(log, "chidi", "retest HP-1");
    said(log, "bob", "narrow HP-1 to no-tools");
  },
  "a stop that was taken back": (log) => {
    said(log, "bob", "pause HP-1");
    said(log, "bob", "undo HP-1");
  },
  "a weaker restriction that was taken back": (log) => {
    said(log, "bob", "narrow HP-1 to no-tools");
    said(log, "bob", "undo HP-1");
  },
};

test.each(Object.entries(weaker))("after %s nobody says that it was not seen", (_, act) => {
  const log = new Log();
  log.fire("refusal-collapse");
  expect(textIn(log)).toMatch(unseen);
  const live = () => log.state.escalations.find((escalation) => escalation.id === "HP-1");

  act(log);

  const isTakenBack = (live()?.undone ?? []).length > 0;
  expect(textIn(log)).not.toMatch(unseen);
  for (let look = 0; look < 20; look += 1) {
    const escalation = live();
    if (escalation && !isTakenBack) {
      expect(acknowledgementDue(escalation)).toBeNull();
      expect(isAskedToAcknowledge(log.situation, escalation, id("ana"))).toBe(false);
      expect(standingOf(log.situation, escalation, id("ana")).mine).not.toBe("acknowledge");
    }
    if (escalation) expect(textIn(log)).not.toContain("Not acknowledged");
    log.wait(minutes(4));
  }

  // Undone, the question is whole again: those who are asked to acknowledge it still are.
  expect(of(log.entries, "acknowledge.missed")).toHaveLength(isTakenBack ? 1 : 0);
  const causes = of(log.entries, "decision.made").map(({ cause }) => cause);
  expect(causes).not.toContain("nobody seen");
});

test("what nobody saw is said not to be seen, also once the policy answered", () => {
  const log = new Log();
  log.fire("refusal-collapse");

  for (let look = 0; look < 4; look += 1) log.wait(minutes(20));

  expect(textIn(log)).toContain("Not acknowledged");
  expect(of(log.entries, "acknowledge.missed")).toHaveLength(1);
});
