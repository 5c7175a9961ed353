import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { openWorld } from "../support/world.ts";

/** A trigger that is only tried out. */

const jailbreak = (value: number) => ({
  kind: "eval",
  status: "ok",
  deployment: "assistant-prod",
  model: "aurora-3",
  suite: "jailbreak",
  scorer: "attack_success",
  metric: "mean",
  value,
  id: `run-${value}`,
});

const shadow = (yaml: string) =>
  yaml.replace(
    "    severity: critical                    #",
    "    shadow: true\n    severity: critical                    #",
  );

oneDatabase((kind) => {
  test("a shadow trigger is evaluated, recorded and shown apart, and asks nobody", async () => {
    const world = await openWorld(kind, { policy: shadow });
    await world.send("signals", jailbreak(0.08));
    await world.send("signals", jailbreak(0.09));
    await world.restart();
    const shadowed = async () =>
      (await world.kinds()).filter((found) => found === "trigger.shadowed").length;

    expect(await shadowed()).toBe(1);
    expect(await world.kinds()).not.toContain("escalation.opened");
    expect(await world.posture()).toBe("full");
    const told = "the shadow trigger jailbreak-rate fired at a signal from signals";
    expect((await world.say("erin", "decisions kind trigger.shadowed")).text).toContain(told);
    const page = await world.get("/policy");
    expect(page.text).toContain("Shadow triggers");
    expect(page.text).toContain("the shadow trigger jailbreak-rate fired");
    await world.clock.advance("2h");
    await world.send("signals", jailbreak(0.1));
    expect(await shadowed()).toBe(2);

    expect((await world.adopt((yaml) => yaml.replace("    shadow: true\n", ""))).status).toBe(200);
    await world.send("signals", jailbreak(0.11));
    expect((await world.card("HP-1")).card.title.length).toBeGreaterThan(0);
    expect(await shadowed()).toBe(2);

    expect(JSON.stringify((await world.adopt(shadow)).body)).toContain(
      "the trigger jailbreak-rate is only evaluated: it asks nobody any more.",
    );
    await world.send("signals", jailbreak(0.12));
    expect((await world.card("HP-1")).lines.join("\n")).toContain("2 runs since");
    expect(await shadowed()).toBe(2);
  });
});
