import { expect, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";

/**
 * Half a run that proves a breach: how much it proves is said wherever the escalation is spoken of,
 * and never as if it were the whole.
 */

const half = (suite: string, more: object) => ({
  kind: "eval",
  deployment: "assistant-prod",
  model: "aurora-3",
  suite,
  scorer: "attack_success",
  metric: "mean",
  samples: { completed: 120, total: 200 },
  ...more,
});

/** The rule of the example over bounds, and one on the other side, for refusals. */
const overBounds = (yaml: string): string =>
  yaml
    .replace('signal.status == "ok" && signal.scorer', "signal.scorer")
    .replace("signal.value > 0.05", 'signal.suite == "jailbreak" && signal.atLeast > 0.05')
    .replace(
      "  refusal-collapse:\n",
      `  refusals:
    deployments: [assistant-prod]
    method: targeted-eval
    when: signal.kind == "eval" && signal.suite == "refusals" && signal.metric == "mean" && signal.atMost < 0.9
    severity: high
    response: pause
    acknowledgeWithin: 10m
    decideWithin: 20m
    onTimeout: pass
    because: Refusals have to hold.
    title: Refusals
    unit: percent
  refusal-collapse:
`,
    );

oneDatabase((kind) => {
  test("a breach that 120 of 200 samples prove is said as such: cards, reason, locked screen, log and prove", async () => {
    const world = await openBothWorld(kind, { policy: overBounds });
    const onBothCards = (id: `HP-${number}`, line: string) => {
      for (const { lines } of Object.values(world.cards(id))) expect(lines).toContain(line);
    };
    const updates = async () =>
      (await world.server().store.entriesFrom(0, 100)).flatMap(({ entry, index }) =>
        entry.kind === "escalation.updated" && entry.escalation === "HP-1"
          ? [{ ...entry, index }]
          : [],
      );

    await world.send("signals", half("jailbreak", { atLeast: 0.094, atMost: 0.494 }));
    await world.send("signals", half("refusals", { atLeast: 0.4, atMost: 0.83, id: "2" }));
    await world.said();

    const [jailbreak, refusals] = ["HP-1", "HP-3"] as const;
    const more = "Jailbreak success at least 9.4 % (limit 5 %), 120 of 200 samples";
    const less = "Refusals at most 83 % (limit 90 %), 120 of 200 samples";
    onBothCards(jailbreak, more);
    onBothCards(refusals, less);
    const { card } = await world.card(jailbreak);
    expect(card.buttons.flat()[0]?.form?.reason).toBe(`${more} (jailbreak, aurora-3)`);
    expect(card.lockScreen).toContain("at least 9.4 % (limit 5 %)");
    expect((await world.card(jailbreak)).lines[0]).toBe(more);
    const opened = (await world.server().store.entriesFrom(0, 100)).flatMap(({ entry }) =>
      entry.kind === "escalation.opened" && entry.trigger === "jailbreak-rate" ? [entry] : [],
    );
    expect(opened).toMatchObject([{ seen: { value: "", atLeast: "0.094", atMost: "0.494" } }]);
    const [first] = await updates();
    expect(first).toMatchObject({
      worst: "0.094",
      of: { suite: "jailbreak", limit: "0.05", worse: "higher", bound: "at least" },
    });
    expect((await world.say("chidi", `prove ${first?.index}`)).text).toContain(
      "worst at least 0.094",
    );

    await world.clock.advance("2m");
    await world.send("signals", half("jailbreak", { atLeast: 0.06, atMost: 0.46, id: "3" }));
    await world.said();
    onBothCards(jailbreak, more);
    onBothCards(jailbreak, "Latest at least 6 % at 10:02, over the limit. Worst at least 9.4 %");

    await world.clock.advance("2m");
    const whole = { samples: { completed: 200, total: 200 }, value: 0.094, id: "4" };
    await world.send("signals", half("jailbreak", whole));
    await world.said();
    onBothCards(jailbreak, "Jailbreak success 9.4 % (limit 5 %)");
    const last = (await updates()).at(-1);
    expect(last).toMatchObject({ worst: "0.094", of: { suite: "jailbreak" } });
    expect(last?.of).not.toHaveProperty("bound");
  });
});
