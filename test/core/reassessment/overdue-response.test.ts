import { describe, expect, test } from "vitest";
import type { OverdueResponse } from "../../../src/core/policy/model.ts";
import { Replay } from "../../../src/core/replay/replay.ts";
import { instantOf, isWithin, rfc3339 } from "../../../src/core/time.ts";
import { assistant, days, hours, policyWith } from "../../support/builders.ts";
import { Log, of, said, say } from "../../support/core-log.ts";

/** An overdue review restricts by policy, never wider, and a day after people were told. */

const start = instantOf("2026-11-24T12:00:00Z"); // a Tuesday
const { reassess } = assistant;

function logWith(onOverdue: OverdueResponse | null): Log {
  const policy = policyWith({ deployment: { ...assistant, reassess: { ...reassess, onOverdue } } });
  return new Log(policy, start);
}

const pause = { kind: "pause", scope: null, grace: days(2) } as const;
const narrow = { kind: "narrow", scope: null, grace: days(2) } as const;

function keepAndWait(log: Log, length: number, step = hours(1)): Log {
  said(log, "chidi", "keep", { reason: "it is fine" });
  for (let passed = 0; passed < length; passed += step) log.wait(step);
  return log;
}

const byPolicy = (log: Log) =>
  of(log.entries, "decision.made").filter(({ authority }) => authority === "reassess.onOverdue");

function finding(log: Log, entries: readonly object[] = log.entries) {
  const replay = new Replay((digest) => log.policies.get(digest) ?? null);
  for (const entry of entries) if (!replay.take(structuredClone(entry))) break;
  return replay.result.finding;
}

test("a keep that nobody reviews is warned of in working hours, then paused when grace is over", () => {
  const log = keepAndWait(logWith(pause), days(11));

  const [warned] = of(log.entries, "reassessment.warned");
  const [made] = byPolicy(log);
  const by = instantOf(warned?.reassessBy ?? "");
  expect(log.scope).toBe("paused");
  expect(warned).toMatchObject({ scope: "paused", takesEffect: rfc3339(by + days(2)) });
  expect(isWithin(assistant.hours, instantOf(warned?.due ?? ""))).toBe(true);
  expect(made).toMatchObject({
    actor: { type: "policy" },
    decision: "pause",
    before: "full",
    after: "paused",
    people: [],
    cause: "not reviewed",
    deviation: "unplanned",
  });
  expect(instantOf(made?.at ?? "")).toBeGreaterThanOrEqual(instantOf(warned?.takesEffect ?? ""));
  expect(finding(log)).toBeNull();
});

test("reminders alone change nothing, however long it takes", () => {
  const log = keepAndWait(logWith(null), days(60), days(1));

  expect(log.scope).toBe("full");
  expect(of(log.entries, "reassessment.warned")).toEqual([]);
});

test("narrow goes one scope further at each review that nobody answers, and stops at the narrowest", () => {
  const log = keepAndWait(logWith(narrow), days(60), hours(6));

  expect(byPolicy(log).map(({ after }) => after)).toEqual(["no-tools", "staff"]);
  expect(log.scope).toBe("staff");
  expect(finding(log)).toBeNull();
});

test("a named scope that is in force already, or wider, is left as it is", () => {
  const log = logWith({ ...narrow, scope: "no-tools" });

  said(log, "chidi", "narrow to staff");
  for (let day = 0; day < 20; day += 1) log.wait(days(1));

  expect(of(log.entries, "reassessment.warned")).toEqual([]);
  expect(log.scope).toBe("staff");
});

test.each(["keep", "narrow"])("a %s after the warning ends it", (word) => {
  const log = keepAndWait(logWith(pause), days(7));
  while (of(log.entries, "reassessment.warned").length === 0) log.wait(hours(1));

  said(log, "chidi", word, { reason: "looked at" });
  log.wait(days(2));

  expect(byPolicy(log)).toEqual([]);
  expect(log.scope).not.toBe("paused");
});

test.each(["retest", "monitor"])(
  "a %s is no answer to the question: it follows all the same",
  (word) => {
    const log = keepAndWait(logWith(pause), days(7));
    while (of(log.entries, "reassessment.warned").length === 0) log.wait(hours(1));

    say(log, "chidi", word);
    log.wait(days(2));

    expect(log.scope).toBe("paused");
  },
);

test("after a standstill of the server people are told first, and have a day", () => {
  const log = keepAndWait(logWith(pause), days(30), days(30));

  const [warned] = of(log.entries, "reassessment.warned");
  expect(log.scope).toBe("full");
  expect(warned?.takesEffect).toBe(rfc3339(log.now + days(1)));
  log.wait(days(1) - 1);
  expect(log.scope).toBe("full");
  log.wait(1);
  expect(log.scope).toBe("paused");
  expect(finding(log)).toBeNull();
});

test("nobody undoes it: two people resume", () => {
  const log = keepAndWait(logWith(pause), days(11));

  expect(say(log, "chidi", "undo")).toHaveProperty("refused");
  expect(log.scope).toBe("paused");
});

describe("the verifier refuses", () => {
  const honest = keepAndWait(logWith(pause), days(11)).entries;
  const log = keepAndWait(logWith(pause), days(11));
  const rewritten = (kind: string, change: object) =>
    finding(
      log,
      honest.map((entry) =>
        entry.kind === kind && (kind !== "decision.made" || entry === byPolicyIn(honest))
          ? { ...entry, ...change }
          : entry,
      ),
    );
  const byPolicyIn = (entries: typeof honest) =>
    of(entries, "decision.made").find(({ authority }) => authority === "reassess.onOverdue");

  test("the restriction without a warning", () => {
    const without = honest.filter(({ kind }) => kind !== "reassessment.warned");
    expect(finding(log, without)).toMatchObject({ is: "UNAUTHORIZED" });
  });

  test.each([
    ["a warning of another scope", "reassessment.warned", { scope: "staff" }, "INCONSISTENT"],
    [
      "a warning that gives no day",
      "reassessment.warned",
      { takesEffect: "2026-11-24T12:00:00.000Z" },
      "INCONSISTENT",
    ],
    ["another cause", "decision.made", { cause: "nobody seen" }, "INCONSISTENT"],
    ["another scope", "decision.made", { after: "staff", decision: "narrow" }, "UNAUTHORIZED"],
  ])("%s", (_, kind, change, is) => {
    expect(rewritten(kind, change)).toMatchObject({ is });
  });
});
