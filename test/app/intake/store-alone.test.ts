import { expect, onTestFinished, test, vi } from "vitest";
import { createIntake } from "../../../src/app/intake/intake.ts";

test("while evaluation is behind, what is stored is answered late, or once it has caught up", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const stored: string[] = [];
  const answered: string[] = [];
  const behind: (() => void)[] = [];
  const store = {
    storeDeliveries: async (rows: readonly { readonly id: string }[]) => {
      stored.push(...rows.map(({ id }) => id));
      return rows.map(({ id }) => ({ id, duplicate: false }));
    },
  };
  const intake = createIntake(store, {
    storeEvaluated: async () => false,
    wake: () => undefined,
    idle: () => new Promise((resolve) => void behind.push(resolve)),
  });
  const accept = (id: string) => {
    const delivery = {
      id,
      source: "signals",
      receivedAt: 0,
      contentType: "application/json",
      body: new Uint8Array(2),
      identity: id,
      attributes: {},
    };
    void intake.accept(delivery).then(({ id }) => answered.push(id));
  };

  accept("a");
  await vi.advanceTimersByTimeAsync(2_500);
  accept("b");
  await vi.advanceTimersByTimeAsync(0);
  expect(stored).toEqual(["a", "b"]);
  expect(answered).toEqual([]);

  await vi.advanceTimersByTimeAsync(700);
  expect(answered).toEqual(["a"]);
  for (const caughtUp of behind) caughtUp();
  await vi.advanceTimersByTimeAsync(0);
  expect(answered).toEqual(["a", "b"]);
});
