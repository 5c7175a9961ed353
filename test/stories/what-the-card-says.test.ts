import { expect, test } from "vitest";
import { plain } from "../../src/core/words/words.ts";
import { oneDatabase } from "../support/databases.ts";
import { openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/**
 * Numbers of evaluations by name, and what became of them: each keeps its own, and nothing is said
 * to be over that is not.
 */

const evaluation = (suite: string, value: number | null, more: object = {}) => ({
  kind: "eval",
  deployment: "assistant-prod",
  model: "aurora-3",
  suite,
  scorer: "attack_success",
  metric: "mean",
  value,
  ...more,
});

const alert = (more: object = {}) => ({
  kind: "alert",
  status: "firing",
  deployment: "assistant-prod",
  model: "aurora-3",
  metric: "RefusalRateCollapse",
  ...more,
});

const linesOf = async (world: World, id: `HP-${number}`) => (await world.card(id)).lines;

/** The reason that the first button fills in. */
const reasonOf = async (world: World, id: `HP-${number}`) =>
  (await world.card(id)).card.buttons.flat()[0]?.form?.reason;

/** What the log says became of it, the last first. */
const updates = async (world: World) =>
  (await world.server().store.entriesFrom(0, 100))
    .flatMap(({ entry }) => (entry.kind === "escalation.updated" ? [entry] : []))
    .reverse();

oneDatabase((kind) => {
  test("three suites fire: each keeps its name and its number, on the card, in the reason, on the lock screen and in the log", async () => {
    const world = await openWorld(kind);
    await world.send("signals", evaluation("multi-turn", 0.0604));
    await world.send(
      "signals",
      evaluation("jailbreak-nightly", 0.094012345, {
        stderr: 0.0191,
        samples: { completed: 200, total: 200 },
      }),
    );
    await world.send(
      "signals",
      evaluation("tool-use", 0.0711, {
        url: "https://runs.example/7",
        summary: "look *here* <!channel>",
      }),
    );
    await world.clock.advance("2m");

    const [first, details, runs] = await linesOf(world, "HP-1");
    expect(first).toBe(
      "Jailbreak success (jailbreak-nightly) 9.4 % (limit 5 %) and 2 more: tool-use 7.11 %, multi-turn 6.04 %",
    );
    expect(details).toBe("aurora-3 · ± 1.91 % · 200 samples");
    expect(runs).toBe("3 runs since 10:00");
    expect(await reasonOf(world, "HP-1")).toBe(`${first} (aurora-3)`);
    const { card } = await world.card("HP-1");
    expect(card.lockScreen).toContain("9.4 % (limit 5 %)");
    const evidence = card.more.find(({ heading }) => heading === "Evidence")?.lines ?? [];
    expect(evidence.map(plain)).toContain(
      "tool-use attack_success mean 7.11 % (limit 5 %); aurora-3, 10:00",
    );
    expect((await updates(world))[0]).toMatchObject({
      firing: true,
      worst: "0.094012345",
      of: { suite: "jailbreak-nightly", model: "aurora-3", limit: "0.05", worse: "higher" },
    });

    await world.clock.advance("10m");
    await world.send("signals", evaluation("jailbreak-nightly", 0.0212, { id: "second" }));
    const after = await linesOf(world, "HP-1");
    expect(after[0]).toBe(first);
    expect(after[2]).toBe(
      "3 runs since 10:00. jailbreak-nightly: latest 2.12 % at 10:12, under the limit; worst 9.4 %",
    );
    expect((await world.say("chidi", "status assistant-prod")).text).toContain("HP-1");
  });

  test("latest and worst are both there; nothing older, of another model or less severe says that it is over", async () => {
    const world = await openWorld(kind, {
      policy: (yaml) =>
        yaml.replace("signal.value > 0.05", 'signal.value > 0.05 && signal.severity != "low"'),
    });
    const at = (hour: string) => ({ occurredAt: `2026-11-23T${hour}:00Z`, id: hour });
    await world.send("signals", evaluation("jailbreak", 0.094, at("09:55")));
    expect((await linesOf(world, "HP-1")).join("\n")).toContain("1 run, 10:00");

    const isOver = async () => (await world.card("HP-1")).text.includes("under the limit");
    await world.send("signals", evaluation("jailbreak", 0.01, at("09:10")));
    await world.send(
      "signals",
      evaluation("jailbreak", 0.01, { ...at("09:57"), model: "aurora-4" }),
    );
    await world.send("signals", evaluation("jailbreak", null, { ...at("09:58"), kind: "report" }));
    expect(await isOver()).toBe(false);
    await world.clock.advance("1m");
    await world.send("signals", evaluation("jailbreak", 0.08, { ...at("10:01"), severity: "low" }));
    expect((await linesOf(world, "HP-1")).join("\n")).toContain(
      "Latest 8 % at 10:01, over the limit. Worst 9.4 %",
    );
    const { body } = await world.get("/v1/escalations");
    expect(body).toMatchObject({ items: [{ id: "HP-1" }] });

    await world.clock.advance("43m");
    await world.send("signals", evaluation("jailbreak", 0.021, at("10:44")));
    expect((await linesOf(world, "HP-1")).join("\n")).toContain(
      "Latest 2.1 % at 10:44, under the limit. Worst 9.4 %",
    );
    expect((await updates(world))[0]).toMatchObject({
      firing: false,
      worst: "0.094",
      latest: { value: "0.021", at: "2026-11-23T10:44:00.000Z" },
    });

    await world.clock.advance("10m");
    await world.send(
      "signals",
      evaluation("jailbreak", null, { ...at("10:50"), status: "errored" }),
    );
    expect((await linesOf(world, "HP-1")).join("\n")).toContain(
      "Latest: no result at 10:54 (the run failed). Worst 9.4 %",
    );
  });

  test("of a rule that asks for less than 0.9 the lowest is the worst, whatever the sender calls worse", async () => {
    const world = await openWorld(kind, {
      policy: (yaml) =>
        yaml
          .replace("signal.value > 0.05", "!(signal.value >= 0.9)")
          .replace("title: Jailbreak success", "title: Refusals")
          .replace("unit: percent", "unit: share"),
    });
    await world.send("signals", evaluation("refusals", 0.4, { worse: "higher" }));
    await world.clock.advance("2m");
    await world.send("signals", evaluation("refusals", 0.85, { worse: "higher", id: "two" }));

    const [first, , latest] = await linesOf(world, "HP-1");
    expect(first).toBe("Refusals 0.4 share");
    expect(latest).toBe("Latest 0.85 share at 10:02. Worst 0.4 share");
  });

  test("only its own kind of word ends an alert; a value of +Inf keeps it firing, and says so", async () => {
    const world = await openWorld(kind);
    await world.send(
      "signals",
      alert({ value: "+Inf", url: "javascript:alert(1)", summary: "refusals gone" }),
    );

    const lines = await linesOf(world, "HP-1");
    expect(lines.slice(0, 5)).toEqual([
      "RefusalRateCollapse",
      "“refusals gone”",
      "⚠ value is not a finite number. url: “javascript:alert(1)” is no web address and was left out.",
      "aurora-3 · 1 alert since 10:00, still firing",
      "Now: open to everyone, tools on",
    ]);
    for (const word of [
      { kind: "report", status: undefined, summary: "daily summary" },
      { status: "info", summary: "acknowledged over there" },
      { kind: "change", status: undefined, change: "threshold.changed" },
      { kind: "eval", status: "ok" },
      { kind: "finding", status: "resolved" },
    ])
      await world.send("signals", alert(word));
    await world.clock.advance("2m");
    expect((await world.card("HP-1")).text).toContain("still firing");

    await world.send("signals", alert({ status: "resolved" }));
    expect((await world.card("HP-1")).text).toContain("1 alert since 10:00, resolved 10:02");
  });

  test("why a delivery could not be read stands in its headline", async () => {
    const world = await openWorld(kind);
    await world.send("signals", { deployment: "assistant-prod" });

    const card = await world.card("HP-1");
    expect(card.lines.slice(0, 2)).toEqual([
      "Unreadable delivery from signals: “kind” is missing; it must be alert, eval, finding, report or change",
      "1 delivery, 10:00",
    ]);
    expect(card.card.lockScreen).toContain("“kind” is missing");
  });
});
