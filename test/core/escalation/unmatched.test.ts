import { describe, expect, test } from "vitest";
import { announcementsOf } from "../../../src/core/card/announcements.ts";
import { buildCard } from "../../../src/core/card/build-card.ts";
import {
  hasRoom,
  isRuleOf,
  liveUnmatched,
  nameOfSignal,
  ruleOf,
  shared,
  toBeNamed,
} from "../../../src/core/escalation/unmatched.ts";
import type { NamedSignal } from "../../../src/core/log/entry.ts";
import type { Severity } from "../../../src/core/policy/severity.ts";
import { blankSignal, type ObservedSignal, type Signal } from "../../../src/core/signal.ts";
import type { EscalationState } from "../../../src/core/state/state.ts";
import { plain } from "../../../src/core/words/words.ts";
import { hours, id, minutes, seenWith } from "../../support/builders.ts";
import { Log, said } from "../../support/core-log.ts";

const heard = (signal: Partial<Signal>, condition = "c-1"): ObservedSignal => ({
  signal: blankSignal({ source: "signals", kind: "alert", status: "firing", ...signal }),
  condition,
  occurrence: null,
  caveat: null,
});

const nameOf = (signal: Partial<Signal>, condition?: string): string =>
  nameOfSignal(heard(signal, condition), "assistant-prod").name;

