import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/** The rules of docs/rules.md as they stand there: each fires when it should, and is quiet before. */

const written =
  /```yaml\n(three-of-five:[\s\S]*?)```/.exec(readFileSync("docs/rules.md", "utf8"))?.[1] ?? "";

/** The rules of the page, each with what the page leaves out. */
const rules = written
  .replaceAll(/^([a-z0-9-]+):.*$/gm, (_all, id: string) =>
    [
      `  ${id}:`,
      `    deployments: [${id === "everywhere" ? "assistant-prod, assistant-eu" : "assistant-prod"}]`,
      "    method: monitoring",
      "    severity: warning",
      "    response: monitor",
      `    because: The rule ${id}.`,
    ].join("\n"),
  )
  .replaceAll(/^ {2}(?=(?:when|repeated|compare|over|spread|together|expect|for): )/gm, "    ")
  .replaceAll(/^ {4}(?=signal|&&)/gm, "      ");

const second = (yaml: string): string => {
  const [, own = ""] = /\n( {2}assistant-prod:\n[\s\S]*?)\n(?=triggers:)/.exec(yaml) ?? [];
  return yaml.replace(
    own,
    `${own}\n${own.replace("assistant-prod:", "assistant-eu:").replace(/name: .*/, "name: Assistant (EU)")}`,
  );
};

/** Only these rules, on the example's people. */
const policy = (yaml: string): string =>
  second(yaml).replace(
    /\ntriggers:\n[\s\S]*?\n(?=unmatched:)/,
    `\ntriggers:\n${rules}  eval-says-so:
    deployments: [assistant-prod]
    method: targeted-eval
    when: signal.kind == "eval" && signal.status == "ok" && signal.suite == "detector-eval" && signal.metric == "mean" && signal.value > 0.5
    severity: info
    response: monitor
    because: The eval agrees.
`,
  );

let n = 0;
const signal = (more: object, labels: object = {}) => ({
  deployment: "assistant-prod",
  id: `s-${n++}`,
  labels,
  ...more,
});

const evalOf = (suite: string, value: number, more: object = {}, labels: object = {}) =>
  signal(
    {
      kind: "eval",
      status: "ok",
      suite,
      scorer: "s",
      metric: "mean",
      model: "aurora-3",
      value,
      ...more,
    },
    labels,
  );

const alertOf = (metric: string, value: number | null = null, more: object = {}) =>
  signal({
    kind: "alert",
    status: "firing",
    metric,
    ...(value === null ? {} : { value }),
    ...more,
  });

const sampleOf = (metric: string, value: number) => alertOf(metric, value, { status: "ok" });

/** Which rules have opened an escalation, in order. */
async function opened(world: World): Promise<readonly string[]> {
  const all = await world.server().store.entriesFrom(0, 1_000);
  return all.flatMap(({ entry }) => (entry.kind === "escalation.opened" ? [entry.trigger] : []));
}

async function because(world: World, trigger: string): Promise<string> {
  const all = await world.server().store.entriesFrom(0, 1_000);
  const [found] = all.flatMap(({ entry }) =>
    entry.kind === "escalation.opened" && entry.trigger === trigger ? [entry.because] : [],
  );
  return found ?? "";
}

/** Sends the signals one after the other: the rule opens at the last, and at none before. */
async function opensAtLast(world: World, rule: string, signals: readonly object[]): Promise<void> {
  for (const [at, one] of signals.entries()) {
    await world.clock.advance("1m");
    await world.send("signals", one);
    const isLast = at === signals.length - 1;
    expect([rule, at, (await opened(world)).includes(rule)]).toEqual([rule, at, isLast]);
  }
}

