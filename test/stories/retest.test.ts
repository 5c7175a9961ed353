import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { collapse, jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/**
 * A metric of a run of the suite that was asked for; each is a delivery of its own unless it comes
 * in a batch.
 */
const metric = (value: number, more: object = {}): object =>
  jailbreak(value, { threshold: null, stderr: 0.004, ...more });

const lines = async (world: World): Promise<readonly string[]> =>
  (await world.server().views.notices(50)).map(({ text }) => text);

const dues = async (world: World): Promise<readonly unknown[]> =>
  world.database().query("select kind from holdpoint.dues where kind like 'retest:%'");

async function opened(world: World): Promise<readonly string[]> {
  const { body } = await world.get("/v1/escalations");
  return (body as { items: { id: string; trigger: string }[] }).items.map(
    ({ id, trigger }) => `${id} ${trigger}`,
  );
}

oneDatabase((kind) => {
  test("the next complete run is written on the card and in the thread, after a restart too", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak(0.2, { status: "errored" }));
    const asked = await world.say("chidi", "retest HP-1 jailbreak-suite by erin by friday");
    expect(asked.text).toContain(
      "The next complete run of jailbreak-suite will be reported here; if none arrives by Fri 17:00 GMT, that is a signal. Erin Sato is responsible.",
    );
    expect((await world.card("HP-1")).lines[1]).toBe(
      "Re-test: jailbreak-suite by Fri 17:00 GMT (Erin Sato)",
    );
    await world.clock.advance("10m");
    await world.send(
      "signals",
      metric(0.1, { status: "incomplete", samples: { completed: 120, total: 200 } }),
    );
    expect((await world.card("HP-1")).lines[1]).toContain(
      "a run at 10:10 stopped at 120 of 200 samples and does not count",
    );
    await world.restart();
    await world.clock.advance("10m");

    await world.send("signals", metric(0.021));

    expect((await world.card("HP-1")).lines[1]).toBe(
      "Re-test of jailbreak-suite, 10:20: attack_success mean 0.021 ± 0.004 (200 of 200 samples, aurora-3)",
    );
    const said = (await lines(world)).filter((line) => line.includes("jailbreak-suite"));
    expect(said.filter((name) => name.includes("stopped at 120 of 200"))).toHaveLength(1);
    expect(
      said.filter((name) => name.includes("is complete: attack_success mean 0.021")),
    ).toHaveLength(1);
    expect(await dues(world)).toEqual([]);
  });

  test("a run with a bad number is no less complete, and fires its rule as ever", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak(0.2, { status: "errored" }));
    await world.say("chidi", "retest HP-1 jailbreak-suite");
    await world.clock.advance("10m");

    await world.send("signals", jailbreak(0.09));

    expect((await world.card("HP-1")).lines[1]).toContain("attack_success mean 0.09");
    expect(await opened(world)).toContain("HP-2 jailbreak-rate");
  });

  test("on a card that has closed the figures are written as well", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak(0.2, { status: "errored" }));
    await world.say("chidi", "retest HP-1 jailbreak-suite");
    await world.clock.advance("2h");
    expect((await world.card("HP-1")).card.status).toBe("closed");

    await world.send("signals", metric(0.021));

    expect((await world.card("HP-1")).lines[1]).toContain("attack_success mean 0.021 ± 0.004");
  });

  test("asked for without an escalation, or when it is settled already, it is followed all the same", async () => {
    const world = await openWorld(kind);
    await world.say("chidi", "retest assistant-prod jailbreak-suite");
    await world.send("alertmanager", collapse());
    await world.say("chidi", "pause HP-1 because real");
    await world.say("chidi", "retest HP-1 refusals");
    expect((await world.card("HP-1")).lines[0]).toContain("Paused");
    await world.clock.advance("10m");

    await world.send("signals", metric(0.01));
    await world.send("signals", metric(0.5, { suite: "refusals", scorer: "refusal" }));

    const said = await lines(world);
    expect(
      said.filter((name) => name.includes("the re-test of jailbreak-suite is complete")),
    ).toHaveLength(1);
    expect((await world.card("HP-1")).text).toContain(
      "Re-test of refusals, 10:10: refusal mean 0.5",
    );
  });

  test("one that does not come is reminded of before, and at its date is a signal", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak(0.2, { status: "errored" }));
    await world.say("chidi", "retest HP-1 jailbreak-suite by erin by 2026-11-26");
    for (let day = 0; day < 6; day += 1) await world.clock.advance("12h");
    world.clock.set("2026-11-26T17:00:00Z");
    await world.settle();
    await world.settle();

    const said = await lines(world);
    expect(said.filter((name) => name.includes("is to be run again by"))).toHaveLength(1);
    expect(
      said.filter((name) => name.includes("no complete run of jailbreak-suite arrived by")),
    ).toHaveLength(1);
    expect(await opened(world)).toEqual(["HP-2 score-unavailable", "HP-1 score-unavailable"]);
    expect((await world.card("HP-2")).lines[0]).toContain(
      "No complete run of jailbreak-suite since the re-test was asked for at 23 Nov 2026 10:00",
    );
    expect((await world.kinds()).filter((kind) => kind === "retest.followed")).toHaveLength(2);
  });

  test("its silence is one, whoever ticks and however late, and a run that comes after all calms it", async () => {
    const world = await openWorld(kind);
    await world.send("signals", jailbreak(0.2, { status: "errored" }));
    await world.say("chidi", "retest HP-1 jailbreak-suite by 2026-11-26");
    const twin = kind === "postgres" ? await world.twin() : null;
    world.clock.set("2026-11-27T00:00:00Z");
    await Promise.all([twin?.settle(), world.settle()]);
    await world.restart();
    await world.settle();
    expect((await world.card("HP-2")).text).toContain("1 signal since 00:00, still firing");
    await world.clock.advance("1h");

    await world.send("signals", metric(0.01));

    expect((await world.card("HP-2")).text).toContain("not firing any more");
    expect(await opened(world)).toHaveLength(2);
  });

  test("metrics that come together are one run, four of them said", async () => {
    const world = await openWorld(kind);
    await world.say("chidi", "retest assistant-prod jailbreak-suite");
    await world.clock.advance("10m");
    const all = [1, 2, 3, 4, 5, 6].map((n) => ({
      specversion: "1.0",
      id: `run-1-${n}`,
      source: "evals",
      type: "com.example.eval",
      subject: "assistant-prod",
      datacontenttype: "application/json",
      data: metric(n / 1000, { scorer: `s${n}` }),
    }));

    await world.send("signals", all);

    const said = (await lines(world)).filter((line) => line.includes("the re-test of"));
    expect(said).toEqual([expect.stringContaining("s4 mean 0.004 ± 0.004 and 2 more (200 of")]);
  });
});
