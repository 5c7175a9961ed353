import { describe, expect, test } from "vitest";
import { cardIn, openEndpoint, risk } from "./endpoint-world.ts";
import { accountOf } from "./hostile.ts";

describe("who may widen", () => {
  const resume = "/resume assistant-prod because it is mended";

  test("is asked of Slack: a member may", async () => {
    const endpoint = await openEndpoint();

    await endpoint.type("chidi", resume);

    expect(endpoint.said).toMatchObject([{ speaker: accountOf("chidi") }]);
  });

  test.each(["users.info", "auth.test", "conversations.info"])(
    "is nobody while Slack does not answer %s, and a stop goes through all the same",
    async (silent) => {
      const endpoint = await openEndpoint({
        fault: ({ method }) => (method === silent ? { done: false, answer: null } : null),
      });

      const refused = await endpoint.type("chidi", resume);
      const stopped = await endpoint.type("chidi", "/pause assistant-prod");

      expect(refused.text).toContain("Slack does not confirm right now");
      expect(stopped.text).toContain("Done: pause");
      expect(endpoint.said.map(({ line }) => line)).toEqual(["pause assistant-prod"]);
    },
  );

  test("may do it in a shared channel where shared channels are allowed", async () => {
    const endpoint = await openEndpoint({ sharedChannels: true });
    endpoint.slack.says(risk, { is_ext_shared: true });

    await endpoint.type("chidi", resume);

    expect(endpoint.said).toMatchObject([{ speaker: accountOf("chidi") }]);
  });

  test("asks Slack about nobody who stops something", async () => {
    const endpoint = await openEndpoint();

    for (const line of ["/pause assistant-prod", "/narrow assistant-prod", "/ack HP-142"])
      await endpoint.type("bob", line);

    const asked = endpoint.slack.calls.map(({ method }) => method);
    expect(endpoint.said).toHaveLength(3);
    expect(asked).not.toContain("users.info");
    expect(asked).not.toContain("conversations.info");
  });

  test("asks Slack once a minute about one person", async () => {
    const endpoint = await openEndpoint();
    const asked = () => endpoint.slack.calls.filter(({ method }) => method === "users.info").length;

    await endpoint.type("chidi", resume);
    await endpoint.type("chidi", `${resume} now`);
    expect(asked()).toBe(1);
    endpoint.state.now += 61_000;
    await endpoint.type("chidi", resume);

    expect(asked()).toBe(2);
  });
});

describe("what Slack sends besides", () => {
  test("a look whether we are there needs no signature and does nothing", async () => {
    const endpoint = await openEndpoint();

    const response = await fetch(`${endpoint.url}/slack/events`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "ssl_check=1&command=%2Fpause&text=assistant-prod&user_id=U0BOB00001&trigger_id=1",
    });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
    expect(endpoint.said).toEqual([]);
  });

  test("its challenge is answered when it is signed", async () => {
    const endpoint = await openEndpoint();

    const response = await endpoint.post({ event: { type: "url_verification", challenge: "abc" } });

    expect(await response.json()).toEqual({ challenge: "abc" });
  });

  test("a form whose type names a character set is read", async () => {
    const endpoint = await openEndpoint();
    const body = endpoint.bodies.command("bob", "/pause assistant-prod");
    const type = "application/x-www-form-urlencoded; charset=utf-8";

    const response = await endpoint.post(body, { headers: { "content-type": type } });

    expect(response.status).toBe(200);
    expect(endpoint.said).toHaveLength(1);
  });

  test("an answer is kept nowhere on its way", async () => {
    const endpoint = await openEndpoint();

    const response = await endpoint.post(endpoint.bodies.command("bob", "/holdpoint status"));

    expect(response.headers.get("cache-control")).toBe("no-store");
  });
});

describe("the log", () => {
  test("holds no token, signature, address to answer at or reason", async () => {
    const endpoint = await openEndpoint();
    endpoint.slack.fault = () => ({ done: false, answer: null });
    const body = endpoint.bodies.command("bob", "/pause because a very secret reason");

    await endpoint.post(body);
    await endpoint.press("bob", "Acknowledge", cardIn(endpoint));
    await endpoint.press("bob", "Pause", cardIn(endpoint));
    await endpoint.mention("bob", "pause because a very secret reason");

    const log = endpoint.faults.join("\n");
    expect(endpoint.faults.length).toBeGreaterThan(0);
    expect(log).not.toMatch(/xoxb|v0=|respond\/|secret reason/);
  });
});
