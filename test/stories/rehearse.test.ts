import { join } from "node:path";
import { expect, test } from "vitest";
import { exportLog } from "../../src/cli/log-export.ts";
import { logVerify } from "../../src/cli/log-verify.ts";
import { rehearse } from "../../src/cli/operator-client.ts";
import { oneDatabase } from "../support/databases.ts";
import { operatorToken } from "../support/keys.ts";
import { scratch } from "../support/process.ts";
import { openSlackWorld } from "../support/slack-world.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/**
 * `holdpoint rehearse`: one marked test escalation through the real channel, which cannot change a
 * posture.
 */

oneDatabase((kind) => {
  test("goes through the real channel, is seen and answered by real people, and changes nothing", async () => {
    const world = await openSlackWorld(kind);
    const server = { url: world.server().url, token: operatorToken };
    const posture = await world.get("/v1/deployments/assistant-prod");

    const asked = await rehearse(server, "assistant-prod");
    await world.settle();

    expect(asked).toMatchObject({ ok: true, value: { escalation: "HP-1" } });
    const card = world.posted("HP-1");
    expect(card.text).toContain("REHEARSAL");
    expect(card.text).toContain("@U0CHIDI001");
    expect(card.message.text).toMatch(/^REHEARSAL Assistant \(production\)/);
    expect(world.slack.directs("U0CHIDI001")).toHaveLength(1);
    await world.type("bob", "/ack HP-1");
    const form = await world.press("bob", "Pause", world.posted("HP-1").message);
    expect(form.text).toContain("Rehearse: Pause Assistant (production)");
    const done = await world.submit("bob");

    expect(done.text).toContain("Nothing changed");
    expect(world.posted("HP-1").text).toContain("Bob Okafor (on call) would pause");
    expect(world.posted("HP-1").buttons).toEqual(["More…"]);
    expect(await world.get("/v1/deployments/assistant-prod")).toEqual(posture);
    expect(await world.kinds()).toEqual([
      "policy.adopted",
      "identity.bound",
      "escalation.opened",
      "escalation.acknowledged",
      "rehearsal.answered",
    ]);
    const dir = join(scratch(), "export");
    expect(await exportLog(server, dir)).toMatchObject({ ok: true });
    const lines: string[] = [];
    expect(await logVerify([dir], { out: (line) => void lines.push(line) })).toBe(0);
    expect(lines.join("\n")).toContain("OK");
  });

  test("stands beside a real escalation without touching it, and ends by itself", async () => {
    const world = await openSlackWorld(kind);
    await world.type("bob", "/holdpoint rehearse assistant-prod");
    await world.send("signals", jailbreak());

    await world.type("chidi", "/pause HP-2 because 8.2 % is real");
    expect(await world.posture()).toBe("paused");
    const second = await world.type("bob", "/holdpoint rehearse assistant-prod");
    expect(second.text).toContain("HP-1 is a rehearsal of it and goes on");
    await world.type("chidi", "/resume HP-2 because the eval was broken");
    const confirmed = await world.type("erin", "/resume HP-2 because I looked too");
    expect(confirmed.text).toContain("Resumed");
    await world.clock.advance("31m");
    await world.clock.advance("31m");

    expect(world.posted("HP-1").text).toContain("Nobody answered in time");
    expect(await world.posture()).toBe("full");
    await world.clock.advance("2h");
    expect((await world.kinds()).filter((kind) => kind === "escalation.closed")).toHaveLength(2);
  });

  test("is refused for a name nobody knows, and for people the policy does not name there", async () => {
    const world = await openSlackWorld(kind);
    const server = { url: world.server().url, token: operatorToken };

    const unknown = await rehearse(server, "asistant-prod");
    const stranger = await world.type("mallory", "/holdpoint rehearse assistant-prod");

    expect(unknown).toMatchObject({ ok: false, because: expect.stringContaining("asistant-prod") });
    expect(stranger.text).not.toContain("is open");
    expect(await world.kinds()).not.toContain("escalation.opened");
    expect(await rehearse({ ...server, token: "no" }, "assistant-prod")).toMatchObject({
      ok: false,
    });
  });

  test("goes through the console too, and what is said to it once it is over still stops nothing", async () => {
    const world = await openWorld(kind);
    const server = { url: world.server().url, token: operatorToken };
    const posture = await world.get("/v1/deployments/assistant-prod");
    await rehearse(server, "assistant-prod");
    await world.settle();
    const [press = ""] = (await world.card("HP-1")).card.buttons
      .flat()
      .filter(({ label }) => label === "Pause")
      .map(({ command }) => command);

    const second = await rehearse(server, "assistant-prod");
    const answered = await world.say("bob", `${press} because it looks real`);
    const undone = await world.say("bob", "undo HP-1");
    await world.clock.advance("2h");
    const late = await world.say("bob", `${press} because I only saw it now`);

    expect(second).toMatchObject({ ok: false, because: expect.stringContaining("HP-1") });
    expect(answered.text).toContain("Nothing changed");
    expect(undone).toMatchObject({ ok: false, text: expect.stringContaining("rehearsal HP-1") });
    expect(late).toMatchObject({ ok: false, text: expect.stringContaining("rehearsal HP-1") });
    expect((await world.card("HP-1")).text).toContain("nothing changed");
    expect(await world.get("/v1/deployments/assistant-prod")).toEqual(posture);
    expect(await rehearse(server, "assistant-prod")).toMatchObject({
      ok: true,
      value: { escalation: "HP-2" },
    });
  });

  test("does not stand in the way of a policy", async () => {
    const world = await openWorld(kind);
    await world.say("bob", "rehearse assistant-prod");

    const adopted = await world.adopt((yaml) => yaml.replaceAll("no-tools", "toolless"));

    expect(adopted.status).toBe(200);
    expect((await world.card("HP-1")).text).toContain("REHEARSAL");
  });
});
