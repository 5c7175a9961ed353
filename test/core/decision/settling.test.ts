import { describe, expect, test } from "vitest";
import { assistant, days, hours, id, minutes, policyWith } from "../../support/builders.ts";
import { Log, of, refused, said } from "../../support/core-log.ts";

/** What a decision settles, what it leaves open, and when that closes. */

const status = (log: Log) => log.state.escalations.map((escalation) => escalation.status);
const lastMade = (log: Log) => of(log.entries, "decision.made").at(-1);
function thirdOpen(): Log {
  const log = new Log();
  log.fire("jailbreak-rate");
  log.fire("refusal-collapse");
  log.fire("score-unavailable");
  return log;
}

describe("a restriction settles every open escalation whose plan it meets, and no other", () => {
  test("narrow to no-tools meets the plans to narrow and to re-test, not the one to pause", () => {
    const log = thirdOpen();

    said(log, "bob", "narrow to no-tools");

    expect(lastMade(log)?.settles).toEqual(["HP-1", "HP-3"]);
    expect(status(log)).toEqual(["settled", "open", "settled"]);
  });

  test("a pause meets all of them, whichever it is said to", () => {
    const log = thirdOpen();

    said(log, "bob", "pause HP-3");

    expect(lastMade(log)?.settles).toEqual(["HP-1", "HP-2", "HP-3"]);
  });

  test("what is in force counts, not what was asked: already met is recorded and settles", () => {
    const log = new Log(policyWith({ deployment: { ...assistant, starts: "paused" } }));
    log.fire("jailbreak-rate");

    said(log, "bob", "narrow HP-1 to no-tools");

    expect(lastMade(log)).toMatchObject({ before: "paused", after: "paused", version: 1 });
    expect(status(log)).toEqual(["settled"]);
  });

  test("a raised escalation has no plan, so any restriction settles it", () => {
    const log = new Log();
    log.fire("raised", { seen: null, reason: "odd answers" });

    said(log, "chidi", "narrow to no-tools");

    expect(status(log)).toEqual(["settled"]);
  });

  test("what no rule names is not settled by it", () => {
    const log = new Log();
    log.fire("unmatched");

    said(log, "chidi", "pause");

    expect(log.escalation("HP-1").status).toBe("open");
  });
});

describe("a re-test said to a plan that restricts", () => {
  test("by somebody who may restrict but does not decide, is recorded and the clock keeps running", () => {
    const log = new Log();
    log.fire("jailbreak-rate");

    said(log, "bob", "retest HP-1");
    expect(lastMade(log)).toMatchObject({ settles: [], deviation: "weaker" });
    log.wait(minutes(30));

    expect(log.scope).toBe("no-tools");
  });

  test("by the decider settles it, as weaker than the plan", () => {
    const log = new Log();
    log.fire("jailbreak-rate");

    said(log, "chidi", "retest HP-1");

    expect(lastMade(log)).toMatchObject({ settles: ["HP-1"], deviation: "weaker" });
    expect(log.wait(minutes(30)).filter(({ kind }) => kind === "decision.made")).toEqual([]);
  });

  test("where the plan is a re-test, anybody who may restrict settles it as planned", () => {
    const log = new Log();
    log.fire("score-unavailable");

    said(log, "dana", "retest HP-1");

    expect(lastMade(log)).toMatchObject({ settles: ["HP-1"], deviation: "none" });
  });

  test("needs to name one when several are open", () => {
    expect(refused(thirdOpen(), "chidi", "retest")).toEqual({
      refused: "several-open",
      asked: "retest",
      escalations: ["HP-1", "HP-2", "HP-3"],
    });
  });
});

describe("a stop made by hand", () => {
  test("opens an escalation of its own where none is open, settled at once", () => {
    const log = new Log();

    said(log, "bob", "pause");

    expect(log.escalation("HP-1")).toMatchObject({
      trigger: "by-hand",
      status: "settled",
      openedBy: id("bob"),
    });
    expect(lastMade(log)).toMatchObject({ settles: ["HP-1"], deviation: "unplanned" });
  });

  test("opens none where one is open", () => {
    const log = new Log();
    log.fire("jailbreak-rate");

    said(log, "bob", "pause");

    expect(log.state.escalations).toHaveLength(1);
  });

  test("while an earlier one by hand is still live, the next joins it", () => {
    const log = new Log();
    said(log, "bob", "narrow");
    said(log, "chidi", "pause");

    expect(log.state.escalations).toHaveLength(1);
    expect(lastMade(log)?.escalation).toBe("HP-1");
  });
});

describe("stale cards", () => {
  const decidedMeanwhile = (): Log => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "erin", "narrow HP-1", { version: 1 });
    return log;
  };

  test("a stale pause counts", () => {
    const log = decidedMeanwhile();

    said(log, "bob", "pause HP-1", { version: 1 });

    expect(log.scope).toBe("paused");
  });

  test.each(["resume HP-1", "keep HP-1"])(
    "a stale %s is refused and shows who decided what",
    (line) => {
      const log = decidedMeanwhile();

      expect(refused(log, "chidi", line, { version: 1 })).toMatchObject({
        refused: "stale",
        scope: "no-tools",
        by: [id("erin")],
        at: log.now,
      });
      expect(log.scope).toBe("no-tools");
    },
  );

  test("a confirmation from a card that is not current is refused too", () => {
    const log = decidedMeanwhile();
    said(log, "chidi", "resume HP-1", { version: 2 });

    expect(refused(log, "erin", "resume HP-1", { version: 1 })).toMatchObject({ refused: "stale" });
  });

  test("a typed line is judged as things are", () => {
    const log = decidedMeanwhile();

    said(log, "chidi", "keep HP-1");

    expect(lastMade(log)).toMatchObject({ decision: "keep", after: "no-tools" });
  });
});

