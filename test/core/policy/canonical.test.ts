import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compilePolicy } from "../../../src/core/policy/canonical.ts";
import { instantOf } from "../../../src/core/time.ts";
import {
  bytesOf,
  canonicalOf,
  commitmentOf,
  compiledOf,
  digestOfText,
  docOf,
  idOf,
} from "./compiled.ts";
import { signalWith } from "./signals.ts";
import { changed, smallPolicy } from "./small-policy.ts";

const example = readFileSync("policy.example.yaml", "utf8");
const minute = 60_000;
const day = 24 * 60 * minute;

describe("the digest", () => {
  const digest = digestOfText(smallPolicy);

  test.each([
    ["comments", smallPolicy.replace("people:", "people: # all of them")],
    ["quotes", changed(["channel: risk\n    starts", 'channel: "risk"\n    starts'])],
    ["Windows line ends", smallPolicy.replaceAll("\n", "\r\n")],
    [
      "the order of people",
      changed(
        ["  ana: { name: Ana Ruiz, slack: U0ANA00001 }\n", ""],
        ["schedules:\n", "  ana: { name: Ana Ruiz, slack: U0ANA00001 }\nschedules:\n"],
      ),
    ],
    [
      "the order of keys",
      changed(
        ["    undo: 10m\n", ""],
        ["    name: Assistant\n", "    undo: 10m\n    name: Assistant\n"],
      ),
    ],
    ["a name", changed(["Ana Ruiz", "Ana Maria Ruiz"])],
    ["a person's chat id", changed(["U0ANA00001", "U0ANA00002"])],
    ["what is the default anyway", changed([", people: 1 }", " }"])],
    ["the schema's address", `$schema: ./policy.schema.json\n${smallPolicy}`],
  ])("does not depend on %s", (_, text) => {
    expect(digestOfText(text)).toBe(digest);
  });

  test.each([
    ["who decides", changed(["restrict: { decider: chidi", "restrict: { decider: bob"])],
    ["whose turn comes first", changed(["[ana, bob]", "[bob, ana]"])],
    ["a clock", changed(["decideWithin: 30m", "decideWithin: 31m"])],
    ["a condition", changed(["> 0.05", "> 0.06"])],
    ["a rule's words", changed(["Above 5 %", "Above five percent"])],
    [
      "the order of scopes",
      changed(
        ["      full: { audience: everyone, tools: true }\n", ""],
        ["    authority:", "      full: { audience: everyone, tools: true }\n    authority:"],
        ["narrow: staff", "narrow: full"],
      ),
    ],
    ["who exists", changed(["schedules:", "  zoe: { name: Zoe, slack: U0ZOE00001 }\nschedules:"])],
  ])("depends on %s", (_, text) => {
    expect(digestOfText(text)).not.toBe(digest);
  });
});

describe("the canonical bytes", () => {
  test.each([
    ["the small policy", smallPolicy],
    ["the example", example],
  ])("of %s hold no name, no key, no chat id of a person, and no words of a rule", (_, text) => {
    const doc = docOf(text);
    const private_ = [
      ...Object.entries(doc.people).flatMap(([key, { name, slack, teams }]) => [
        `"${key}"`,
        name,
        ...name.split(" "),
        slack,
        teams,
      ]),
      ...Object.values(doc.triggers).map(({ because }) => because),
    ].filter((item) => item !== undefined);
    const bytes = bytesOf(text);

    expect(private_.length).toBeGreaterThan(15);
    expect(private_.filter((name) => bytes.includes(name))).toEqual([]);
  });

  test("name each person by the random id", () => {
    const bytes = bytesOf(smallPolicy);

    for (const key of ["ana", "bob", "chidi", "dana", "erin"]) expect(bytes).toContain(idOf(key));
  });

  test("read back compile to the same policy", () => {
    const back: object = JSON.parse(bytesOf(example));

    const [item, other] = [compilePolicy(back), compiledOf(example)];
    const plain = (policy: object): string =>
      JSON.stringify(policy, (_, value: unknown) =>
        value instanceof Map || value instanceof Set ? [...value] : value,
      );
    // Keys are sorted in the bytes, so sections may come in another order; nothing depends on it.
    const sorted = (policy: object): readonly string[] => [...plain(policy)].sort();

    expect(sorted(item)).toEqual(sorted(other));
    expect(item.deployments.get("assistant-prod")).toEqual(other.deployments.get("assistant-prod"));
    expect(item.schedules).toEqual(other.schedules);
    expect(item.sources).toEqual(other.sources);
  });
});

