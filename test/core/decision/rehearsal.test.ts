import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildCard } from "../../../src/core/card/build-card.ts";
import { answerRehearsal, rehearse } from "../../../src/core/decision/rehearsal.ts";
import { isRefusal } from "../../../src/core/state/refusal.ts";
import { plain } from "../../../src/core/words/words.ts";
import { id, type Key, minutes, policyWith, triggers } from "../../support/builders.ts";
import { Log, of, said, say } from "../../support/core-log.ts";

/** A rehearsal goes the whole way of a question, and nothing changes by it. */

const person = (who: Key) => ({ type: "person" as const, person: id(who) });
const operator = { type: "operator" } as const;

function opened(): Log {
  const log = new Log();
  log.decide((situation) => rehearse(situation, operator));
  return log;
}

const answer = (
  log: Log,
  who: Key,
  asked: string,
  { breakGlass = false }: { readonly breakGlass?: boolean } = {},
) =>
  log.decide((situation) =>
    answerRehearsal(situation, log.escalation("HP-1"), {
      actor: person(who),
      asked,
      breakGlass,
      reason: "",
    }),
  );

function shown(log: Log): string {
  const card = buildCard(log.viewContext, log.escalation("HP-1"));
  return [card.title, ...card.lines].map(plain).join("\n");
}

/** What no rehearsal may touch. */
function stakes({ state }: Log) {
  const { posture, reassess, proposal, lastDecision, restrictedBy } = state;
  return { posture, reassess, proposal, lastDecision, restrictedBy };
}

type Step = { readonly wait: number } | { readonly who: Key; readonly asked: string };

function happen(log: Log, step: Step): void {
  if ("wait" in step) {
    log.wait(minutes(step.wait));
    return;
  }
  if (!log.state.escalations.some(({ id: each }) => each === "HP-1")) return; // closed meanwhile
  if (step.asked === "ack") say(log, step.who, "ack HP-1");
  else answer(log, step.who, step.asked);
}

