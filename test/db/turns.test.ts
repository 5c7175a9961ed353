import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createTurns } from "../../db/turns.ts";

/** A statement that says when it ran. */
function noting() {
  const turns = createTurns();
  const ran: string[] = [];
  const ask = (name: string): Promise<void> =>
    turns.take(async () => {
      ran.push(name);
      await turn();
    });
  const behind = (name: string): Promise<void> => turns.inBackground(() => ask(name));
  return { turns, ran, ask, behind };
}

test("who waits for an answer goes before the background, each in their order", async () => {
  const { ran, ask, behind } = noting();

  await Promise.all([behind("b1"), behind("b2"), ask("a1"), behind("b3"), ask("a2")]);

  expect(ran).toEqual(["a1", "a2", "b1", "b2", "b3"]);
});

test("nothing of the background runs between two statements of one press", async () => {
  const { ran, ask, behind } = noting();
  const press = async (): Promise<void> => {
    for (const step of ["read", "evidence", "commit"]) await ask(step);
  };

  await Promise.all([behind("b1"), press(), behind("b2"), behind("b3")]);

  expect(ran).toEqual(["read", "evidence", "commit", "b1", "b2", "b3"]);
});

test("the background gets on, however many others ask", async () => {
  const { ran, ask, behind } = noting();

  await Promise.all([behind("b1"), behind("b2"), ...Array.from({ length: 250 }, () => ask("a"))]);

  expect([ran.indexOf("b1"), ran.indexOf("b2"), ran.length]).toEqual([100, 201, 252]);
});

test("one at a time, and one that fails fails alone", async () => {
  const { turns, ran, ask, behind } = noting();
  let running = 0;
  const alone = () =>
    turns.take(async () => {
      running += 1;
      await turn();
      expect(running).toBe(1);
      running -= 1;
    });

  const settled = await Promise.allSettled([
    alone(),
    turns.take(() => Promise.reject(new Error("refused"))),
    alone(),
    behind("b1"),
    ask("a1"),
  ]);

  expect(settled.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
    "fulfilled",
  ]);
  expect(ran).toEqual(["a1", "b1"]);
});
