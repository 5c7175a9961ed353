import { expect, test } from "vitest";
import { slimObserved, wholeObserved } from "../../db/stored-signal.ts";
import { blankSignal, type ObservedSignal } from "../../src/core/signal.ts";

const place = "assistant-prod";

const observed = (
  given: Partial<ObservedSignal["signal"]>,
  about: Partial<ObservedSignal> = {},
): ObservedSignal => ({
  signal: blankSignal({
    source: "signals",
    kind: "eval",
    status: "ok",
    deployment: place,
    ...given,
  }),
  condition: "mean",
  occurrence: null,
  caveat: null,
  ...about,
});

test.each([
  ["with nothing but what it must have", observed({})],
  ["with values that are nearly nothing", observed({ value: 0, labels: { "": "" }, summary: " " })],
  [
    "known by what its fields say",
    observed(
      {
        id: "1",
        suite: "s",
        scorer: "a",
        metric: "mean",
        model: "m",
        samples: { completed: 2, total: 2 },
      },
      { condition: "s/a//mean/m", occurrence: "1", run: "s////m" },
    ),
  ],
  [
    "between what it lies",
    observed({ status: "incomplete", atLeast: 0, atMost: 0.7, reducer: "max", group: "cyber" }),
  ],
  ["beside the run's own", observed({ atLeast: 0.2 }, { partial: true, run: "s" })],
  [
    "with everything",
    observed(
      { value: 0.08, samples: { completed: 1, total: 2 }, worse: "higher", labels: { a: "b" } },
      {
        occurrence: "",
        caveat: "cut",
        run: "r",
        page: { escalation: "HP-1", acknowledgedBy: null },
      },
    ),
  ],
])("a signal comes back as it was stored, %s", (_, observed) => {
  expect(wholeObserved(JSON.parse(JSON.stringify(slimObserved(observed))), place)).toEqual(
    observed,
  );
});

test("a signal that was stored whole is read as before", () => {
  const item = observed({ metric: "mean" });

  expect(wholeObserved(item, "elsewhere")).toEqual(item);
});