describe("a rehearsal", () => {
  test("names the real decider, by the clock of the gravest rule", () => {
    const log = opened();

    const { decider, severity, decideBy, acknowledgeBy } = log.escalation("HP-1");
    expect(decider).toBe(id("chidi"));
    expect(severity).toBe("critical");
    expect(decideBy).toBe(log.now + minutes(30));
    expect(acknowledgeBy).not.toBeNull();
  });

  test("says on the card, the lock screen and each form that nothing changes by it", () => {
    const log = opened();

    const card = buildCard(log.viewContext, log.escalation("HP-1"));
    expect(shown(log)).toContain("REHEARSAL");
    expect(shown(log)).toContain("It changes nothing");
    expect(card.lockScreen).toMatch(/^REHEARSAL .*HP-1$/);
    expect([...card.lockScreen].length).toBeLessThanOrEqual(120);
    expect(card.lines.length).toBeLessThanOrEqual(9);
    expect(card.notify).toContain(id("chidi"));
    const forms = card.buttons.flat().flatMap(({ form }) => (form ? [form] : []));
    expect(forms.length).toBeGreaterThan(0);
    for (const form of forms) expect(form.submit).toMatch(/^Rehearse: /);
  });

  test("is answered by whoever could answer the real question, and the record says by which rule", () => {
    const log = opened();
    const before = stakes(log);

    const refused = answer(log, "gina", "pause");
    const entries = answer(log, "bob", "pause");

    expect(refused).toMatchObject({ refused: "not-authorized" });
    expect(entries).toMatchObject([{ kind: "rehearsal.answered", asked: "pause" }]);
    expect(stakes(log)).toEqual(before);
    expect(shown(log)).toContain("Bob Okafor (on call) would pause");
    expect(shown(log)).toContain("nothing changed");
    expect(buildCard(log.viewContext, log.escalation("HP-1")).buttons).toEqual([]);
    expect(answer(log, "chidi", "pause")).toMatchObject({ refused: "rehearsed" });
  });

  test("knows what it cannot take back, and who breaks the glass", () => {
    const log = opened();

    expect(answer(log, "bob", "undo")).toMatchObject({ refused: "only-rehearsed" });
    expect(answer(log, "frank", "pause")).toMatchObject({ refused: "not-authorized" });
    expect(answer(log, "frank", "pause", { breakGlass: true })).toMatchObject([{ asked: "pause" }]);
  });

  test("passes from one to the next, and ends without an answer instead of the written one", () => {
    const log = opened();
    const before = stakes(log);

    log.wait(minutes(31));
    expect(log.escalation("HP-1").decider).toBe(id("erin"));
    log.wait(minutes(31));

    expect(stakes(log)).toEqual(before);
    expect(of(log.entries, "rehearsal.answered")).toMatchObject([{ asked: "" }]);
    expect(of(log.entries, "decision.made")).toEqual([]);
    expect(shown(log)).toContain(
      "Nobody answered in time: a real escalation would narrow to no-tools",
    );
  });

  test("is not what a stop of the deployment is about, and holds up no resume", () => {
    const log = opened();

    said(log, "chidi", "pause");
    expect(log.escalation("HP-1").status).toBe("open");
    said(log, "chidi", "resume");
    said(log, "erin", "resume");

    expect(log.scope).toBe("full");
    expect(log.escalation("HP-1").status).toBe("open");
  });

  test("is one at a time, is for people the policy names, and leaves a waiting resume alone", () => {
    const log = new Log();
    said(log, "chidi", "pause");
    said(log, "chidi", "resume");
    const waiting = log.state.proposal;

    expect(log.decide((now) => rehearse(now, person("gina")))).toMatchObject({
      refused: "not-authorized",
      asked: "rehearse",
    });
    expect(isRefusal(log.decide((now) => rehearse(now, person("bob"))))).toBe(false);
    expect(log.state.proposal).toEqual(waiting);
    expect(log.decide((now) => rehearse(now, operator))).toMatchObject({ refused: "rehearsing" });
  });

  test("ends by itself where no rule has a clock", () => {
    const log = new Log(policyWith({ triggers: [] }));
    log.decide((situation) => rehearse(situation, operator));

    log.wait(minutes(31));
    log.wait(minutes(31));

    expect(of(log.entries, "rehearsal.answered")).toHaveLength(1);
  });

  test("is over after an hour, however long the rule would wait", () => {
    const slow = triggers.filter(({ severity }) => severity === "warning");
    const log = new Log(policyWith({ triggers: slow }));
    log.decide((situation) => rehearse(situation, operator));

    expect(log.escalation("HP-1").decideBy).toBe(log.now + minutes(60));
    expect(shown(log)).toContain("This one does nothing");
    log.wait(minutes(60));

    expect(of(log.entries, "authority.passed")).toEqual([]);
    expect(of(log.entries, "rehearsal.answered")).toMatchObject([{ asked: "" }]);
  });

  test("is over within the hour also where the one named is away and no rule has a clock", () => {
    const log = new Log(policyWith({ triggers: [] }));
    log.away("chidi", log.now + minutes(600));
    log.decide((situation) => rehearse(situation, operator));

    expect(log.escalation("HP-1").decider).not.toBe(id("chidi"));
    log.wait(minutes(60));

    expect(of(log.entries, "rehearsal.answered")).toHaveLength(1);
  });

  test("can be repeated as soon as it was answered", () => {
    const log = opened();
    answer(log, "bob", "pause");

    expect(log.decide((now) => rehearse(now, operator))).toMatchObject([{ escalation: "HP-2" }]);
    expect(log.escalation("HP-1").status).toBe("settled");
    expect(log.escalation("HP-2").status).toBe("open");
  });

  test("whatever is said to it and however late the clock is looked at, it moves nothing", () => {
    const people: readonly Key[] = ["ana", "bob", "chidi", "dana", "erin", "frank", "gina"];
    const asked = ["narrow", "pause", "resume", "keep", "retest", "monitor", "undo", "reason"];
    const step = fc.oneof(
      fc.record({ who: fc.constantFrom(...people), asked: fc.constantFrom(...asked) }),
      fc.record({ who: fc.constantFrom(...people), asked: fc.constant("ack") }),
      fc.record({ wait: fc.integer({ min: 0, max: 90 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const log = opened();
        const before = stakes(log);
        for (const step of steps) happen(log, step);
        expect(stakes(log)).toEqual(before);
        expect(of(log.entries, "decision.made")).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
