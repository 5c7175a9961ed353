import { expect, test } from "vitest";
import { type DueAgain, dueFor } from "../../../src/core/card/reassessment-view.ts";
import { watch } from "../../../src/core/decision/retest-or-monitor.ts";
import {
  type KeptSignal,
  mostHeard,
  newSince,
  sinceThen,
} from "../../../src/core/reassessment/changes-since-decision.ts";
import type { ObservedSignal, Signal } from "../../../src/core/signal.ts";
import { plain } from "../../../src/core/words/words.ts";
import { days, hours, id, type Key, minutes } from "../../support/builders.ts";
import { Log, said } from "../../support/core-log.ts";

/**
 * What somebody reads who is asked again: how it stands, since when, by whom, and what came in
 * since.
 */

const signal = (parts: Partial<Signal>): Signal => ({
  id: "",
  source: "inspect",
  kind: "eval",
  status: "ok",
  deployment: "assistant-prod",
  model: "",
  severity: "",
  summary: "",
  url: "",
  occurredAt: "",
  startedAt: "",
  labels: {},
  metric: "mean",
  value: null,
  threshold: null,
  worse: "higher",
  suite: "",
  scorer: "",
  score: "",
  stderr: null,
  samples: null,
  change: "",
  reducer: "",
  group: "",
  atLeast: null,
  atMost: null,
  ...parts,
});

const heard = (
  log: Log,
  parts: Partial<Signal>,
  {
    condition = "c",
    occurrence = null,
    delivery = "d_1",
  }: Partial<ObservedSignal & KeptSignal> = {},
): KeptSignal => ({
  delivery,
  at: log.now,
  observed: { signal: signal(parts), condition, occurrence, caveat: null },
});

/** Paused by Bob on Tuesday at 03:10, and looked at again some hours later. */
function paused(): Log {
  const log = new Log();
  log.fire("jailbreak-rate");
  said(log, "bob", "pause HP-1");
  log.now += hours(2);
  return log;
}

function dueIn(log: Log, person: Key, news: readonly KeptSignal[] | null = null): DueAgain | null {
  const since = newSince(log.state);
  const told = news && since !== null ? sinceThen(log.situation, since, news) : null;
  return dueFor({ ...log.viewContext, since: told }, id(person));
}

const lineOf = (log: Log, news: readonly KeptSignal[]): string =>
  plain(dueIn(log, "chidi", news)?.line ?? []);

test("the decider reads since when and by whom it is paused, and by when to decide again", () => {
  const due = dueIn(paused(), "chidi");

  expect(plain(due?.line ?? [])).toBe(
    "Assistant (production): review due 17:00 GMT. Paused for everyone since 03:10 by Bob Okafor (on call).",
  );
  expect(due?.overdue).toBe(false);
});

test("where no complete eval came since, it says how old the last one is", () => {
  const log = paused();
  const nine = { ...heard(log, { value: 0.021 }, { delivery: "d_9" }), at: log.now - days(9) };
  const halted = { ...nine, ...heard(log, { status: "incomplete" }, { delivery: "d_8" }) };
  const older = { ...halted, at: log.now - days(8) };

  expect(lineOf(log, [older, nine])).toContain(
    "Since then: nothing new; last full eval 9 days old.",
  );
  expect(lineOf(log, [halted, nine])).toContain(
    "Since then: 1 eval without a result; last full eval 9 days old.",
  );
  expect(lineOf(log, [heard(log, { value: 0.03 }), nine])).toContain("1 complete eval, 0.03.");
  expect(lineOf(log, [older])).toMatch(/Since then: nothing new\.$/);
});

test("a re-test that has not arrived yet is said beside the question", () => {
  const log = paused();
  log.decide((situation) =>
    watch(situation, {
      do: "retest",
      actor: id("bob"),
      escalation: "HP-1",
      breakGlass: false,
      version: null,
      reason: "",
      suite: "jailbreak",
      by: "",
      due: log.now + hours(1),
      monitor: "",
    }),
  );

  expect(lineOf(log, [])).toContain(
    "The re-test of jailbreak, due 06:10 GMT, has not arrived yet. Since then: nothing new.",
  );
});

test("that nothing was heard is no run and no alert", () => {
  const log = paused();
  const own = { source: "holdpoint", status: "resolved" } as const;

  expect(lineOf(log, [heard(log, own), heard(log, { ...own, kind: "alert" })])).toContain(
    "Since then: nothing new.",
  );
});

test("they may keep it or start to resume it, with the version they were shown", () => {
  const log = paused();

  const due = dueIn(log, "chidi");

  expect(due?.buttons.map(({ label }) => label)).toEqual(["Keep paused…", "Resume…"]);
  expect(due?.version).toBe(log.state.posture?.version);
});

test("nobody else is asked", () => {
  const log = paused();

  expect((["ana", "bob", "dana", "erin", "frank"] as const).map((key) => dueIn(log, key))).toEqual(
    Array(5).fill(null),
  );
});

test("while the decider is away the deputy is asked, and reads for whom", () => {
  const log = paused();
  log.away("chidi", log.now + days(5));

  expect(dueIn(log, "chidi")).toBeNull();
  expect(plain(dueIn(log, "erin")?.line ?? [])).toContain(
    "Chidi Lindt is away until Sun 05:10 GMT; you stand in.",
  );
});

test("when the decider's account is closed the deputy is asked, and reads that", () => {
  const log = paused();
  log.unreachable.add(id("chidi"));

  expect(dueIn(log, "chidi")).toBeNull();
  expect(plain(dueIn(log, "erin")?.line ?? [])).toContain(
    "Chidi Lindt cannot be reached; you stand in.",
  );
});

