import { describe, expect, test } from "vitest";
import { canonicalBytes } from "../../../src/core/log/bytes.ts";
import { digestOf } from "../../../src/core/log/commitment.ts";
import { compilePolicy } from "../../../src/core/policy/canonical.ts";
import type { PolicyDoc } from "../../../src/core/policy/schema.ts";
import { instantOf } from "../../../src/core/time.ts";
import { canonicalOf, docOf, edited, exampleText, idOf, policyOf } from "./example.ts";
import { signalWith } from "./signals.ts";

const textOf = (canonical: object): string =>
  new TextDecoder().decode(canonicalBytes(canonical as never));
const digest = (text: string): string => digestOf(canonicalBytes(canonicalOf(text) as never));

describe("the canonical form", () => {
  test("names nobody: no key, name or chat id of a person, no word of a reason", () => {
    const canonical = textOf(canonicalOf(exampleText));
    const { people, triggers }: PolicyDoc = docOf(exampleText);
    const personal = Object.entries(people).flatMap(([key, { name, slack = "", teams = "" }]) => [
      `"${key}"`,
      ...name.split(" "),
      slack,
      teams,
    ]);

    for (const word of personal) expect(canonical).not.toContain(word);
    for (const { because } of Object.values(triggers)) expect(canonical).not.toContain(because);
  });

  test("keeps everything else as it was written", () => {
    const canonical = textOf(canonicalOf(exampleText));
    const kept = [
      '"decideWithin":"30m"',
      '"timezone":"Europe/London"',
      '"env:INSPECT_WEBHOOK_SECRET"',
      '"19:modelrisk@thread.tacv2"',
      '"from":"2026-12-24T09:00"',
      `"decider":"${idOf("chidi")}"`,
      '"schedule:model-oncall"',
    ];

    for (const piece of kept) expect(canonical).toContain(piece);
  });

  test("the order of scopes counts, the order of other names does not", () => {
    const swapped = edited(
      ["      full:     { audience: everyone, tools: true }\n", ""],
      [
        "      staff:    { audience: staff,    tools: false }\n",
        "      staff:    { audience: staff,    tools: false }\n      full:     { audience: everyone, tools: true }\n",
      ],
      ["response: { narrow: no-tools }", "response: pause"],
    );
    const inPlace = edited(["response: { narrow: no-tools }", "response: pause"]);
    const ana = /^ {2}ana:.*\n/m.exec(exampleText)?.[0] ?? "";
    const last = /^ {2}frank:.*\n/m.exec(exampleText)?.[0] ?? "";

    expect(digest(swapped)).not.toBe(digest(inPlace));
    expect(digest(edited([ana, ""], [last, last + ana]))).toBe(digest(exampleText));
  });

  test.each([
    ["a comment", "holdpoint: 1", "holdpoint: 1 # the format", true],
    ["somebody's name", "Ana Ruiz", "Ana Ruiz-Lopez", true],
    ["somebody's chat id", "U0ANA00001", "U0ANA00009", true],
    ["a default that is written out", "people: 1, notOwner: true", "notOwner: true", true],
    ["a clock", "decideWithin: 30m", "decideWithin: 31m", false],
    ["a condition", "signal.value > 0.05", "signal.value > 0.06", false],
    ["a confirmer", "by: [erin, frank]", "by: [erin, frank, bob]", false],
    ["a reason", "Above 5 % the", "Above five percent the", false],
  ])("%s changes the digest or not: %s → %s", (_name, piece, instead, same) => {
    expect(digest(edited([piece, instead])) === digest(exampleText)).toBe(same);
  });

  test("a scope may carry whole numbers and text, which the digest covers", () => {
    const more = edited([
      "audience: everyone, tools: true",
      "audience: everyone, tools: true, rate: 100, region: eu",
    ]);

    const [widest] = policyOf(more).deployments.get("assistant-prod")?.scopes ?? [];

    expect(widest?.more).toEqual({ rate: 100, region: "eu" });
    expect(digest(more)).not.toBe(digest(exampleText));
  });
});