describe("the compiled policy", () => {
  const policy = compiledOf(smallPolicy);
  const deployment = policy.deployments.get("assistant")!;
  const trigger = policy.triggers.get("jailbreaks")!;

  test("keeps scopes widest first, whatever their names", () => {
    const text = changed(["      full: {", "      zebra: {"], ["starts: full", "starts: zebra"]);
    const back = compilePolicy(JSON.parse(bytesOf(text)));

    expect(deployment.scopes.map(({ id }) => id)).toEqual(["full", "staff"]);
    expect(back.deployments.get("assistant")!.scopes.map(({ id }) => id)).toEqual([
      "zebra",
      "staff",
    ]);
  });

  test("a scope cannot be called by a number, which would lose its place among the others", () => {
    expect(() =>
      docOf(changed(["      staff: {", '      "2": {'], ["narrow: staff", 'narrow: "2"'])),
    ).toThrow("letter");
  });

  test("keeps what else a scope says", () => {
    const more = compiledOf(changed(["tools: false }", "tools: false, rate: 5, beta: no }"]));

    expect(more.deployments.get("assistant")!.scopes[1]).toEqual({
      id: "staff",
      audience: "staff",
      tools: false,
      more: { rate: 5, beta: "no" },
    });
  });

  test("has the clocks in milliseconds, defaults included", () => {
    expect(trigger).toMatchObject({
      acknowledgeWithin: 10 * minute,
      decideWithin: 30 * minute,
      onTimeout: "respond",
      response: { kind: "narrow", scope: "staff" },
      because: commitmentOf("Above 5 % the safety case no longer holds."),
    });
    expect(deployment.undo).toBe(10 * minute);
    expect(deployment.reassess).toMatchObject({
      within: {
        narrow: 3 * day,
        pause: day,
        resume: 30 * day,
        keep: 7 * day,
        retest: day,
        monitor: 7 * day,
      },
      remind: [day, 0],
      overdueEvery: day,
      on: ["model.changed"],
      every: { every: { count: 1, unit: "weeks" }, on: 1, at: "10:00", from: null },
    });
  });

  test("has references as people's ids and schedules", () => {
    expect(deployment.owner).toBe(idOf("dana"));
    expect(deployment.authority).toEqual({
      acknowledge: ["schedule:oncall"],
      restrict: { decider: idOf("chidi"), deputies: [idOf("erin")], alsoMay: [idOf("dana")] },
      widen: {
        decider: idOf("chidi"),
        deputies: [idOf("ana")],
        confirm: { by: [idOf("erin"), idOf("bob")], people: 1, notOwner: true },
      },
      breakGlass: [idOf("bob")],
    });
  });

  test("has overrides as instants in the schedule's zone", () => {
    expect(policy.schedules.get("oncall")!.overrides).toEqual([
      {
        person: idOf("bob"),
        from: instantOf("2026-12-24T09:00:00Z"),
        to: instantOf("2026-12-27T09:00:00Z"),
      },
    ]);
  });

  test.each([
    ["mon-fri", [1, 2, 3, 4, 5]],
    ["fri-mon", [5, 6, 7, 1]],
    ["sun", [7]],
    ["[wed, mon]", [3, 1]],
  ])("understands the working days %s", (days, numbers) => {
    const other = compiledOf(changed(["days: mon-fri", `days: ${days}`]));

    expect(other.deployments.get("assistant")!.hours.days).toEqual(numbers);
  });

  test("asks its conditions", () => {
    expect(trigger.evaluate(signalWith()).is).toBe("fired");
    expect(trigger.evaluate(signalWith({ value: 0.01 })).is).toBe("quiet");
    expect(trigger.evaluate(signalWith({ value: null })).is).toBe("indeterminate");
  });

  test("a condition adopted under laxer checks is indeterminate and says so", () => {
    const canonical = JSON.parse(
      JSON.stringify(canonicalOf(smallPolicy)).replace("signal.value >", "signal.valu >"),
    );

    const verdict = compilePolicy(canonical).triggers.get("jailbreaks")!.evaluate(signalWith());

    expect(verdict.is).toBe("indeterminate");
    expect(verdict.because).toContain("valu");
  });
});