test("a date that has passed is overdue", () => {
  const log = paused();
  log.now += days(2);

  const due = dueIn(log, "chidi");

  expect(due?.overdue).toBe(true);
  expect(plain(due?.line ?? [])).toContain(": review overdue since Tue 17:00 GMT.");
});

test("it stays so since the first stop, and a keep after that is said beside it", () => {
  const log = paused();
  said(log, "chidi", "keep assistant-prod because no fix yet");

  expect(lineOf(log, [])).toContain(
    "Paused for everyone since 03:10. Kept paused 05:10 by Chidi Lindt. Since then: nothing new.",
  );
});

test("a complete eval is counted once however many numbers it told, and the bad one is shown", () => {
  const log = paused();
  const item = { delivery: "d_2", occurrence: "run-1" };
  const news = [
    heard(log, { value: 0.4, suite: "jailbreak" }, item),
    heard(log, { value: 0.01, threshold: 0.05, suite: "jailbreak" }, item),
    heard(log, { value: 0.09, threshold: 0.05, suite: "jailbreak" }, item),
  ];

  expect(lineOf(log, news)).toContain("Since then: 1 complete eval, 0.09 (limit 0.05).");
});

test("of several evals the newest is shown, and one without a result is no passing one", () => {
  const log = paused();
  const limit = { threshold: 0.05, suite: "jailbreak" };
  const news = [
    heard(log, { status: "incomplete", suite: "jailbreak" }, { occurrence: "run-3" }),
    heard(log, { ...limit, value: 0.021 }, { occurrence: "run-2" }),
    heard(log, { ...limit, value: 0.09 }, { occurrence: "run-1" }),
  ];

  expect(lineOf(log, news)).toContain(
    "Since then: 2 complete evals, the last 0.021 (limit 0.05); 1 eval without a result.",
  );
});

test("alerts have stopped when the last that was heard of each is that it ended", () => {
  const log = paused();
  const alert = { kind: "alert", source: "alertmanager" } as const;
  const stopped = heard(log, { ...alert, status: "resolved" }, { condition: "a" });
  const before = {
    ...heard(log, { ...alert, status: "firing" }, { condition: "a" }),
    at: log.now - 1,
  };

  expect(lineOf(log, [stopped, before])).toContain("Since then: alerts stopped 05:10.");
});

test("one alert that still fires is enough to say so", () => {
  const log = paused();
  const alert = { kind: "alert", source: "alertmanager" } as const;
  const stopped = heard(log, { ...alert, status: "resolved" }, { condition: "a" });
  const firing = heard(log, { ...alert, status: "firing" }, { condition: "b" });

  expect(lineOf(log, [stopped, firing])).toContain("Since then: alerts still firing.");
});

test("an alert that began before the decision and was not heard of since still fires", () => {
  const log = new Log();
  log.fire("refusal-collapse", { seen: { ...seenAlert() } });
  said(log, "bob", "pause HP-1");
  log.now += minutes(30);

  expect(lineOf(log, [])).toContain("Since then: alerts still firing.");
});

test("an alert still fires whatever has become of its card, and until its own sender ends it", () => {
  const log = paused();
  const alert = { kind: "alert", source: "alertmanager" } as const;
  const long = { at: log.now - days(2) };
  const began = { ...heard(log, { ...alert, status: "firing" }, { condition: "a" }), ...long };
  const others = [
    heard(log, { ...alert, status: "info" }, { condition: "a" }),
    heard(log, { ...alert, status: "no_data" }, { condition: "a" }),
    heard(log, { ...alert, source: "grafana", status: "resolved" }, { condition: "a" }),
    heard(log, { ...alert, status: "resolved" }, { condition: "a", occurrence: "another" }),
  ];

  expect(lineOf(log, [began])).toContain("Since then: alerts still firing.");
  expect(lineOf(log, [...others, began])).toContain("alerts still firing");
  const ended = heard(log, { ...alert, status: "resolved" }, { condition: "a" });
  expect(lineOf(log, [ended, began])).toContain("Since then: alerts stopped");
  expect(lineOf(log, [{ ...ended, ...long }, began])).toContain("Since then: nothing new.");
});

test("that nothing is new is not said where an alert could be older than everything that was looked at", () => {
  const log = paused();
  const change = { kind: "change", status: "info", change: "" } as const;
  const many = Array.from({ length: 500 }, () => ({
    ...heard(log, change),
    at: log.now - days(3),
  }));

  expect(lineOf(log, many)).not.toContain("Since then");
});

const seenAlert = () => ({
  source: "alertmanager",
  kind: "alert" as const,
  status: "firing" as const,
  metric: "m",
  value: "0.4",
  threshold: "0.7",
  worse: "lower" as const,
  suite: "",
  scorer: "",
  samples: "",
  signal: "c_signal",
});

test("what was heard before the decision is not new", () => {
  const log = paused();
  const old = { ...heard(log, { value: 0.09 }), at: log.state.posture?.since ?? 0 };

  expect(lineOf(log, [old])).toContain("Since then: nothing new.");
});

test("escalations opened meanwhile and changes reported are said; a sender's words stay untrusted", () => {
  const log = paused();
  log.fire("score-unavailable");
  const news = [heard(log, { kind: "change", status: "info", change: "<!channel>" })];

  const line = dueIn(log, "chidi", news)?.line ?? [];

  expect(plain(line)).toContain("Since then: HP-2 opened; <!channel> reported.");
  expect(line).toContainEqual({ untrusted: "<!channel>" });
  expect(line).toContainEqual({ untrusted: "Assistant (production)" });
});

test("where more came in than is looked at, counts are said to be the least there was", () => {
  const log = paused();
  const news = Array.from({ length: mostHeard }, () =>
    heard(log, { kind: "report", status: "info" }),
  );

  expect(lineOf(log, news)).toContain(`Since then: at least ${mostHeard} reports.`);
});
