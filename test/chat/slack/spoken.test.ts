import { describe, expect, test } from "vitest";
import { bobsAccount, cardIn, openDoor, risk } from "./door-world.ts";
import { channel } from "./samples.ts";

describe("a mention", () => {
  test("in a thread means the card above it, and is answered there to its sender alone", async () => {
    const place = `${risk}:1763868000.000100`;
    const door = await openDoor({ messages: { [place]: { escalation: "HP-142", channel } } });
    const under = { ...cardIn(door), ts: "1763868000.000100" };

    await door.mention("bob", "pause because it lies", under);

    expect(door.said).toMatchObject([
      { line: "pause because it lies", escalation: "HP-142", channel: "model-risk" },
    ]);
    expect(door.said[0]?.key).toMatch(
      new RegExp(`^slack:T0ACME0001:mention:${risk}:.*:${bobsAccount}$`),
    );
    expect(door.slack.whispers).toMatchObject([
      { to: bobsAccount, channel: risk, thread: "1763868000.000100" },
    ]);
  });

  test("that Slack sends again is done once and answered once", async () => {
    const door = await openDoor();
    const event = {
      type: "app_mention",
      user: bobsAccount,
      channel: risk,
      ts: "1763868000.000100",
      text: "<@U0HOLDPOINT> pause assistant-prod",
    };

    await door.post({ event: door.bodies.event(event) });
    await door.post({ event: door.bodies.event(event) });

    expect(door.deeds()).toBe(1);
    expect(door.slack.whispers).toHaveLength(1);
  });

  test("that is not at the beginning is no command", async () => {
    const door = await openDoor();
    const text = "I will never tell <@U0HOLDPOINT> pause assistant-prod";
    const event = { type: "app_mention", user: bobsAccount, channel: risk, ts: "1.1", text };

    await door.post({ event: door.bodies.event(event) });

    expect(door.said).toEqual([]);
    expect(door.slack.whispers[0]?.text).toContain("Begin with it");
  });

  test("that was not done is not thanked for, so Slack sends it again", async () => {
    const door = await openDoor({ inbound: () => Promise.reject(new Error("the pool is gone")) });
    const event = {
      type: "app_mention",
      user: bobsAccount,
      channel: risk,
      ts: "1763868000.000100",
      text: "<@U0HOLDPOINT> pause assistant-prod",
    };

    const response = await door.post({ event: door.bodies.event(event) });

    expect(response.status).toBe(500);
    expect(door.faults.join()).toContain("the pool is gone");
  });
});

describe("a message to the app", () => {
  test("is a command too, and is answered where it was written", async () => {
    const door = await openDoor();

    const seen = await door.write("bob", "status assistant-prod");

    expect(door.said).toMatchObject([{ line: "status assistant-prod", channel: null }]);
    expect(seen.text).toContain("Done: status assistant-prod");
  });
});

describe("the App Home", () => {
  test("shows a person what they may decide", async () => {
    const door = await openDoor();

    const seen = await door.home("bob");

    expect(seen.text).toContain("What you may decide now");
    expect(door.slack.problems).toEqual([]);
  });

  test("tells somebody the policy does not name how to get in", async () => {
    const door = await openDoor();

    expect((await door.home("mallory")).text).toContain("The policy does not name you");
  });

  test("is drawn again after what its person does", async () => {
    const door = await openDoor();

    await door.type("bob", "/pause assistant-prod");

    await expect.poll(() => door.slack.home(bobsAccount)).toBeDefined();
  });
});
