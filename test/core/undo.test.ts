import { describe, expect, test } from "vitest";
import { assistant, id, minutes, policyWith } from "../support/builders.ts";
import { Log, of, refused, said, say } from "../support/core-log.ts";

/** One's own mistaken restriction, taken back within minutes: the only way to widen without a second person. */

const status = (log: Log) => log.state.escalations.map((one) => one.status);
const lastMade = (log: Log) => of(log.entries, "decision.made").at(-1);

describe("undo", () => {
  const mistaken = (): Log => {
    const log = new Log();
    log.fire("jailbreak-rate");
    log.fire("refusal-collapse");
    said(log, "bob", "pause");
    return log;
  };
  const why = (log: Log, who: "bob" | "chidi", line = "undo HP-1") => {
    const refusal = refused(log, who, line);
    return refusal.refused === "no-undo" ? refusal.because : refusal.refused;
  };

  test("restores the posture before and opens again what was settled, each on its own clock", () => {
    const log = mistaken();
    log.wait(minutes(3));

    said(log, "bob", "undo HP-1");

    expect(log.scope).toBe("full");
    expect(status(log)).toEqual(["open", "open"]);
    expect(log.escalation("HP-1").decided).toBeNull();
    expect(lastMade(log)).toMatchObject({
      decision: "resume",
      authority: "undo",
      people: [id("bob")],
    });
    log.wait(minutes(17));
    log.wait(minutes(20));
    expect(log.scope).toBe("paused");
  });

  test("closes the escalation that only the mistake had opened", () => {
    const log = new Log();
    said(log, "bob", "pause");

    said(log, "bob", "undo HP-1");

    expect(log.state.escalations).toEqual([]);
    expect(of(log.entries, "escalation.closed").map(({ because }) => because)).toEqual(["undone"]);
  });

  test("gives a deadline that passed meanwhile its whole length again", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    log.wait(minutes(25));
    said(log, "bob", "pause HP-1");
    log.wait(minutes(8));

    said(log, "bob", "undo HP-1");

    expect(log.escalation("HP-1").decideBy).toBe(log.now + minutes(30));
  });

  test("is refused to anybody else", () => {
    expect(why(mistaken(), "chidi")).toBe("not-yours");
  });

  test("is refused to who made it when somebody has kept it since, and says that", () => {
    const log = mistaken();
    said(log, "chidi", "keep HP-1");
    const other = new Log();
    other.fire("jailbreak-rate");
    said(other, "bob", "narrow HP-1");
    said(other, "chidi", "pause HP-1");

    expect(why(log, "bob")).toBe("decided-since");
    expect(why(other, "bob")).toBe("decided-since");
    expect(why(other, "chidi", "undo HP-2")).toBe("none");
  });

  test("is refused to somebody whose restriction was widened again as if there were none", () => {
    const log = mistaken();
    said(log, "bob", "undo HP-1");

    expect(why(log, "bob")).toBe("none");
  });

  test("is refused when its minutes are over, not before", () => {
    const log = mistaken();
    log.wait(minutes(10) + 1);

    expect(why(log, "bob")).toBe("too-late");
  });

  test("is accepted in its last moment", () => {
    const log = mistaken();
    log.wait(minutes(10));

    expect(say(log, "bob", "undo HP-1")).toHaveLength(1);
  });

  test("is refused once somebody decided since", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "bob", "narrow HP-1");
    said(log, "erin", "pause HP-1");

    expect(why(log, "bob")).toBe("decided-since");
  });

  test("is refused when something else has opened since", () => {
    const log = mistaken();
    log.fire("score-unavailable");

    expect(why(log, "bob")).toBe("others-open");
  });

  test("takes back no restriction that changed nothing, and no resume", () => {
    const log = new Log(policyWith({ deployment: { ...assistant, starts: "paused" } }));
    log.fire("jailbreak-rate");
    said(log, "bob", "narrow HP-1 to staff");
    expect(why(log, "bob")).toBe("none");

    said(log, "chidi", "resume HP-1 to full");
    said(log, "erin", "resume HP-1");
    expect(why(log, "chidi")).toBe("none");
  });

  test("takes back the policy's own answer for nobody", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    log.wait(minutes(30));

    expect(why(log, "chidi")).toBe("not-yours");
  });

  test("takes back a restriction that was weaker than the plan, whose escalation stayed open", () => {
    const log = new Log();
    log.fire("refusal-collapse");
    said(log, "bob", "narrow HP-1 to no-tools");
    expect(status(log)).toEqual(["open"]);

    said(log, "bob", "undo HP-1");

    expect(log.scope).toBe("full");
    expect(status(log)).toEqual(["open"]);
  });

  test("is refused to somebody whom a later policy lets restrict no more", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "chidi", "pause HP-1");
    const { authority } = assistant;
    const restrict = { decider: id("erin"), deputies: [], alsoMay: [] };
    const later = { ...assistant, authority: { ...authority, restrict } };

    log.adopt(policyWith({ deployment: later, digest: "later" }));

    expect(why(log, "chidi")).toBe("no-longer");
    expect(log.scope).toBe("paused");
  });
});
