import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { duesOf } from "../../../src/core/deadlines.ts";
import type { EntryOf } from "../../../src/core/log/entry.ts";
import { levelOf } from "../../../src/core/policy/posture.ts";
import { missed, missedRetests } from "../../../src/core/reassessment/retest.ts";
import { foldDeployment, unheardOf } from "../../../src/core/state/fold.ts";
import { anyStep, take } from "../../support/any-steps.ts";
import { assistant, id, minutes, policyWith, triggers } from "../../support/builders.ts";
import { Log, of, said } from "../../support/core-log.ts";

/**
 * Whatever people say and however late the clock is looked at: nothing widens by itself and no
 * state is reached that makes no sense.
 */

const scopes = [...assistant.scopes.map((scope) => scope.id), "paused"];
const level = (scope: string): number => levelOf(assistant, scope);

describe("restricting", () => {
  const pairs = scopes.flatMap((from) => scopes.map((to) => [from, to] as const));

  test.each(pairs)("from %s to %s ends at the narrower of the two", (from, to) => {
    const log = new Log(policyWith({ deployment: { ...assistant, starts: from } }));

    said(log, "bob", to === "paused" ? "pause" : `narrow to ${to}`);

    expect(level(log.scope)).toBe(Math.max(level(from), level(to)));
  });

  test.each(pairs)("by the written rule from %s to %s ends at the narrower too", (from, to) => {
    const response =
      to === "paused" ? { kind: "pause" as const } : { kind: "narrow" as const, scope: to };
    const rules = triggers.map((trigger) =>
      trigger.id === "jailbreak-rate" ? { ...trigger, response } : trigger,
    );
    const deployment = { ...assistant, starts: from };
    const log = new Log(policyWith({ deployment, triggers: rules }));
    log.fire("jailbreak-rate");

    log.wait(minutes(30));

    expect(level(log.scope)).toBe(Math.max(level(from), level(to)));
    expect(log.escalation("HP-1").status).toBe("settled");
  });
});

/** What is true of every state. */
function makesSense(log: Log): void {
  const { posture, reassess, proposal, escalations } = log.state;
  expect(scopes).toContain(posture?.scope);
  expect(reassess).not.toBeNull();
  const open = escalations.filter((escalation) => escalation.status === "open");
  const names = escalations.map((escalation) => escalation.trigger);
  expect(new Set(names).size).toBe(names.length);
  for (const escalation of escalations) {
    expect(escalation.status).not.toBe("closed");
    if (escalation.status === "settled" && escalation.trigger !== "unmatched") {
      expect(escalation.decided, `${escalation.id} is settled, so it was decided`).not.toBeNull();
      expect(escalation.settledAt).not.toBeNull();
    }
  }
  for (const escalation of open) expect(escalation.settledAt).toBeNull();
  if (proposal) expect(level(proposal.to)).toBeLessThan(level(posture?.scope ?? "paused"));
}

/**
 * Re-tests that did not come are noted when the delivery that tells of their silence is looked
 * into.
 */
function noteSilence(log: Log): void {
  for (const { decision } of missedRetests(log.situation)) {
    const drafts = missed(log.situation, decision);
    expect(drafts, `${decision} is missing`).not.toBeNull();
    log.add(drafts ?? []);
  }
}

function restsAfterTick(log: Log): void {
  log.tick();
  noteSilence(log);
  for (const due of duesOf(log.situation)) {
    expect(due.at, `${due.kind} is still to come`).toBeGreaterThan(log.now);
  }
}

function widensRightly(made: EntryOf<"decision.made">): void {
  const alone = made.undoes !== "" || made.breakGlass;
  expect(made.decision).toBe("resume");
  expect(new Set(made.people).size).toBeGreaterThanOrEqual(alone ? 1 : 2);
  if (made.undoes === "") expect(made.people).not.toContain(id("dana"));
}

describe("any sequence of commands, signals, policies and clocks", () => {
  const steps = fc.array(anyStep, { minLength: 5, maxLength: 40 });

  test("reaches only states that make sense, and time comes to rest in them", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const log = new Log();
        for (const step of sequence) {
          take(log, step);
          makesSense(log);
        }
        restsAfterTick(log);
        makesSense(log);
      }),
      { numRuns: 300 },
    );
  });

  test("widens only by a resume of two people, by break-glass, or by an undo within its time", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const log = new Log();
        for (const step of sequence) take(log, step);

        const made = of(log.entries, "decision.made");
        expect(made.every(({ version }, at) => version >= (made[at - 1]?.version ?? 1))).toBe(true);
        for (const item of made) if (level(item.after) < level(item.before)) widensRightly(item);
      }),
      { numRuns: 300 },
    );
  });

  test("folds to the same state each time, from the entries alone", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const log = new Log();
        for (const step of sequence) take(log, step);

        const read = structuredClone(log.entries).filter(({ subject }) => subject !== "org");
        const [adopted] = log.entries;
        const again = [adopted, ...read].reduce(
          (state, entry) => (entry ? foldDeployment(state, entry) : state),
          unheardOf("assistant-prod"),
        );

        expect(again).toEqual(log.state);
      }),
      { numRuns: 100 },
    );
  });
});
