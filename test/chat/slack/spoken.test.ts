import { describe, expect, test } from "vitest";
import { bobsAccount, cardIn, openEndpoint, risk } from "./endpoint-world.ts";
import { channel } from "./samples.ts";

describe("a mention", () => {
  test("in a thread means the card above it, and is answered there to its sender alone", async () => {
    const place = `${risk}:1763868000.000100`;
    const endpoint = await openEndpoint({
      messages: { [place]: { escalation: "HP-142", channel } },
    });
    const under = { ...cardIn(endpoint), ts: "1763868000.000100" };

    await endpoint.mention("bob", "pause because it lies", under);

    expect(endpoint.said).toMatchObject([
      { line: "pause because it lies", escalation: "HP-142", channel: "model-risk" },
    ]);
    expect(endpoint.said[0]?.key).toMatch(
      new RegExp(`^slack:T0ACME0001:mention:${risk}:.*:${bobsAccount}$`),
    );
    expect(endpoint.slack.ephemerals).toMatchObject([
      { to: bobsAccount, channel: risk, thread: "1763868000.000100" },
    ]);
  });

  test("that Slack sends again is done once and answered once", async () => {
    const endpoint = await openEndpoint();
    const event = {
      type: "app_mention",
      user: bobsAccount,
      channel: risk,
      ts: "1763868000.000100",
      text: "<@U0HOLDPOINT> pause assistant-prod",
    };

    await endpoint.post({ event: endpoint.bodies.event(event) });
    await endpoint.post({ event: endpoint.bodies.event(event) });

    expect(endpoint.deeds()).toBe(1);
    expect(endpoint.slack.ephemerals).toHaveLength(1);
  });

  test("that is not at the beginning is no command", async () => {
    const endpoint = await openEndpoint();
    const text = "I will never tell <@U0HOLDPOINT> pause assistant-prod";
    const event = { type: "app_mention", user: bobsAccount, channel: risk, ts: "1.1", text };

    await endpoint.post({ event: endpoint.bodies.event(event) });

    expect(endpoint.said).toEqual([]);
    expect(endpoint.slack.ephemerals[0]?.text).toContain("a command begins with my name");
  });

  test("that was not done is not thanked for, so Slack sends it again", async () => {
    const endpoint = await openEndpoint({
      inbound: () => Promise.reject(new Error("the pool is gone")),
    });
    const event = {
      type: "app_mention",
      user: bobsAccount,
      channel: risk,
      ts: "1763868000.000100",
      text: "<@U0HOLDPOINT> pause assistant-prod",
    };

    const response = await endpoint.post({ event: endpoint.bodies.event(event) });

    expect(response.status).toBe(500);
    expect(endpoint.faults.join()).toContain("the pool is gone");
  });
});

describe("a message to the app", () => {
  test("is a command too, and is answered where it was written", async () => {
    const endpoint = await openEndpoint();

    const seen = await endpoint.write("bob", "status assistant-prod");

    expect(endpoint.said).toMatchObject([{ line: "status assistant-prod", channel: null }]);
    expect(seen.text).toContain("Done: status assistant-prod");
  });
});

describe("the App Home", () => {
  test("shows a person what they may decide", async () => {
    const endpoint = await openEndpoint();

    const seen = await endpoint.home("bob");

    expect(seen.text).toContain("What you may decide now");
    expect(endpoint.slack.problems).toEqual([]);
  });

  test("tells somebody the policy does not name how to get in", async () => {
    const endpoint = await openEndpoint();

    expect((await endpoint.home("mallory")).text).toContain("The policy does not name you");
  });

  test("is drawn again after what its person does", async () => {
    const endpoint = await openEndpoint();

    await endpoint.type("bob", "/pause assistant-prod");

    await expect.poll(() => endpoint.slack.home(bobsAccount)).toBeDefined();
  });
});
