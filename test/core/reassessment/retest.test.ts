import { describe, expect, test } from "vitest";
import { buildCard } from "../../../src/core/card/build-card.ts";
import { confirmation } from "../../../src/core/card/decision-answer.ts";
import { retestLine } from "../../../src/core/card/retest-lines.ts";
import { duesOf } from "../../../src/core/deadlines.ts";
import { watch } from "../../../src/core/decision/retest-or-monitor.ts";
import type { Millis } from "../../../src/core/ids.ts";
import type { Entry } from "../../../src/core/log/entry.ts";
import {
  followRun,
  missed,
  missedRetests,
  type Run,
} from "../../../src/core/reassessment/retest.ts";
import type { Signal } from "../../../src/core/signal.ts";
import { isRefusal } from "../../../src/core/state/refusal.ts";
import { instantOf } from "../../../src/core/time.ts";
import { plain } from "../../../src/core/words/words.ts";
import { days, hours, id, type Key, minutes } from "../../support/builders.ts";
import { Log, of, said } from "../../support/core-log.ts";
import { signalWith } from "../policy/signals.ts";

/**
 * A re-test is followed: from being asked for to the run that answers it, or to the date at which
 * none had come.
 */

interface Asking {
  readonly suite?: string;
  readonly by?: Key;
  readonly due?: Millis;
}

