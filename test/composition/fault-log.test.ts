import { expect, onTestFinished, test, vi } from "vitest";
import { createFaultLog } from "../../src/composition/fault-log.ts";

/**
 * Whoever presses again and again while the database is away fills no log, and the reference that
 * each is shown stands in it.
 */

function open() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const lines: { fields: Record<string, unknown>; message: string }[] = [];
  let ids = 0;
  const faults = createFaultLog({
    log: { error: (fields, message) => void lines.push({ fields: { ...fields }, message }) },
    random: {
      id: (prefix) => {
        ids += 1;
        return `${prefix}${ids}`;
      },
    },
  });
  return { ...faults, lines };
}

const away = new Error("the database does not answer");

test("the same fault is a line a minute with how many came after it, under one reference", () => {
  const { report, lines } = open();

  const references = Array.from({ length: 1_000 }, () => report(away, "slack press"));
  expect(lines).toHaveLength(1);
  vi.advanceTimersByTime(60_000);
  vi.advanceTimersByTime(60_000);
  report(away, "slack press");

  expect(new Set(references).size).toBe(1);
  expect(lines).toMatchObject([
    { message: "fault", fields: { what: "slack press", error: away.message } },
    { fields: { further: 999 } },
    { message: "fault" },
  ]);
  expect(new Set(lines.map(({ fields }) => fields["reference"]))).toEqual(new Set(references));
});

test("another fault, or the same of something else, is said at once", () => {
  const { report, lines } = open();

  report(away, "slack press");
  report(new Error("the pool is gone", { cause: new Error("why") }), "slack press");
  report(away, "tick");

  expect(lines.map(({ fields }) => [fields["what"], fields["error"]])).toEqual([
    ["slack press", away.message],
    ["slack press", "the pool is gone: why"],
    ["tick", away.message],
  ]);
});

test("faults that all differ are counted together from two hundred on, and what was counted is said at the end", () => {
  const { report, close, lines } = open();

  for (let n = 0; n < 1_000; n += 1) report(new Error(`n ${n}`), "teams press");
  expect(lines.length).toBeLessThanOrEqual(201);
  close();

  expect(lines.at(-1)).toMatchObject({
    fields: { what: "teams press", error: "n 999", further: 799 },
  });
});
