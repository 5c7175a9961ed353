import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { jailbreak, openWorld } from "../support/world.ts";

oneDatabase((kind) => {
  test("storing and evaluating what came in let others go first; presses, cards and pages do not wait behind them", async () => {
    const isBackground = new AsyncLocalStorage<true>();
    const ran: { readonly text: string; readonly background: boolean }[] = [];
    const world = await openWorld(kind, {
      inBackground: (work) => isBackground.run(true, work),
      wrap: (execute) => (query) => {
        ran.push({ text: query.text, background: isBackground.getStore() ?? false });
        return execute(query);
      },
    });
    const of = (words: string): readonly boolean[] => [
      ...new Set(ran.filter(({ text }) => text.includes(words)).map((item) => item.background)),
    ];
    const commits = (): readonly boolean[] =>
      ran.filter(({ text }) => text.includes("holdpoint.commit(")).map((item) => item.background);

    ran.length = 0;
    await world.send("signals", jailbreak(), "msg_1");
    await world.card("HP-1");
    expect(commits()[0]).toBe(true);
    // known: it is not stored with its evaluation
    await world.send("signals", jailbreak(), "msg_1");
    ran.splice(0, ran.length, ...ran.filter(({ text }) => !text.includes("holdpoint.commit(")));
    await world.say("chidi", "pause HP-1 because 8.2 %, samples look real");
    await world.card("HP-1");

    expect(commits()).not.toContain(true);
    expect(of("insert into holdpoint.deliveries")).toEqual([true]);
    expect(of("with recursive lanes")).toEqual([true]);
    expect(of("with free as materialized")).toEqual([false]);
  });
});
