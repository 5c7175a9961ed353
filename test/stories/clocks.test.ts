import { expect, test } from "vitest";
import { createClock } from "../../src/composition/clock.ts";
import { eachDatabase } from "../support/databases.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/** A machine's clock that jumps while something is open. */
eachDatabase((kind) => {
  test("a clock that jumps an hour ahead and a day back moves no deadline, and is said", async () => {
    let off = 0;
    const hasOwn = kind === "postgres";
    const world = await openWorld(kind, {
      clock: (now) => {
        const clock = createClock({ wall: () => now() + off, counted: now });
        const check = () => clock.check(hasOwn ? async () => now() : null);
        return { clock, clockWatch: { check, difference: clock.difference } };
      },
    });
    const checks = async () => String((await world.get("/readyz")).text);
    expect(await checks()).toContain('{"name":"clock","problem":null,"note":null}');
    off = 3_600_000;
    await world.clock.advance("15s");
    await world.send("signals", jailbreak());
    expect(await checks()).toContain(
      hasOwn
        ? "this machine's clock is 1 h ahead of the database's"
        : "was set and is 1 h ahead of",
    );
    expect((await world.get("/metrics")).text).toContain(
      'holdpoint_clock_offset_seconds{clock="machine"} 3600',
    );
    off = -86_400_000;
    await world.clock.advance("29m");
    expect(await world.posture()).toBe("full");

    await world.clock.advance("1m");

    expect(await world.posture()).toBe("no-tools");
    off = 0;
    await world.clock.advance("1m");
    expect((await world.kinds()).filter((kind) => kind === "decision.made")).toHaveLength(1);
  });

  test("after an entry from a clock that was an hour ahead, deadlines are as promised", async () => {
    let off = 3_600_000;
    const world = await openWorld(kind, {
      clock: (now) => ({ clock: { now: () => now() + off }, clockWatch: null }),
    });
    await world.say("ana", "raise assistant-prod because of something else");
    off = 0;
    await world.send("signals", jailbreak());

    await world.clock.advance("29m");
    expect(await world.posture()).toBe("full");
    await world.clock.advance("1m");

    expect(await world.posture()).toBe("no-tools");
    const [made] = await world.server().store.entries({ kinds: ["decision.made"], limit: 1 });
    expect(made?.entry).toMatchObject({
      at: "2026-11-23T11:00:00.000Z",
      clock: "2026-11-23T10:30:00.000Z",
    });
  });
});
