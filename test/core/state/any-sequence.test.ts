import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { duesOf } from "../../../src/core/deadlines.ts";
import type { EntryOf } from "../../../src/core/log/entry.ts";
import type { Policy } from "../../../src/core/policy/model.ts";
import { levelOf } from "../../../src/core/policy/posture.ts";
import { missed, missedRetests } from "../../../src/core/reassessment/retest.ts";
import { foldDeployment, unheardOf } from "../../../src/core/state/fold.ts";
import {
  assistant,
  days,
  hours,
  id,
  type Key,
  minutes,
  policyWith,
  triggers,
  withAuthority,
} from "../../support/builders.ts";
import { Log, of, said, say } from "../../support/core-log.ts";

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

const actors: readonly Key[] = ["ana", "bob", "chidi", "dana", "erin", "frank", "gina"];

const anyLine = fc
  .tuple(
    fc.constantFrom("", "", "", "breakglass "),
    fc.constantFrom("ack", "narrow", "pause", "resume", "keep", "retest", "monitor", "undo"),
    fc.constantFrom("", " HP-1", " HP-2", " HP-3"),
    fc.constantFrom("", "", ...scopes.map((scope) => ` to ${scope}`)),
  )
  .map((words) => words.join(""));

const others: readonly Policy[] = [
  policyWith({ digest: "policy-2", deployment: withAuthority({ widen: { decider: id("bob") } }) }),
  policyWith({ digest: "policy-3", without: ["chidi"] }),
  policyWith({
    digest: "policy-4",
    deployment: { ...assistant, scopes: assistant.scopes.slice(0, 2) },
  }),
  policyWith({ digest: "policy-5", triggers: [] }),
];

const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...actors), anyLine)
      .map(([who, line]) => ({ do: "say" as const, who, line })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        "jailbreak-rate",
        "refusal-collapse",
        "score-unavailable",
        "unmatched",
        "raised",
      )
      .map((name) => ({ do: "fire" as const, name })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(1, minutes(1), minutes(10), minutes(21), hours(1), hours(9), days(1), days(9))
      .map((length) => ({ do: "wait" as const, length })),
  },
  { weight: 1, arbitrary: fc.constant({ do: "late" as const }) },
  { weight: 1, arbitrary: fc.constantFrom(...actors).map((who) => ({ do: "away" as const, who })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...actors).map((who) => ({ do: "vanish" as const, who })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...others).map((policy) => ({ do: "adopt" as const, policy })),
  },
);

type Step = typeof anyStep extends fc.Arbitrary<infer One> ? One : never;

function take(log: Log, step: Step): void {
  switch (step.do) {
    case "say":
      if (step.line.includes("ack") && !isLive(log, step.line)) return;
      say(log, step.who, step.line);
      return;
    case "fire":
      log.fire(step.name);
      return;
    case "wait":
      log.wait(step.length);
      return;
    case "late":
      log.now += days(1);
      return;
    case "away":
      log.away(step.who, log.now + hours(5));
      return;
    case "vanish":
      log.unreachable.add(id(step.who));
      return;
    case "adopt":
      log.adopt(step.policy);
      return;
  }
}

function isLive(log: Log, line: string): boolean {
  const named = line.split(" ").find((word) => word.startsWith("HP-")) ?? "HP-1";
  return log.state.escalations.some((escalation) => escalation.id === named);
}

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