describe("the name of a signal that no trigger matches", () => {
  test.each<[string, Partial<Signal>, string]>([
    ["an alert's metric", { metric: "DiskAlmostFull" }, "DiskAlmostFull"],
    [
      "an eval's names",
      { kind: "eval", suite: "jb", scorer: "judge", metric: "mean" },
      "jb judge mean",
    ],
    ["a finding's id", { kind: "finding", id: "F-7", summary: "x" }, "finding F-7"],
    ["a message's id, where nothing is said", { id: "m-1" }, "alert m-1"],
    ["its condition, where nothing else is", {}, "alert c-1"],
    ["a deployment that is shown elsewhere", { metric: "A", deployment: "ghost" }, "A on ghost"],
    ["several lines, as one", { metric: "A\u0000\u001b[2J\r\n\tB" }, "A [2J B"],
  ])("is %s", (_what, signal, name) => {
    expect(nameOf(signal)).toBe(name);
  });

  test("is not what somebody wrote: words stay out of the log, other words are another name", () => {
    const name = nameOf({ kind: "finding", summary: "Jane Doe, jane@example.com" });

    expect(name).toMatch(/^finding #[0-9a-f]{8}$/);
    expect(nameOf({ kind: "finding", summary: "Jane Doe, jane@example.com" })).toBe(name);
    expect(nameOf({ kind: "finding", summary: "John Doe" })).not.toBe(name);
  });

  test("is the same where only the numbers in a sentence change", () => {
    const [a, b] = ["812 ms at 10:03", "90 ms at 9:58"].map((summary) => nameOf({ summary }));

    expect(a).toBe(b);
  });

  test("is bounded, and two long ones that begin alike stay two", () => {
    const [a, b] = ["a", "b"].map((end) => nameOf({ metric: `${"x".repeat(5_000)}${end}` }));

    expect([...(a ?? "")].length).toBe(120);
    expect(a).not.toBe(b);
    expect(nameOf({ metric: "💥".repeat(400) })).toMatch(/^💥{110}…#/u);
  });

  test("of silence is what is silent", () => {
    const silence = { source: "holdpoint", metric: "heartbeat", status: "no_data" as const };

    expect(nameOf(silence, "silence:a:heartbeat")).not.toBe(nameOf(silence, "silence:b:heartbeat"));
  });

  test("under two sources is two", () => {
    const rules = ["a", "ab"].map((source) => ruleOf({ source, name: "Up" }));

    expect(rules.map((rule) => isRuleOf(rule, "a"))).toEqual([true, false]);
  });
});

function full(log: Log, count: number): void {
  for (let at = 0; at < count; at += 1)
    log.fire("unmatched", { about: { source: "signals", name: `N${at}` } });
}

test("a deployment has room for twenty names an hour, and for a hundred at a time", () => {
  const log = new Log();

  full(log, 20);
  expect(hasRoom(log.state, log.now)).toBe(false);
  log.wait(hours(1));
  expect(hasRoom(log.state, log.now)).toBe(true);
  full(log, 100);
  log.wait(hours(9));

  expect(hasRoom(log.state, log.now)).toBe(false);
});

const name = (at: number, severity: Severity = "warning"): NamedSignal => ({
  source: "signals",
  name: `N${at}`,
  severity,
  signal: "",
});

function sharedIn(log: Log): EscalationState {
  log.fire("unmatched", { about: shared, named: [name(0)] });
  const escalation = liveUnmatched(log.state, shared);
  if (!escalation) throw new Error("nothing is shared");
  return escalation;
}

test("of ten thousand names twenty of each severity are named, the worst first", () => {
  const log = new Log();
  const warnings = Array.from({ length: 9_999 }, (_, at) => name(at));
  const many = [...warnings, name(9_999, "critical")];

  const named = toBeNamed(sharedIn(log), many);

  expect(named.map((signal) => signal.severity)).toEqual([
    "critical",
    ...Array(19).fill("warning"),
  ]);
});

test("names that are only counted enter the log every ten minutes, and are said", () => {
  const log = new Log();
  const { id: which } = sharedIn(log);
  const evidence = log.evidence.get(which);
  if (evidence) log.evidence.set(which, { ...evidence, names: 900 });

  expect(log.wait(minutes(9))).toEqual([]);
  const [entry] = log.wait(minutes(1));

  expect(entry).toMatchObject({ kind: "escalation.updated", names: 900 });
  expect(log.escalation(which).others?.counted).toBe(900);
  const [line] = entry ? announcementsOf(log.viewContext, entry) : [];
  expect(plain(line?.line ?? [])).toContain("900 names");
  expect(line?.to).toEqual([id("bob")]);
});

function cardIn(log: Log) {
  const [escalation] = log.state.escalations;
  if (!escalation) throw new Error("nothing is open");
  const card = buildCard(log.viewContext, escalation);
  const labels = card.buttons.flat().map(({ label }) => label);
  return { ...card, text: card.lines.map(plain).join("\n"), labels };
}

describe("its card", () => {
  const weights = seenWith({ metric: "WeightsLeaving", value: "", threshold: "" });
  const about = { source: "alertmanager", name: "WeightsLeaving" };

  test("says the sender's words and offers to restrict; of a critical one the decider hears", () => {
    const log = new Log();
    log.texts.set("c_signal", JSON.stringify({ summary: "12 GB to an unknown host" }));
    const seen = { ...weights, signal: "c_signal" };

    log.fire("unmatched", { about, seen, severity: "critical" });

    const card = cardIn(log);
    expect(card.text).toContain("12 GB to an unknown host");
    expect(card.text).toContain("No trigger matches. Acknowledge it, or restrict the deployment");
    expect(card.labels).toEqual(["Narrow to no-tools", "Pause", "Acknowledge"]);
    expect(card.notify).toEqual([id("bob"), id("chidi")]);
  });

  test("of something less mentions who is on call alone", () => {
    const log = new Log();

    log.fire("unmatched", { about, seen: weights, severity: "warning" });

    expect(cardIn(log).notify).toEqual([id("bob")]);
  });

  test("offers the next narrower scope from where the deployment is, and nothing wider", () => {
    const log = new Log();
    log.fire("unmatched", { about, seen: weights });
    said(log, "bob", "narrow assistant-prod to staff");
    expect(cardIn(log).labels).toEqual(["Pause", "Acknowledge"]);
    said(log, "bob", "pause assistant-prod");

    expect(cardIn(log).labels).toEqual(["Acknowledge"]);
  });

  test("of several names counts them and names the worst", () => {
    const log = new Log();
    const { id: which } = sharedIn(log);

    const [entry] = log.raise(which, "critical", [{ ...about, severity: "critical", signal: "" }]);

    const { text } = cardIn(log);
    expect(text).toContain("WeightsLeaving (alertmanager, critical)");
    const [line] = entry ? announcementsOf(log.viewContext, entry) : [];
    expect(plain(line?.line ?? [])).toContain("WeightsLeaving");
    const to = [id("bob"), id("chidi")];
    expect(line).toMatchObject({ to, direct: to.map((person) => ({ to: person })) });
  });
});
