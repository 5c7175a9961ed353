import { expect, test } from "vitest";
import type { DecisionFilter, EntryFilter } from "../../../src/app/ports.ts";
import { readFilter } from "../../../src/app/reads/filters.ts";
import { id, people, policyWith } from "../../support/builders.ts";

const nothing: DecisionFilter = {
  deployment: null,
  actor: null,
  decider: null,
  kind: null,
  trigger: null,
  escalation: null,
  severity: null,
  model: null,
  only: [],
  since: null,
  until: null,
  below: null,
  limit: 50,
};

/**
 * A record of 100 entries that remembers a deployment and a trigger of an older policy, and HP-1.
 */
const context = {
  policy: policyWith(),
  people,
  store: {
    entries: async ({ deployment, trigger, model }: EntryFilter) => {
      if (deployment !== "retired" && trigger !== "older-rule" && model !== "aurora-1") return [];
      return [{ index: 3, entry: JSON.parse("{}"), bytes: new Uint8Array() }];
    },
    recordedModels: async () => ["aurora-1", "borealis-9"],
    escalation: async (asked: string) => (asked === "HP-1" ? JSON.parse("{}") : undefined),
    head: async () => ({ size: 100, at: 0, peaks: [] }),
  },
};
const read = (asked: Partial<DecisionFilter>) => readFilter(context, { ...nothing, ...asked });

test("what the policy or the record knows is asked for as it is", async () => {
  expect(await read({})).toEqual({ filter: {} });
  expect(
    await read({
      deployment: "retired",
      trigger: "older-rule",
      escalation: "HP-1",
      actor: "CHIDI",
      kind: "pause",
      since: 1,
      until: 2,
      below: 100,
    }),
  ).toEqual({
    filter: {
      deployment: "retired",
      trigger: "older-rule",
      escalation: "HP-1",
      actor: id("chidi"),
      kinds: ["decision.made"],
      decision: "pause",
      since: 1,
      until: 2,
      below: 100,
    },
  });
  const passed = { kind: "authority.passed", trigger: "unmatched", actor: "Chidi Lindt" };
  expect(await read(passed)).toEqual({
    filter: { kinds: ["authority.passed"], actor: id("chidi"), trigger: "unmatched" },
  });
});

test.each<[Partial<DecisionFilter>, object]>([
  [
    { only: ["denied"], actor: "chidi" },
    { kinds: ["decision.denied"], actor: id("chidi") },
  ],
  [{ only: ["overdue"] }, { kinds: ["reassessment.overdue"] }],
  [{ only: ["deviation"] }, { kinds: ["decision.made"], marks: ["deviation"] }],
  [
    { only: ["weaker", "break-glass"] },
    { kinds: ["decision.made"], marks: ["weaker", "breakglass"] },
  ],
  [
    { only: ["undone"], kind: "pause" },
    { kinds: ["decision.made"], decision: "pause", marks: ["undone"] },
  ],
  [
    { decider: "erin", severity: "critical" },
    { decider: id("erin"), severity: "critical" },
  ],
  [{ model: "aurora-1" }, { model: "aurora-1" }],
])("%j asks the log for %j", async (asked, filter) => {
  expect(await read(asked)).toEqual({ filter });
});

test.each<[Partial<DecisionFilter>, string]>([
  [{ only: ["deviaton"] }, "no filter “deviaton”; nearest: deviation"],
  [{ only: ["denied", "deviation"] }, "nothing is denied and deviation at once"],
  [{ only: ["denied"], kind: "pause" }, "nothing is denied and of kind pause at once"],
  [{ only: ["stricter", "weaker"] }, "nothing is stricter and weaker at once"],
  [{ severity: "hihg" }, "no severity “hihg”; nearest: high"],
  [{ model: "borealis" }, "no model “borealis”; nearest: borealis-9"],
  [{ decider: "erinn" }, "no person “erinn”; nearest: erin"],
  [{ kind: "pase" }, "no kind “pase”; nearest: pause"],
  [{ kind: "" }, "no kind “”"],
  [{ kind: "PAUSE" }, "no kind “PAUSE”; nearest: pause"],
  [{ kind: "__proto__" }, "no kind “__proto__”"],
  [{ kind: "decision.mad" }, "nearest: decision.made"],
  [{ actor: "chidy" }, "no person “chidy”; nearest: chidi"],
  [{ deployment: "assistant-prd" }, "no deployment “assistant-prd”; nearest: assistant-prod"],
  [{ trigger: "jailbreak" }, "no trigger “jailbreak”; nearest: jailbreak-rate"],
  [{ escalation: "HP-2" }, "no escalation “HP-2”"],
  [{ escalation: "hp-1" }, "no escalation “hp-1”"],
  [{ since: 2, until: 2 }, "nothing is between since and until"],
  [{ below: 101 }, "the cursor is of no earlier page"],
  [{ below: 0 }, "the cursor is of no earlier page"],
])("%j is refused with what is nearest", async (asked, because) => {
  const found = await read(asked);

  expect("unfit" in found ? found.unfit : []).toEqual([expect.stringContaining(because)]);
});

test("every mistake is said at once", async () => {
  const all = { kind: "x", actor: "y", deployment: "z", trigger: "w", escalation: "v" };
  const found = await read(all);

  expect("unfit" in found ? found.unfit : []).toHaveLength(5);
});
