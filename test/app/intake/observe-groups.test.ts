import { expect, test } from "vitest";
import { createObserve } from "../../../src/app/intake/observe.ts";
import { blankSignal, type ObservedSignal } from "../../../src/core/signal.ts";
import { compiledOf } from "../../core/policy/compiled.ts";
import { exampleText } from "../../core/policy/example.ts";
import { threeDeployments } from "../../support/policies.ts";

const policy = compiledOf(
  threeDeployments(exampleText).replace(
    /^triggers:/m,
    "groups: { agents: [agents-eu, search-beta] }\ntriggers:",
  ),
);

/** What is observed of a delivery that names these deployments. */
function observed(...names: readonly string[]) {
  const mapped = names.map((deployment): ObservedSignal => {
    const signal = blankSignal({ source: "signals", kind: "alert", status: "firing", deployment });
    return { signal, condition: "x", occurrence: null, caveat: null };
  });
  const observe = createObserve({ parse: () => ({ mapped }), parseOwn: () => ({ mapped }) });
  return observe(policy, {
    id: "d_1",
    source: "signals",
    receivedAt: 0,
    contentType: "application/json",
    body: new Uint8Array(),
    identity: null,
    attributes: {},
  }).signals;
}

const named = (...names: readonly string[]) =>
  observed(...names).map(({ observed: { signal } }) => signal.deployment);

test("a group and a model are each of their deployments, every one at a place of its own", () => {
  const signals = observed("group:agents", "assistant-prod", "model:aurora-3");

  expect(signals.map(({ observed: { signal } }) => signal.deployment)).toEqual([
    "agents-eu",
    "search-beta",
    "assistant-prod",
    "agents-eu",
    "assistant-prod",
    "search-beta",
  ]);
  expect(signals.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5]);
});

test.each(["group:nothing", "model:nothing", "group:", "group:__proto__", "model:", "agents", ""])(
  "“%s” stays as it was sent",
  (name) => {
    expect(named(name)).toEqual([name]);
  },
);

test("a delivery does not become more signals than can be judged, and none is dropped", () => {
  const all = named(...Array.from({ length: 500 }, () => "model:aurora-3"));

  expect(all.length).toBeLessThanOrEqual(2_000);
  expect(all.filter((name) => name === "model:aurora-3")).toHaveLength(0);
  expect(named(...Array.from({ length: 1_500 }, () => "model:aurora-3"))).toContain(
    "model:aurora-3",
  );
});
