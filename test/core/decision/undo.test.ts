import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildCard } from "../../../src/core/card/build-card.ts";
import { foldDeployment } from "../../../src/core/state/fold.ts";
import { isRefusal } from "../../../src/core/state/refusal.ts";
import { rfc3339 } from "../../../src/core/time.ts";
import { plain } from "../../../src/core/words/words.ts";
import { assistant, id, type Key, minutes, policyWith } from "../../support/builders.ts";
import { Log, of, refused, said, say } from "../../support/core-log.ts";

/**
 * One's own mistaken restriction, taken back within minutes: the only way to widen without a second
 * person.
 */

const status = (log: Log) => log.state.escalations.map((escalation) => escalation.status);
const lastMade = (log: Log) => of(log.entries, "decision.made").at(-1);

describe("undo", () => {
  const mistaken = (): Log => {
    const log = new Log();
    log.fire("jailbreak-rate");
    log.fire("refusal-collapse");
    said(log, "bob", "pause");
    return log;
  };
  const why = (log: Log, who: Key, line = "undo HP-1") => {
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
    log.wait(minutes(20));
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

  test("gives back the time that was left, also where the deadline passed meanwhile", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    log.wait(minutes(25));
    said(log, "bob", "pause HP-1");
    log.wait(minutes(8));

    said(log, "bob", "undo HP-1");

    expect(log.escalation("HP-1").decideBy).toBe(log.now + minutes(5));
    expect(lastMade(log)?.reopens).toEqual([
      expect.objectContaining({ escalation: "HP-1", decideBy: rfc3339(log.now + minutes(5)) }),
    ]);
  });

  test("gives back what was left to acknowledge it, and nothing once that was missed", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    log.wait(minutes(4));
    said(log, "bob", "pause HP-1");
    log.wait(minutes(8));
    said(log, "bob", "undo HP-1");
    expect(log.escalation("HP-1").acknowledgeBy).toBe(log.now + minutes(6));

    log.wait(minutes(6));
    const missed = log.escalation("HP-1").acknowledgeBy;
    said(log, "bob", "pause HP-1");
    log.wait(minutes(2));
    said(log, "bob", "undo HP-1");

    expect(log.escalation("HP-1").acknowledgeBy).toBe(missed);
    expect(of(log.entries, "acknowledge.missed")).toHaveLength(1);
  });

  test("again and again it wins no time but what it was restricted for, and is refused the fourth time", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    const promised = log.now + minutes(30);
    let restricted = 0;
    for (const [open, stopped] of [
      [minutes(20), minutes(10)],
      [minutes(9), minutes(9)],
      [1_000, minutes(10)],
    ] as const) {
      log.wait(open);
      said(log, "dana", "pause HP-1");
      log.wait(stopped);
      restricted += stopped;
      said(log, "dana", "undo HP-1");
      expect(log.escalation("HP-1").decideBy).toBe(promised + restricted);
    }
    expect(buildCard(log.viewContext, log.escalation("HP-1")).lines.map(plain)).toContain(
      "Restricted and undone 3 times by Dana Weiss",
    );
    said(log, "dana", "pause HP-1");

    expect(why(log, "dana")).toBe("too-often");
    const { buttons } = buildCard(log.viewContext, log.escalation("HP-1"));
    expect(
      buttons
        .flat()
        .map(({ label }) => label)
        .join(),
    ).not.toContain("Undo");
  });

  test("whoever stops and takes back in turns, the written answer comes when its time of being open is over", () => {
    const cycle = fc.record({
      who: fc.constantFrom<Key>("bob", "chidi", "dana", "erin"),
      open: fc.integer({ min: 0, max: minutes(12) }),
      stopped: fc.integer({ min: 0, max: minutes(10) }),
    });
    fc.assert(
      fc.property(fc.array(cycle, { maxLength: 20 }), (cycles) => {
        const log = new Log();
        log.fire("jailbreak-rate");
        let openFor = 0;
        const answered = () =>
          of(log.entries, "decision.made").some(({ people }) => people.length === 0);
        for (const { who, open, stopped } of cycles) {
          log.wait(open);
          openFor += open;
          if (answered() || isRefusal(say(log, who, "pause HP-1"))) break;
          log.wait(stopped);
          if (isRefusal(say(log, who, "undo HP-1"))) return;
          log.tick();
          expect(answered()).toBe(openFor >= minutes(30));
        }
        log.wait(minutes(30));
        expect(answered()).toBe(true);
      }),
    );
  });

  test("an undo of an older version, which says nothing of clocks, folds as it did then", () => {
    const log = new Log();
    log.fire("jailbreak-rate");
    log.wait(minutes(25));
    said(log, "bob", "pause HP-1");
    const before = log.state;
    log.wait(minutes(8));
    const [made] = said(log, "bob", "undo HP-1");
    if (made?.kind !== "decision.made") throw new Error("nothing was undone");
    const { reopens: _none, ...older } = made;

    const { escalations } = foldDeployment(before, older);

    expect(escalations[0]?.decideBy).toBe(log.now + minutes(30));
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