describe("when the question is asked again", () => {
  test("`for` says when, exactly, and nothing resumes by it", () => {
    const log = new Log();

    said(log, "bob", "pause", { askAgainIn: minutes(20) });
    expect(log.state.reassess?.by).toBe(log.now + minutes(20));
    log.wait(days(2));

    expect(log.scope).toBe("paused");
  });

  test("a `for` longer than the policy's own limit does not put it off", () => {
    const log = new Log();

    said(log, "bob", "pause", { askAgainIn: days(30) });

    expect(log.state.reassess?.by).toBeLessThanOrEqual(log.now + days(1));
  });

  test.each(["breakglass pause", "breakglass keep", "breakglass resume to full"])(
    "%s is reviewed within a day and flagged",
    (line) => {
      const log = new Log(policyWith({ deployment: { ...assistant, starts: "staff" } }));

      said(log, "frank", line);

      expect(lastMade(log)).toMatchObject({ breakGlass: true, authority: "breakGlass" });
      expect(log.state.reassess?.by).toBeLessThanOrEqual(log.now + days(1));
    },
  );
});

describe("what no rule names", () => {
  test.each(["keep HP-1", "retest HP-1", "resume HP-1 to full"])(
    "%s is refused: it can be acknowledged",
    (line) => {
      const log = new Log();
      log.fire("unmatched");

      expect(refused(log, "chidi", line)).toEqual({
        refused: "acknowledge-only",
        escalation: "HP-1",
      });
    },
  );

  test("a pause said to it answers it, and a resume closes it", () => {
    const log = new Log();
    log.fire("unmatched");

    said(log, "bob", "pause HP-1");

    expect(log.scope).toBe("paused");
    expect(lastMade(log)).toMatchObject({ settles: ["HP-1"], deviation: "unplanned" });
    said(log, "chidi", "resume HP-1");
    said(log, "erin", "resume HP-1");
    expect(log.scope).toBe("full");
    expect(log.state.escalations).toEqual([]);
  });

  test("one that was acknowledged can still be answered, and undone it is open again", () => {
    const log = new Log();
    log.fire("unmatched");
    said(log, "bob", "ack HP-1");

    said(log, "bob", "narrow HP-1");
    expect(log.escalation("HP-1").decided?.decision).toBe("narrow");
    said(log, "bob", "undo HP-1");

    expect(log.scope).toBe("full");
    expect(log.escalation("HP-1")).toMatchObject({ status: "open", decided: null });
    expect(refused(log, "chidi", "keep HP-1")).toMatchObject({ refused: "acknowledge-only" });
  });

  test("the answer to one leaves the others open: nobody may have read them", () => {
    const log = new Log();
    log.fire("unmatched", { about: { source: "alertmanager", name: "A" } });
    log.fire("unmatched", { about: { source: "signals", name: "A" } });

    said(log, "bob", "pause HP-2");

    expect(log.escalation("HP-1").status).toBe("open");
    expect(log.escalation("HP-2").status).toBe("settled");
  });

  test("worse than before, what was acknowledged or paused for it is open again", () => {
    const log = new Log();
    log.fire("unmatched", { severity: "info" });
    said(log, "bob", "pause HP-1");

    log.raise("HP-1", "critical");

    expect(log.escalation("HP-1")).toMatchObject({
      status: "open",
      severity: "critical",
      decided: null,
      acknowledged: [],
    });
    expect(log.scope).toBe("paused");
  });

  test("somebody who may not restrict is refused, and told who can", () => {
    const log = new Log();
    log.fire("unmatched");

    expect(refused(log, "frank", "pause HP-1")).toMatchObject({ refused: "not-authorized" });
  });

  test("it is settled by being seen, and closes an hour after the last signal", () => {
    const log = new Log();
    log.fire("unmatched");
    log.wait(days(3));
    expect(log.escalation("HP-1").status).toBe("open");
    said(log, "bob", "ack HP-1");
    log.wait(minutes(30));
    log.fire("unmatched");

    log.wait(hours(1) - 1);
    expect(log.escalation("HP-1").status).toBe("settled");
    log.wait(1);

    expect(log.state.escalations).toEqual([]);
  });
});

describe("closing", () => {
  test("a settled escalation closes after an hour without a signal; each signal puts that off, without a clock", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "chidi", "narrow HP-1");
    for (let hour = 0; hour < 5; hour += 1) {
      log.wait(minutes(59));
      log.fire("jailbreak-rate");
    }
    expect(log.escalation("HP-1").status).toBe("settled");

    log.wait(hours(1));

    expect(log.state.escalations).toEqual([]);
    expect(of(log.entries, "escalation.opened")).toHaveLength(1);
  });

  test("while open, more signals join it; closed, the next opens another", () => {
    const log = new Log();
    expect(log.fire("jailbreak-rate")).toBe("HP-1");
    expect(log.fire("jailbreak-rate")).toBe("HP-1");
    said(log, "chidi", "narrow HP-1");
    log.wait(hours(1));

    expect(log.fire("jailbreak-rate")).toBe("HP-2");
  });

  test("a refusal changes nothing", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "chidi", "narrow HP-1");
    const before = log.state;

    refused(log, "gina", "pause");

    expect(log.state).toBe(before);
  });
});