oneDatabase((kind) => {
  test("rules about what came before", async () => {
    const world = await openWorld(kind, { policy });
    const nightly = [0.06, 0.02, 0.07, 0.01, 0.08].map((value) => evalOf("nightly", value));
    await opensAtLast(world, "three-of-five", nightly);
    expect(await because(world, "three-of-five")).toBe("3 of the last 5: 0.06, 0.07, 0.08");
    const { lines } = await world.card("HP-1");
    expect(lines).toContain("3 of the last 5: 0.06, 0.07, 0.08");
    const accuracy = (value: number, model: string) =>
      evalOf("refusals", value, { metric: "accuracy", model });
    await opensAtLast(world, "worse-than-last-model", [
      accuracy(0.6, "aurora-1"),
      accuracy(0.9, "aurora-2"),
      accuracy(0.95, "aurora-3"),
      accuracy(0.7, "aurora-3"),
    ]);
    expect(await because(world, "worse-than-last-model")).toBe("0.7, with the model before 0.9");
    await opensAtLast(world, "spike", [
      sampleOf("Refusals", 10),
      sampleOf("Refusals", 12),
      sampleOf("Refusals", 11),
      sampleOf("Refusals", 30),
      sampleOf("Refusals", 40),
    ]);
    expect(await because(world, "spike")).toBe("40, median over 1 wk 11.5");
    await opensAtLast(world, "slow-day", [
      ...[900, 1_000, 1_100, 1_200].map((value) => sampleOf("LatencySample", value)),
      sampleOf("LatencySample", 2_500),
    ]);
    const variant = (name: string, value: number) =>
      evalOf("paraphrases", value, { id: `p-${name}` }, { variant: name });
    await world.send("signals", [variant("a", 0.02), variant("b", 0.04)]);
    expect(await opened(world)).not.toContain("unstable");
    await world.send("signals", [variant("a", 0.02), variant("b", 0.04), variant("c", 0.06)]);
    expect(await opened(world)).toContain("unstable");
    expect(await opened(world)).not.toContain("unmatched");
  });

  test("rules about how often, where else, and what else", async () => {
    const world = await openWorld(kind, { policy });
    const violations = Array.from({ length: 21 }, () => alertOf("PolicyViolation"));
    await opensAtLast(world, "many-violations", violations);
    const report = (name: string) => signal({ kind: "report", status: "info" }, { class: name });
    await opensAtLast(world, "five-reports", [
      ...["a", "b", "a", "b", "a", "b", "a", "b"].map(report),
      report("a"),
    ]);
    expect(await because(world, "five-reports")).toBe("5 within 1 d");
    await opensAtLast(world, "two-methods", [alertOf("DetectorHit"), evalOf("detector-eval", 0.7)]);
    expect(await because(world, "two-methods")).toBe("with eval-says-so within 1 d");
    const finding = (deployment: string, name: string) =>
      signal({ kind: "finding", status: "firing", metric: "f", deployment }, { class: name });
    await opensAtLast(world, "everywhere", [
      finding("assistant-prod", "leak"),
      finding("assistant-eu", "rude"),
      finding("assistant-eu", "leak"),
    ]);
    expect(await because(world, "everywhere")).toBe(
      "on 2 deployments within 1 wk: assistant-eu, assistant-prod",
    );
    expect(await opened(world)).not.toContain("unmatched");
  });

  test("rules about one signal", async () => {
    const world = await openWorld(kind, { policy });
    const of = (suite: string, value: number, samples: number) =>
      evalOf(suite, value, { samples: { completed: samples, total: samples } });
    await opensAtLast(world, "surely-above", [
      of("jailbreak-600", 0.06, 600),
      of("jailbreak-600", 0.08, 600),
    ]);
    const inProduction = (suite: string, value: number, env = "production") =>
      evalOf(suite, value, { metric: "accuracy", stderr: 0.01 }, { env });
    await opensAtLast(world, "two-errors-below", [
      inProduction("safety-qa", 0.91, "staging"),
      inProduction("safety-qa", 0.93),
      inProduction("medical-qa", 0.96),
    ]);
    await opensAtLast(world, "old-news", [
      evalOf("imported", 0.1, { occurredAt: "2026-11-23T09:00:00Z" }),
      evalOf("imported", 0.1, { occurredAt: "2026-11-22T09:00:00Z" }),
    ]);
    const half = (atLeast: number) =>
      signal({
        ...{ kind: "eval", status: "incomplete", suite: "long", scorer: "s", metric: "mean" },
        ...{ atLeast, atMost: 0.9, samples: { completed: 50, total: 100 } },
      });
    await opensAtLast(world, "cannot-recover", [half(0.02), half(0.06)]);
    await opensAtLast(world, "another-model", [
      evalOf("weekly", 0.1),
      evalOf("weekly", 0.1, { model: "aurora-4" }),
    ]);
  });

  test("what is sent twice counts once, also after a restart; a new rule begins with what is stored", async () => {
    const without = (yaml: string) =>
      policy(yaml).replace(/ {2}three-of-five:[\s\S]*?(?= {2}worse-than-last-model:)/, "");
    const world = await openWorld(kind, { policy: without });
    const run = (value: number) => evalOf("nightly", value);
    const [first, next, last] = [run(0.06), run(0.07), run(0.08)];
    await world.send("signals", first);
    await world.adopt(() => policy(readFileSync("policy.example.yaml", "utf8")));
    await world.send("signals", first, "again");
    await world.clock.advance("1m");
    await world.send("signals", next);
    await world.restart();
    await world.send("signals", next, "once-more");
    expect(await opened(world)).toEqual([]);
    await world.clock.advance("1m");
    await world.send("signals", last);

    expect(await opened(world)).toEqual(["three-of-five"]);
    const [entry] = (await world.server().store.entriesFrom(0, 1_000)).filter(
      ({ entry }) => entry.kind === "escalation.opened",
    );
    expect(entry?.entry).toMatchObject({
      evidence: [{ value: "0.08" }, { value: "0.07" }, { value: "0.06" }],
    });
  });

  test("rules that wait: what lasts, and the run that has to follow a change", async () => {
    const lasting = (yaml: string) =>
      policy(yaml).replace(
        "  eval-says-so:",
        `  lasts:
    deployments: [assistant-prod]
    method: monitoring
    when: signal.kind == "alert" && signal.status == "firing" && signal.metric == "Errors"
    for: 10m
    severity: warning
    response: monitor
    because: Shorter ones pass.
  eval-says-so:`,
      );
    const world = await openWorld(kind, { policy: lasting });
    const errors = (status: string, startedAt: string) =>
      signal({ kind: "alert", status, metric: "Errors", startedAt, id: `e-${startedAt}` });
    const change = signal({ kind: "change", status: "info", change: "model.changed" });

    await world.send("signals", errors("firing", "2026-11-23T10:00:00Z"));
    await world.clock.advance("9m");
    await world.send("signals", errors("resolved", "2026-11-23T10:00:00Z"));
    await world.clock.advance("2m");
    expect(await opened(world)).toEqual([]);
    await world.send("signals", errors("firing", "2026-11-23T10:11:00Z"));
    await world.clock.advance("9m");
    await world.restart();
    expect(await opened(world)).toEqual([]);
    await world.clock.advance("2m");
    expect(await opened(world)).toEqual(["lasts"]);
    expect((await world.card("HP-1")).lines).toContain("for 10 min");

    await world.send("signals", change);
    await world.clock.advance("1d");
    await world.send("signals", evalOf("regression", 0.9));
    await world.clock.advance("1d");
    await world.clock.advance("1m");
    expect(await opened(world)).toEqual(["lasts"]);
    await world.send("signals", { ...change, id: "again" });
    await world.clock.advance("2d");
    await world.clock.advance("1m");
    expect(await opened(world)).toEqual(["lasts", "not-run-after-change"]);
    expect((await world.card("HP-2")).lines[0]).toBe(
      "no complete run of regression within 2 d after model.changed on 25 Nov 2026 10:23 (Europe/London)",
    );
  });
});
