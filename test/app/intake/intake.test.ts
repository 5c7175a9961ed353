import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createIntake } from "../../../src/app/intake/intake.ts";
import type { Evaluation } from "../../../src/app/intake/store-alone.ts";
import { type Delivery, Fault } from "../../../src/app/ports.ts";

const delivery = (id: string, size = 2): Delivery => ({
  id,
  source: "signals",
  receivedAt: 0,
  contentType: "application/json",
  body: new Uint8Array(size),
  identity: id,
  attributes: {},
});

type Rows = readonly Delivery[];

/** A store that commits only when told to, and records what it was asked. */
function heldStore() {
  const asked: { rows: Rows; commit: () => void; fail: () => void }[] = [];
  return {
    asked,
    sizes: () => asked.map(({ rows }) => rows.length),
    storeDeliveries: (rows: Rows) =>
      new Promise<{ id: string; duplicate: boolean }[]>((resolve, reject) => {
        asked.push({
          rows,
          commit: () => resolve(rows.map(({ id }) => ({ id, duplicate: false }))),
          fail: () => reject(new Error("connection lost")),
        });
      }),
  };
}

/** A store that answers at once; rows named bad make their statement fail. */
function quickStore(bad: readonly string[] = []) {
  const stored = new Set<string>();
  const sizes: number[] = [];
  return {
    stored,
    sizes,
    storeDeliveries: async (rows: Rows) => {
      sizes.push(rows.length);
      if (rows.some(({ id }) => bad.includes(id))) throw new Error("bad row");
      return rows.map(({ id }) => {
        const duplicate = stored.has(id);
        stored.add(id);
        return { id, duplicate };
      });
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("grouping", () => {
  test("an idle intake stores at once, and two batches may be on their way", () => {
    const store = heldStore();
    const intake = createIntake(store);

    void intake.accept(delivery("a"));
    void intake.accept(delivery("b"));
    void intake.accept(delivery("c"));

    expect(store.sizes()).toEqual([1, 1]);
  });

  test("what arrives meanwhile goes together with the next batch", async () => {
    const store = heldStore();
    const intake = createIntake(store);
    for (const id of ["a", "b", "c", "d", "e"]) void intake.accept(delivery(id));

    store.asked[0]?.commit();
    await turn();

    expect(store.sizes()).toEqual([1, 1, 3]);
  });

  test("a batch has at most 500 rows", async () => {
    const store = heldStore();
    const intake = createIntake(store);
    for (let index = 0; index < 1_002; index += 1) void intake.accept(delivery(`d${index}`));

    store.asked[0]?.commit();
    store.asked[1]?.commit();
    await turn();

    expect(store.sizes()).toEqual([1, 1, 500, 500]);
  });

  test.each([
    [1024 * 1024, 1],
    [300 * 1024, 3],
  ])(
    "bodies of %i bytes go %i to a batch, so that no press waits for many of them",
    async (size, together) => {
      const store = heldStore();
      const intake = createIntake(store);
      for (let index = 0; index < 20; index += 1) void intake.accept(delivery(`d${index}`, size));

      store.asked[0]?.commit();
      await turn();

      expect(store.sizes()).toEqual([1, 1, together]);
    },
  );
});

test("nothing is answered before the commit", async () => {
  const store = heldStore();
  const intake = createIntake(store);
  let answered = false;
  const accepted = intake.accept(delivery("a")).then((stored) => {
    answered = true;
    return stored;
  });
  await turn();
  expect(answered).toBe(false);

  store.asked[0]?.commit();

  expect(await accepted).toEqual({ id: "a", duplicate: false });
});

test("a delivery seen before is answered as a duplicate", async () => {
  const intake = createIntake(quickStore());
  await intake.accept(delivery("a"));

  expect(await intake.accept(delivery("a"))).toEqual({ id: "a", duplicate: true });
});

describe("a batch that fails", () => {
  test("costs only the row that is bad", async () => {
    const store = quickStore(["bad"]);
    const intake = createIntake(store);
    const ids = ["a", "b", "c", "bad", "d"];

    const outcomes = await Promise.allSettled(ids.map((id) => intake.accept(delivery(id))));

    expect(outcomes.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect([...store.stored]).toEqual(["a", "b", "c", "d"]);
  });

  test("is a fault that may be tried again later, with its cause", async () => {
    const intake = createIntake(quickStore(["a"]));

    const failure = await intake.accept(delivery("a")).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Fault);
    expect(failure).toMatchObject({ retry: "later", cause: new Error("bad row") });
  });

  test("is not tried row by row to its end when the database is down", async () => {
    const ids = Array.from({ length: 402 }, (_, index) => `d${index}`);
    const store = quickStore(ids);
    const intake = createIntake(store);

    const outcomes = await Promise.allSettled(ids.map((id) => intake.accept(delivery(id))));

    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    expect(store.sizes.length).toBeLessThan(10);
  });

  test("leaves the intake working", async () => {
    const store = heldStore();
    const intake = createIntake(store);
    const first = intake.accept(delivery("a")).catch(() => "refused");
    store.asked[0]?.fail();
    expect(await first).toBe("refused");

    const second = intake.accept(delivery("b"));
    store.asked[1]?.commit();

    expect(await second).toEqual({ id: "b", duplicate: false });
  });

  test("an answer for fewer rows than were sent is no answer", async () => {
    const intake = createIntake({ storeDeliveries: async () => [] });

    await expect(intake.accept(delivery("a"))).rejects.toThrow(Fault);
  });
});

test("when too much is waiting, the next is refused at once", async () => {
  const store = heldStore();
  const intake = createIntake(store);
  for (let index = 0; index < 66; index += 1) {
    void intake.accept(delivery(`d${index}`, 1024 * 1024));
  }

  await expect(intake.accept(delivery("one too many", 1024 * 1024))).rejects.toThrow(Fault);
});

describe("idle", () => {
  test("an intake that does nothing is idle", async () => {
    await expect(createIntake(heldStore()).idle()).resolves.toBeUndefined();
  });

  test("waits for everything that was accepted", async () => {
    const store = heldStore();
    const intake = createIntake(store);
    const accepted = ["a", "b", "c"].map((id) => intake.accept(delivery(id)));
    let idle = false;
    const rested = intake.idle().then(() => {
      idle = true;
    });
    store.asked[0]?.commit();
    store.asked[1]?.commit();
    await turn();
    expect(idle).toBe(false);

    store.asked[2]?.commit();
    await rested;

    expect(await Promise.all(accepted)).toHaveLength(3);
  });
});

/** An evaluation that answers when told to, and records what it was asked. */
function heldEvaluation() {
  const asked: { rows: Rows; answer: (done: boolean) => void; fail: () => void }[] = [];
  let behind: (() => void)[] | null = null;
  const evaluation: Evaluation = {
    storeEvaluated: (rows) =>
      new Promise((resolve, reject) => {
        asked.push({ rows, answer: resolve, fail: () => reject(new Error("another was faster")) });
      }),
    wake: vi.fn(),
    idle: () =>
      new Promise((resolve) => {
        if (behind === null) resolve();
        else behind.push(resolve);
      }),
  };
  return {
    evaluation,
    asked,
    sizes: () => asked.map(({ rows }) => rows.length),
    fallBehind: () => {
      behind = [];
    },
    catchUp: () => {
      for (const caughtUp of behind ?? []) caughtUp();
      behind = null;
    },
  };
}

function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

describe("storing and evaluating together", () => {
  test("is what happens first, a batch at a time, and nothing is stored alone", async () => {
    const store = quickStore();
    const { evaluation, asked, sizes } = heldEvaluation();
    const intake = createIntake(store, evaluation);
    const accepted = ["a", "b", "c"].map((id) => intake.accept(delivery(id)));
    await turn();
    expect(sizes()).toEqual([1]);

    asked[0]?.answer(true);
    await turn();
    expect(sizes()).toEqual([1, 2]);
    asked[1]?.answer(true);

    expect(await Promise.all(accepted)).toEqual(
      ["a", "b", "c"].map((id) => ({ id, duplicate: false })),
    );
    expect(store.sizes).toEqual([]);
    expect(evaluation.wake).not.toHaveBeenCalled();
  });

  test("a batch has at most 200 rows and 256 KiB", async () => {
    const { evaluation, asked, sizes } = heldEvaluation();
    const intake = createIntake(quickStore(), evaluation);
    for (let row = 0; row < 300; row += 1) void intake.accept(delivery(`d${row}`));
    await turn();
    asked[0]?.answer(true);
    await turn();
    expect(sizes()).toEqual([1, 200]);

    const large = heldEvaluation();
    const other = createIntake(quickStore(), large.evaluation);
    for (let row = 0; row < 5; row += 1) void other.accept(delivery(`d${row}`, 100 * 1024));
    await turn();
    large.asked[0]?.answer(true);
    await turn();
    expect(large.sizes()).toEqual([1, 2]);
  });

  test.each(["answer", "fail"] as const)(
    "where that is not possible (%s), the batch is stored alone and evaluated later",
    async (how) => {
      const store = quickStore();
      const { evaluation, asked } = heldEvaluation();
      const intake = createIntake(store, evaluation);
      const accepted = intake.accept(delivery("a"));
      await turn();
      asked[0]?.[how](false);

      expect(await accepted).toEqual({ id: "a", duplicate: false });
      expect([...store.stored]).toEqual(["a"]);
      expect(evaluation.wake).toHaveBeenCalledOnce();
    },
  );

  test("a body above 256 KiB is stored alone", async () => {
    const store = quickStore();
    const { evaluation, asked } = heldEvaluation();
    await createIntake(store, evaluation).accept(delivery("a", 256 * 1024 + 1));

    expect(store.sizes).toEqual([1]);
    expect(asked).toEqual([]);
  });

  test("an evaluation that does not answer keeps nothing from being stored", async () => {
    fakeTimers();
    const store = quickStore();
    const { evaluation } = heldEvaluation();
    const accepted = createIntake(store, evaluation).accept(delivery("a"));
    await vi.advanceTimersByTimeAsync(2_500);

    expect(await accepted).toEqual({ id: "a", duplicate: false });
    expect(evaluation.wake).toHaveBeenCalledOnce();
  });

  test("what has waited too long for its turn is stored alone, before its sender gives up", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const store = quickStore();
    const { evaluation, asked, sizes } = heldEvaluation();
    const intake = createIntake(store, evaluation);
    void intake.accept(delivery("a"));
    await vi.advanceTimersByTimeAsync(1_000);
    const accepted = intake.accept(delivery("b"));
    await vi.advanceTimersByTimeAsync(1_400);
    asked[0]?.answer(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(sizes()).toEqual([1, 1]);

    const late = intake.accept(delivery("c"));
    await vi.advanceTimersByTimeAsync(1_100);
    expect(await accepted).toEqual({ id: "b", duplicate: false });
    expect([...store.stored]).toEqual(["b"]);
    expect(sizes()).toEqual([1, 1, 1]);
    asked[2]?.answer(true);
    expect(await late).toEqual({ id: "c", duplicate: false });
  });

  test("waits for what was stored alone, and no longer than its sender does", async () => {
    fakeTimers();
    const store = quickStore();
    const held = heldEvaluation();
    const intake = createIntake(store, held.evaluation);
    held.fallBehind();
    void intake.accept(delivery("a"));
    await vi.advanceTimersByTimeAsync(900);
    expect(held.sizes()).toEqual([]);
    held.catchUp();
    await vi.advanceTimersByTimeAsync(0);
    expect(held.sizes()).toEqual([1]);
    held.asked[0]?.answer(true);
    await vi.advanceTimersByTimeAsync(0);

    held.fallBehind();
    void intake.accept(delivery("b"));
    await vi.advanceTimersByTimeAsync(2_500);
    void intake.accept(delivery("c"));
    await vi.advanceTimersByTimeAsync(0);
    expect([...store.stored]).toEqual(["b", "c"]);

    held.catchUp();
    await vi.advanceTimersByTimeAsync(0);
    void intake.accept(delivery("d"));
    await vi.advanceTimersByTimeAsync(0);
    expect(held.sizes()).toEqual([1, 1]);
  });
});
