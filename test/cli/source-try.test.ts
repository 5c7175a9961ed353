import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sourceTry } from "../../src/cli/source-try.ts";
import { parseDelivery } from "../../src/sources/index.ts";
import { withSource } from "../core/policy/small-policy.ts";

let place = "";
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "holdpoint-try-"));
});
afterAll(() => rm(place, { recursive: true }));

async function written(name: string, text: string): Promise<string> {
  await writeFile(join(place, name), text);
  return join(place, name);
}

/** What `source try` prints and exits with. */
async function tried(...argv: readonly string[]) {
  const lines: string[] = [];
  const exit = await sourceTry(argv, {
    out: (line) => void lines.push(line),
    policyFile: "./policy.example.yaml",
    parse: parseDelivery,
  });
  return { exit, lines };
}

const mapped = withSource(`  probes:
    type: mapped
    auth: { bearer: env:PROBES_TOKEN }
    mapping:
      forEach: /probes
      when: event != "ping"
      event: X-Event
      kind: { value: eval }
      deployment: { value: assistant }
      suite: { value: probes }
      metric: { value: mean }
      value: /failed
      worse: higher
      sample: { probes: [{ failed: "0.25" }] }
`);

test("prints what the signal says, aligned, and the trigger it would meet", async () => {
  expect(await tried("signals", "examples/signals/signal-jailbreak.json")).toEqual({
    exit: 0,
    lines: [
      "kind        eval",
      "status      ok",
      "deployment  assistant-prod",
      "model       aurora-3",
      "summary     Jailbreaks succeeded in 8.2 % of 600 attempts; the limit is 5 %",
      "url         https://evals.example.org/runs/jailbreak-nightly/2026-11-23",
      "metric      mean",
      "suite       jailbreak-nightly",
      "scorer      attack_success",
      "value       0.082",
      "threshold   0.05",
      "worse       higher",
      "stderr      0.011",
      "samples     600 of 600",
      "condition   jailbreak-nightly/attack_success//mean/aurora-3",
      "then        jailbreak-rate (critical, narrow to no-tools): signal.value 0.082 > 0.05",
    ],
  });
});

/** The last line of each signal. */
const then = async (...argv: readonly string[]): Promise<readonly string[]> =>
  (await tried(...argv)).lines.filter((line) => line.startsWith("then"));

const signal = (more: object) =>
  JSON.stringify({ kind: "eval", deployment: "assistant-prod", metric: "mean", ...more });

describe("what would come of it", () => {
  test.each([
    ["a calm one", {}, "then        no trigger matches: nothing happens"],
    [
      "one that no rule names",
      { kind: "finding" },
      "then        no trigger matches: an unmatched escalation",
    ],
    [
      "one of another deployment",
      { kind: "finding", deployment: "elsewhere" },
      "then        the policy has no deployment “elsewhere”: an unmatched escalation",
    ],
    [
      "one without the number a rule looks at",
      { suite: "jailbreak-nightly", scorer: "attack_success" },
      "then        jailbreak-rate (critical, narrow to no-tools) cannot be told: signal.value is missing",
    ],
  ])("%s", async (_what, more, line) => {
    expect(await then("signals", await written("one.json", signal(more)))).toEqual([line]);
  });

  test("nothing a sender wrote moves the terminal's cursor", async () => {
    const file = await written("odd.json", signal({ summary: "\u001b[2Jcalm" }));

    const { lines } = await tried("signals", file);

    expect(lines.join("")).not.toContain("\u001b");
    expect(lines).toContain("summary      [2Jcalm");
  });

  test("of many signals, twenty are shown", async () => {
    const many = Array.from({ length: 23 }, () => JSON.parse(signal({})));
    const file = await written("many.json", JSON.stringify(many));

    const { exit, lines } = await tried("signals", file);

    expect(exit).toBe(0);
    expect(lines.filter((line) => line.startsWith("kind"))).toHaveLength(20);
    expect(lines.at(-1)).toContain("and 3 more signals");
  });
});

describe("it ends with 1", () => {
  test("where the body cannot be read, and says why", async () => {
    expect(await tried("signals", "package.json")).toEqual({
      exit: 1,
      lines: ["Unmapped: “kind” is missing; it must be alert, eval, finding, report or change."],
    });
  });

  test("where the policy is wrong, with the place", async () => {
    const policy = await written(
      "wrong.yaml",
      mapped.replace("kind: { value: eval }", "kind: /no"),
    );

    const { exit, lines } = await tried("probes", "--policy", policy);

    expect(exit).toBe(1);
    expect(lines[0]).toContain(
      "error: sources.probes.mapping.sample: gives no signal: “kind” is missing",
    );
  });

  test("where nothing is meant", async () => {
    const policy = await written("mapped.yaml", mapped);

    expect(await tried("probes", "--policy", policy, "--header", "X-Event: ping")).toEqual({
      exit: 1,
      lines: ["This body contains no signal."],
    });
  });
});

test("without a file, a mapped source is tried on its own sample", async () => {
  const policy = await written("mapped.yaml", mapped);

  expect(await tried("probes", "--policy", policy)).toEqual({
    exit: 0,
    lines: [
      "kind        eval",
      "status      ok",
      "deployment  assistant",
      "metric      mean",
      "suite       probes",
      "value       0.25",
      "worse       higher",
      "condition   probes///mean/",
      "then        jailbreaks (high, narrow to staff): signal.value 0.25 > 0.05",
    ],
  });
});

describe("it ends with 2", () => {
  test.each([
    ["without a source", [], "usage: "],
    ["with too much", ["signals", "a", "b"], "usage: "],
    ["with an unknown flag", ["signals", "--polcy", "x"], "usage: "],
    ["with a flag that says nothing", ["signals", "a", "--policy"], "usage: "],
    ["with a header that is none", ["signals", "a", "--header", "ping"], "usage: "],
    ["for a source that the policy lacks", ["probes", "a"], "has no source “probes”: "],
    ["for a source without a sample", ["signals"], "A source of type signal has no sample"],
    ["for a file that is not there", ["signals", "nowhere.json"], "there is no such file"],
    [
      "for a policy that is not there",
      ["signals", "a", "--policy", "nowhere.yaml"],
      "there is no such file",
    ],
    ["for a name that every object has", ["constructor", "a"], "has no source “constructor”"],
  ])("%s", async (_what, argv, because) => {
    const { exit, lines } = await tried(...argv);

    expect(exit).toBe(2);
    expect(lines[0]).toContain(because);
  });
});
