import { describe, expect, test } from "vitest";
import type { Deployment } from "../../../src/core/policy/model.ts";
import {
  assistant,
  days,
  hours,
  id,
  type Key,
  minutes,
  policyWith,
  withAuthority,
} from "../../support/builders.ts";
import { Log, of, refused, said } from "../../support/core-log.ts";

/** Widening is never one person alone, never automatic, and never from an old picture. */

const narrowed: Deployment = { ...assistant, starts: "no-tools" };

function paused(deployment: Deployment = assistant): Log {
  const log = new Log(policyWith({ deployment }));
  log.fire("jailbreak-rate");
  said(log, "bob", "pause HP-1");
  return log;
}

const completed = (log: Log) => of(log.entries, "decision.made").at(-1);

describe("two people", () => {
  test("a resume changes nothing until the second person confirms, and then names both", () => {
    const log = paused();
    said(log, "chidi", "resume HP-1");
    expect(log.scope).toBe("paused");

    said(log, "erin", "resume HP-1");

    expect(log.scope).toBe("full");
    expect(completed(log)).toMatchObject({
      people: [id("chidi"), id("erin")],
      authority: "widen.decider+widen.confirm",
      before: "paused",
      after: "full",
    });
    expect(log.state.proposal).toBeNull();
  });

  test("the reason of a resume is the one it was started with", () => {
    const log = paused();
    const [started] = said(log, "chidi", "resume HP-1", { reason: "three clean runs" });

    said(log, "frank", "resume HP-1", { reason: "" });

    expect(completed(log)?.reason).toBe(started?.kind === "decision.proposed" && started.reason);
  });

  test("a resume without a reason is refused with the line to say", () => {
    expect(refused(paused(), "chidi", "resume HP-1", { reason: "" })).toEqual({
      refused: "needs-reason",
      asked: "resume",
      line: "resume HP-1",
    });
  });

  test("one person saying it twice has said it once", () => {
    const log = paused();
    said(log, "chidi", "resume HP-1");

    expect(refused(log, "chidi", "resume HP-1")).toMatchObject({
      refused: "waits-for-second",
      confirmers: [id("erin"), id("frank")],
    });
    expect(log.scope).toBe("paused");
  });

  test("who starts it is no confirmer of it, also when the policy names them for both", () => {
    const log = paused();
    log.away("chidi", log.now + days(1));
    said(log, "erin", "resume HP-1");

    expect(refused(log, "erin", "resume HP-1")).toMatchObject({ confirmers: [id("frank")] });
    said(log, "frank", "resume HP-1");
    expect(log.scope).toBe("full");
  });

  test("where the policy asks for two confirmers, they are two different people", () => {
    const log = paused(
      withAuthority({
        widen: { confirm: { by: [id("erin"), id("frank")], people: 2, notOwner: true } },
      }),
    );
    said(log, "chidi", "resume HP-1");
    said(log, "erin", "resume HP-1");
    expect(log.scope).toBe("paused");

    expect(refused(log, "erin", "resume HP-1")).toMatchObject({ refused: "waits-for-second" });
    said(log, "frank", "resume HP-1");

    expect(completed(log)?.people).toEqual([id("chidi"), id("erin"), id("frank")]);
  });

  test("a confirmer who names another scope than was started confirms nothing", () => {
    const log = paused();
    said(log, "chidi", "resume HP-1 to staff");

    expect(refused(log, "erin", "resume HP-1 to full")).toMatchObject({
      refused: "other-proposal",
      to: "staff",
    });
    expect(log.scope).toBe("paused");
  });

  test("somebody may always start what the decider cannot: the deputy, while the decider is away", () => {
    const log = paused();
    expect(refused(log, "erin", "resume HP-1")).toMatchObject({ who: [id("chidi")] });

    log.away("chidi", log.now + hours(2));
    said(log, "erin", "resume HP-1");

    expect(log.state.proposal?.by).toBe(id("erin"));
  });

  test("back from being away, the decider starts again and the deputy does not", () => {
    const log = paused();
    log.away("chidi", log.now + minutes(30));
    log.wait(minutes(30));

    expect(refused(log, "erin", "resume HP-1")).toMatchObject({ who: [id("chidi")] });
  });

  test("the deputy starts it while no chat can reach the decider", () => {
    const log = paused();
    log.unreachable.add(id("chidi"));

    said(log, "erin", "resume HP-1");

    expect(log.state.proposal?.authority).toBe("widen.deputy");
  });

  test("once authority has passed, the deputy starts it and the decider still may", () => {
    for (const starter of ["chidi", "erin"] as const) {
      const log = new Log(policyWith({ deployment: narrowed }));
      log.fire("refusal-collapse");
      log.wait(minutes(20));
      expect(log.escalation("HP-1").named).toEqual([id("chidi"), id("erin")]);

      said(log, starter, "resume HP-1 to full");

      expect(log.state.proposal?.by).toBe(id(starter));
    }
  });
});