/** Chidi asks for jailbreak to be run again. */
function asks(log: Log, { suite = "jailbreak", by, due }: Asking = {}): readonly Entry[] {
  const [only] = log.state.escalations;
  const answer = log.decide((situation) =>
    watch(situation, {
      do: "retest",
      actor: id("chidi"),
      escalation: only?.id ?? null,
      breakGlass: false,
      version: null,
      reason: "",
      suite,
      by: by ? id(by) : "",
      due: due === undefined ? null : log.now + due,
      monitor: "",
    }),
  );
  if (isRefusal(answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

const metric = (name: string, value: number, given: Partial<Signal> = {}): Signal =>
  signalWith({
    source: "inspect",
    kind: "eval",
    status: "ok",
    suite: "jailbreak",
    scorer: "judge",
    metric: name,
    value,
    stderr: 0.004,
    model: "aurora-3",
    labels: {},
    samples: { completed: 200, total: 200 },
    ...given,
  });

/** A run comes in, now. */
function comes(
  log: Log,
  signals: readonly Signal[] = [metric("mean", 0.021)],
  given: Partial<Run> = {},
): readonly Entry[] {
  const suite = signals[0]?.suite ?? "";
  const run = { suite, at: log.now, signals, firstAt: null, ...given };
  return log.add(followRun(log.situation, run));
}

function fired(): Log {
  const log = new Log();
  log.fire("score-unavailable");
  return log;
}

const line = (log: Log): string | undefined =>
  retestLine(log.viewContext, { id: "HP-1" }).map(plain).at(-1);

test("the next complete run ends it, and its figures stand on the card", () => {
  const log = fired();
  asks(log);
  expect(line(log)).toBe("Re-test: the next complete run of jailbreak");
  log.wait(minutes(30));

  const [followed] = of(comes(log), "retest.followed");

  expect(followed).toMatchObject({ what: "complete", run: { model: "aurora-3", more: 0 } });
  expect(line(log)).toBe(
    "Re-test of jailbreak, 03:40: judge mean 0.021 ± 0.004 (200 of 200 samples, aurora-3)",
  );
  expect(buildCard(log.viewContext, log.escalation("HP-1")).lines.map(plain)).toContain(line(log));
  expect(comes(log)).toEqual([]);
});

test("of many figures four are said, and how many more there are", () => {
  const log = fired();
  asks(log);
  log.wait(hours(1));

  comes(
    log,
    [1, 2, 3, 4, 5, 6, 7].map((n) => metric(`m${n}`, n / 10, { stderr: null, samples: null })),
  );

  expect(line(log)).toBe(
    "Re-test of jailbreak, 04:10: judge m1 0.1; judge m2 0.2; judge m3 0.3; judge m4 0.4 and 3 more (aurora-3)",
  );
});

describe("what is no such run", () => {
  test.each([
    ["one of another suite", [metric("mean", 0.1, { suite: "refusals" })], {}],
    ["one that came before it was asked for", [metric("mean", 0.1)], { at: 0 }],
    [
      "one that came at the same moment",
      [metric("mean", 0.1)],
      { at: instantOf("2026-11-24T03:10:00Z") },
    ],
    ["one that is told of again", [metric("mean", 0.1)], { firstAt: 0 }],
    ["one that says nothing of its end", [metric("mean", 0.1, { status: "info" })], {}],
  ])("%s", (_, signals, given) => {
    const log = fired();
    asks(log);
    log.wait(hours(1));

    expect(comes(log, signals, given)).toEqual([]);
  });

  test.each([
    ["incomplete", "stopped at 120 of 200 samples"],
    ["errored", "failed"],
    ["no_data", "stopped at 120 of 200 samples"],
  ] as const)("%s: it is mentioned once and ends nothing", (status, words) => {
    const log = fired();
    asks(log);
    log.wait(hours(1));
    const half = metric("", 0, { status, value: null, samples: { completed: 120, total: 200 } });

    const first = of(comes(log, [half]), "retest.followed");
    log.wait(hours(1));
    const second = comes(log, [half]);

    expect(first).toHaveLength(1);
    expect(second).toEqual([]);
    expect(line(log)).toBe(
      `Re-test: the next complete run of jailbreak; a run at 04:10 ${words} and does not count`,
    );
    expect(of(comes(log), "retest.followed")).toMatchObject([{ what: "complete" }]);
  });

  test("a run of which one metric failed", () => {
    const log = fired();
    asks(log);
    log.wait(hours(1));

    const all = [metric("mean", 0.1), metric("max", 0, { status: "errored", value: null })];

    expect(of(comes(log, all), "retest.followed")).toMatchObject([{ what: "errored" }]);
  });
});

test("letters of either case name the same suite", () => {
  const log = fired();
  asks(log, { suite: "Jailbreak" });
  log.wait(hours(1));

  expect(of(comes(log), "retest.followed")).toMatchObject([{ suite: "Jailbreak" }]);
});

test("one run answers everybody who asked for it", () => {
  const log = fired();
  asks(log);
  asks(log, { by: "erin" });
  log.wait(hours(1));

  expect(of(comes(log), "retest.followed")).toHaveLength(2);
});

describe("a date", () => {
  /** Asked for on Tuesday at 03:10, due on Friday at 03:10. */
  const dated = (by?: Key): Log => {
    const log = fired();
    asks(log, { due: days(3), ...(by ? { by } : {}) });
    return log;
  };
  const reminders = (entries: readonly Entry[]) =>
    of(entries, "retest.followed").filter(({ what }) => what === "reminded");

  test("whoever sees to it is reminded before, in working hours, once", () => {
    const log = dated("erin");
    const due = duesOf(log.situation).find(({ kind }) => kind.startsWith("retest:"));
    expect(new Date(due?.at ?? 0).toISOString()).toBe("2026-11-25T17:00:00.000Z");

    const before = log.wait(days(1));
    const then = log.wait(hours(14));
    const after = log.wait(hours(6));

    expect(reminders(before)).toEqual([]);
    expect(reminders(then)).toMatchObject([{ to: id("erin"), remind: "2026-11-25T17:00:00.000Z" }]);
    expect(reminders(after)).toEqual([]);
    expect(line(log)).toBe("Re-test: jailbreak by Fri 03:10 GMT (Erin Sato)");
  });

  test("while they are away, who is asked about the deployment is reminded", () => {
    const log = dated("erin");
    log.away("erin", log.now + days(10));

    expect(reminders(log.wait(days(2)))).toMatchObject([{ to: id("chidi") }]);
  });

  test("without a name it is whoever asked", () => {
    expect(reminders(dated().wait(days(2)))).toMatchObject([{ to: id("chidi") }]);
  });

  test("a run before it ends everything", () => {
    const log = dated("erin");
    log.wait(hours(1));
    comes(log);

    expect(reminders(log.wait(days(5)))).toEqual([]);
    expect(missedRetests(log.situation)).toEqual([]);
    expect(duesOf(log.situation).filter(({ kind }) => kind.startsWith("retest:"))).toEqual([]);
  });

  test("when it passes, the silence is told under one name until it is counted, and once then", () => {
    const log = dated("erin");
    log.wait(days(3) - 1);
    expect(missedRetests(log.situation)).toEqual([]);

    log.wait(1);
    const [notice] = missedRetests(log.situation);
    log.wait(days(2));

    expect(missedRetests(log.situation)).toEqual([notice]);
    expect(notice).toMatchObject({
      suite: "jailbreak",
      since: "2026-11-27T03:10:00.000Z",
      summary:
        "No complete run of jailbreak since the re-test was asked for at 24 Nov 2026 03:10 (Europe/London); it was due 27 Nov 2026 03:10 (Europe/London).",
    });
    log.add(missed(log.situation, notice?.decision ?? "") ?? []);
    expect(missedRetests(log.situation)).toEqual([]);
    expect(missed(log.situation, notice?.decision ?? "")).toBeNull();
    expect(line(log)).toBe("Re-test: no complete run of jailbreak by Fri 03:10 GMT (Erin Sato)");
  });

  test("a run that comes after it is still written down", () => {
    const log = dated("erin");
    log.wait(days(3));
    const [notice] = missedRetests(log.situation);
    log.add(missed(log.situation, notice?.decision ?? "") ?? []);
    log.wait(days(1));

    expect(of(comes(log), "retest.followed")).toMatchObject([{ what: "complete" }]);
    expect(line(log)).toContain("judge mean 0.021");
  });

  test("a late look reminds of it once, and not at all once it has passed", () => {
    expect(reminders(dated("erin").wait(days(2) + hours(20)))).toHaveLength(1);
    expect(reminders(dated("erin").wait(days(4)))).toEqual([]);
  });
});

test("whoever asks is told what happens next", () => {
  const log = fired();

  const entries = asks(log, { by: "erin", due: days(3) });

  expect(confirmation({ ...log.viewContext, situation: log.situation }, entries)).toContain(
    "The next complete run of jailbreak will be reported here; if none arrives by Fri 03:10 GMT, that is a signal. Erin Sato is responsible.",
  );
});

test("a re-test of the written rule waits for the suite that failed", () => {
  const log = new Log();
  log.fire("score-unavailable");
  log.wait(hours(8));
  log.wait(hours(8));
  expect(log.state.retests).toMatchObject([{ suite: "jailbreak-nightly", askedBy: "", due: null }]);
  log.wait(minutes(1));

  const run = comes(log, [metric("mean", 0.01, { suite: "jailbreak-nightly" })]);

  expect(of(run, "retest.followed")).toHaveLength(1);
});

test("however many are asked for, the newest are remembered", () => {
  const log = fired();

  for (let n = 0; n < 30; n += 1) asks(log, { suite: `s${n}` });

  expect(log.state.retests.map(({ suite }) => suite)).toEqual(
    Array.from({ length: 20 }, (_, n) => `s${n + 10}`),
  );
});

test("hostile names and numbers stay short and plain", () => {
  const log = fired();
  const suite = "s\u202e`<!channel>\u0000".repeat(20);
  asks(log, { suite });
  log.wait(hours(1));

  const [followed] = of(
    comes(log, [
      metric("m".repeat(5_000), 1e308, { suite, scorer: "<@U0>", model: "\u0000".repeat(500) }),
    ]),
    "retest.followed",
  );

  expect(JSON.stringify(followed).length).toBeLessThan(5_000);
  expect(said(log, "bob", "pause assistant-prod")).not.toEqual([]);
});
