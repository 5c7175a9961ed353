import { expect, test } from "vitest";
import { createClock } from "../../src/composition/clock.ts";
import { eachDatabase } from "../support/databases.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/** A database whose clock goes wrong by ten years. */
const tenYears = 3652 * 86_400_000;

eachDatabase((kind) => {
  test("a clock that is 10 years ahead dates nothing: webhooks are answered 503, a pause is recorded by the true time, and later entries are as well", async () => {
    let off = 0;
    const world = await openWorld(kind, {
      check: false, // a delivery is refused on purpose
      clock: (now) => {
        const clock = createClock({ wall: now, counted: now });
        const check = () => clock.check(async () => now() + off);
        return { clock, clockWatch: { check, difference: clock.difference } };
      },
    });
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause assistant-prod because it is real");
    off = tenYears;
    await world.clock.advance("15s");
    const size = (await world.kinds()).length;

    const ready = await world.get("/readyz");
    const sent = await world.send("signals", jailbreak(0.09));
    const kept = await world.say("chidi", "resume assistant-prod because it was patched");
    const acknowledged = await world.say("dana", "ack HP-1");

    expect(ready.status).toBe(503);
    expect(ready.text).toContain("The database's clock is 3652 days ahead of the time");
    expect(JSON.stringify(sent)).toContain("503");
    expect(kept.text).toContain("Set the clock that is wrong");
    expect(acknowledged.ok).toBe(false);
    expect(await world.kinds()).toHaveLength(size);
    const paused = await world.say("chidi", "pause assistant-prod for 2h because of what goes on");
    expect(paused.ok).toBe(true);

    off = 0;
    await world.clock.advance("15s");

    expect((await world.get("/readyz")).status).toBe(200);
    await world.send("signals", jailbreak(0.1));
    const entries = (await world.server().store.entriesFrom(0, 100)).map(({ entry }) => entry);
    expect(entries.every(({ at }) => at.startsWith("2026-11-23T10:0"))).toBe(true);
  });
});