describe("the compiled policy", () => {
  test("is the same from the document and from what the log keeps", () => {
    const canonical = canonicalOf(exampleText);
    const pinned: object = JSON.parse(textOf(canonical));

    expect(JSON.stringify(compiled(pinned))).toBe(JSON.stringify(compiled(canonical)));
    expect(textOf(pinned)).toBe(textOf(canonical));
  });

  test("resolves lengths, weekdays, references and instants", () => {
    const { deployments, schedules, triggers, sources, people, unmatchedChannel } =
      policyOf(exampleText);
    const deployment = deployments.get("assistant-prod");

    expect(people.size).toBe(6);
    expect(unmatchedChannel).toBe("model-risk");
    expect(deployment?.owner).toBe(idOf("dana"));
    expect(deployment?.hours.days).toEqual([1, 2, 3, 4, 5]);
    expect(deployment?.scopes.map(({ id }) => id)).toEqual(["full", "no-tools", "staff"]);
    expect(deployment?.reassess.within.pause).toBe(86_400_000);
    expect(deployment?.reassess.remind).toEqual([86_400_000, 0]);
    expect(deployment?.authority.restrict.alsoMay).toEqual(["schedule:model-oncall", idOf("dana")]);
    expect(schedules.get("model-oncall")?.handoff).toEqual({
      every: { count: 1, unit: "weeks" },
      on: 1,
      at: "09:00",
      from: "2026-11-02",
    });
    expect(schedules.get("model-oncall")?.overrides).toEqual([
      {
        person: idOf("bob"),
        from: instantOf("2026-12-24T09:00:00Z"),
        to: instantOf("2026-12-27T09:00:00Z"),
      },
    ]);
    expect(triggers.get("jailbreak-rate")?.response).toEqual({ kind: "narrow", scope: "no-tools" });
    expect(triggers.get("refusal-collapse")?.response).toEqual({ kind: "pause" });
    expect(sources.get("signals")?.auth).toEqual({
      standardWebhooks: ["env:SIGNALS_WEBHOOK_SECRET"],
    });
    expect(sources.get("alertmanager")?.map.get("assistant-api")).toBe("assistant-prod");
  });

  test.each([
    ["fri-mon", [5, 6, 7, 1]],
    ["wed", [3]],
    ["[sat, sun]", [6, 7]],
  ])("working days %s are %j", (days, numbers) => {
    const policy = policyOf(edited(["days: mon-fri", `days: ${days}`]));

    expect(policy.deployments.get("assistant-prod")?.hours.days).toEqual(numbers);
  });

  test("asks its conditions of signals", () => {
    const trigger = policyOf(exampleText).triggers.get("jailbreak-rate");

    expect(trigger?.evaluate(signalWith())).toEqual({
      is: "fired",
      because: "signal.value 0.082 > 0.05",
    });
    expect(trigger?.evaluate(signalWith({ value: 0.01 })).is).toBe("quiet");
    expect(trigger?.evaluate(signalWith({ value: null })).is).toBe("indeterminate");
  });

  test("a condition adopted under laxer checks stops nothing: it cannot be told, and says why", () => {
    const pinned = textOf(canonicalOf(exampleText)).replace(
      "signal.value > 0.05",
      "signal.gone > 0.05",
    );

    const verdict = compilePolicy(JSON.parse(pinned))
      .triggers.get("jailbreak-rate")
      ?.evaluate(signalWith());

    expect(verdict?.is).toBe("indeterminate");
    expect(verdict?.because).toContain("a signal has no field “gone”");
  });
});

/** A runtime policy with its maps and sets spread out, so that two can be compared as text. */
const compiled = (canonical: object): unknown => {
  const spread = (value: unknown): unknown => {
    if (value instanceof Map || value instanceof Set) return [...value].map(spread);
    if (Array.isArray(value)) return value.map(spread);
    if (typeof value === "function") return "asked";
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort()
        .map(([key, one]) => [key, spread(one)]),
    );
  };
  return spread(compilePolicy(canonical));
};