describe("release owners", () => {
  const ownerIs = (owner: Key, breakGlass: readonly Key[]): Deployment => ({
    ...withAuthority({ breakGlass: breakGlass.map(id) }),
    owner: id(owner),
  });

  test("the owner never starts a resume, also as the named decider", () => {
    const log = paused(ownerIs("chidi", []));

    expect(refused(log, "chidi", "resume HP-1")).toMatchObject({ bar: "owner" });
  });

  test("the owner never confirms a resume, also as a named confirmer", () => {
    const log = paused(ownerIs("erin", []));
    said(log, "chidi", "resume HP-1");

    expect(refused(log, "erin", "resume HP-1")).toMatchObject({
      bar: "owner",
      confirmers: [id("frank")],
    });
  });

  test("the owner never resumes by break-glass, and the refusal names who can", () => {
    const log = paused(ownerIs("frank", ["frank", "dana"]));

    expect(refused(log, "frank", "breakglass resume HP-1")).toMatchObject({
      bar: "owner",
      who: [id("dana")],
    });
    expect(refused(log, "ana", "breakglass resume HP-1")).toMatchObject({ who: [id("dana")] });
  });

  test("somebody a later policy makes the owner is behind no resume from then on", () => {
    const log = paused();
    said(log, "chidi", "resume HP-1");
    log.adopt(policyWith({ digest: "later", deployment: { ...assistant, owner: id("erin") } }));

    expect(refused(log, "erin", "resume HP-1")).toMatchObject({ bar: "owner" });
  });

  test("somebody who was the owner when it opened is behind no resume of it either", () => {
    const log = paused(ownerIs("erin", []));
    log.adopt(policyWith({ digest: "later" }));
    said(log, "chidi", "resume HP-1");

    expect(refused(log, "erin", "resume HP-1")).toMatchObject({ bar: "owner" });
  });
});

describe("a started resume lapses", () => {
  const started = (deployment?: Deployment): Log => {
    const log = paused(deployment);
    said(log, "chidi", "resume HP-1");
    return log;
  };
  const whyLapsed = (log: Log) => of(log.entries, "decision.lapsed").map(({ because }) => because);

  test("after a day, and not a moment before", () => {
    const log = started();
    log.wait(days(1) - 1);
    expect(log.state.proposal).not.toBeNull();

    log.wait(1);

    expect(whyLapsed(log)).toEqual(["time"]);
    expect(log.scope).toBe("paused");
  });

  test("also for a confirmer who is faster than a late tick; the decider starts it anew", () => {
    const log = started();
    log.now += days(1);

    expect(refused(log, "erin", "resume HP-1")).toMatchObject({ refused: "not-authorized" });
    said(log, "chidi", "resume HP-1");

    expect(whyLapsed(log)).toEqual(["time"]);
    expect(log.state.proposal?.expires).toBe(log.now + days(1));
    expect(log.scope).toBe("paused");
  });

  test("when the posture changes", () => {
    const log = new Log(policyWith({ deployment: narrowed }));
    log.fire("jailbreak-rate");
    said(log, "chidi", "resume to full");

    said(log, "bob", "pause");

    expect(whyLapsed(log)).toEqual(["posture changed"]);
  });

  test("when a new escalation opens", () => {
    const log = started();

    log.fire("refusal-collapse");

    expect(whyLapsed(log)).toEqual(["escalation opened"]);
  });

  test("but not when a signal arrives that no rule names", () => {
    const log = started();

    log.fire("unmatched");

    expect(whyLapsed(log)).toEqual([]);
  });

  test("when a later policy took the authority of who started it", () => {
    const log = started();
    const gone = withAuthority({ widen: { decider: id("bob"), deputies: [] } });
    log.adopt(policyWith({ digest: "later", deployment: gone }));

    said(log, "frank", "resume HP-1");

    expect(whyLapsed(log)).toEqual(["authority withdrawn"]);
    expect(log.scope).toBe("paused");
  });

  test("when break-glass resumes meanwhile", () => {
    const log = started();

    said(log, "frank", "breakglass resume HP-1");

    expect(whyLapsed(log)).toEqual(["posture changed"]);
    expect(log.scope).toBe("full");
  });
});

describe("where a resume goes", () => {
  test("it goes back to the scope before the last restriction, one step at a time", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    said(log, "chidi", "narrow HP-1");
    said(log, "chidi", "pause");
    const steps: string[] = [];
    for (let step = 0; step < 2; step += 1) {
      said(log, "chidi", "resume");
      said(log, "erin", "resume");
      steps.push(log.scope);
    }

    expect(steps).toEqual(["no-tools", "full"]);
    expect(refused(log, "chidi", "resume")).toMatchObject({ refused: "already-widest" });
  });

  test("a scope named goes there, and the way back forgets what lies between", () => {
    const log = paused();
    said(log, "chidi", "resume to staff");
    said(log, "erin", "resume");

    expect(log.scope).toBe("staff");
    expect(refused(log, "chidi", "resume")).toEqual({
      refused: "name-scope",
      deployment: "assistant-prod",
      scopes: ["full", "no-tools"],
    });
  });

  test.each([
    ["staff", "not-wider"],
    ["paused", "not-wider"],
    ["no-tols", "unknown-scope"],
  ])("resume to %s from staff is refused as %s", (to, why) => {
    const log = new Log(policyWith({ deployment: { ...assistant, starts: "staff" } }));

    expect(refused(log, "chidi", `resume to ${to}`)).toMatchObject({ refused: why });
  });

  test("a resume is refused while another escalation waits for a decision, and names it", () => {
    const log = paused();
    log.fire("score-unavailable");

    expect(refused(log, "chidi", "resume HP-1")).toMatchObject({
      refused: "others-open",
      asked: "resume",
      escalations: ["HP-2"],
    });
  });
});
