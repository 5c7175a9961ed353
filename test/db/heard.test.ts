import { expect, test } from "vitest";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { change, condition, delivery, noon } from "./support.ts";

const minute = 60_000;

/** A signal of a complete run, kept at an instant; only what matters is given. */
function run(position: number, at: number, given: Readonly<Record<string, unknown>> = {}) {
  const signal = {
    source: "evals",
    deployment: "a",
    kind: "eval",
    status: "ok",
    suite: "jailbreak",
    ...given,
  } as never;
  const observed = { signal, condition: "c", occurrence: null, caveat: null };
  return { delivery: "d_1", position, at, escalation: "" as const, observed };
}

eachDatabase((kind) => {
  test("of each source the last delivery is known, and the oldest nobody has looked into", async () => {
    const { store } = await freshStore(kind);
    await store.storeDeliveries([
      delivery("d_1", { source: "evals", receivedAt: noon }),
      delivery("d_2", { source: "evals", receivedAt: noon + minute }),
      delivery("d_3", { source: "evals", receivedAt: noon + 2 * minute }),
      delivery("d_4", { source: "alerts", receivedAt: noon + 3 * minute }),
    ]);
    await store.commit(change({ deliveries: ["d_1", "d_4"] }));

    const heard = await store.heardFrom(["evals", "alerts", 'nobody "\\{}']);

    expect(heard.get("evals")).toEqual({ at: noon + 2 * minute, waitingSince: noon + minute });
    expect(heard.get("alerts")).toEqual({ at: noon + 3 * minute, waitingSince: null });
    expect(heard.get('nobody "\\{}')).toEqual({ at: null, waitingSince: null });
    expect(await store.heardFrom([])).toEqual(new Map());
  });

  test("the last complete run is that of this suite, deployment and source, and no other kind of signal", async () => {
    const { store } = await freshStore(kind);
    const long = "s".repeat(100);
    await store.commit(
      change({
        signals: [
          run(0, noon),
          run(1, noon + minute),
          run(2, noon + 2 * minute, { status: "incomplete" }),
          run(3, noon + 3 * minute, { kind: "report" }),
          run(4, noon + 4 * minute, { deployment: "b" }),
          run(5, noon + 5 * minute, { source: "other" }),
          run(6, noon + 6 * minute, { suite: "refusals" }),
          run(7, noon + 7 * minute, { suite: `${long}1` }),
          run(8, noon + 8 * minute, { suite: "\u0000".repeat(5_000) }),
        ],
      }),
    );
    const asked = { source: "evals", deployment: "a", suite: "jailbreak" };

    const last = await store.lastRuns([
      asked,
      { ...asked, suite: "never" },
      { ...asked, deployment: "b" },
      { ...asked, suite: `${long}2` },
      { ...asked, suite: `${long}1` },
      { ...asked, suite: "\u0000" },
    ]);

    const at = [1, null, 4, null, 7, null].map((n) => (n === null ? null : noon + n * minute));
    expect(last).toEqual(at);
    expect(await store.lastRuns([])).toEqual([]);
  });

  test("what stored signals made of a rule, at best", async () => {
    const { store } = await freshStore(kind);
    await store.commit(
      change({
        conditions: [
          condition({ trigger: "met", condition: "one", verdict: "indeterminate" }),
          condition({ trigger: "met", condition: "other", verdict: "fired" }),
          condition({ trigger: "unclear", verdict: "indeterminate" }),
        ],
      }),
    );

    const verdicts = await store.verdictsOf(["met", "unclear", "quiet"]);

    expect(Object.fromEntries(verdicts)).toEqual({
      met: "fired",
      unclear: "indeterminate",
      quiet: "never",
    });
  });
});
