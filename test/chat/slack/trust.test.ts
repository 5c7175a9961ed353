import { describe, expect, test } from "vitest";
import { chidi } from "../console/cards.ts";
import { cardIn, openDoor, risk } from "./door-world.ts";

describe("who may widen", () => {
  const resume = "/resume assistant-prod because it is mended";

  test("is asked of Slack: a member may", async () => {
    const door = await openDoor();

    await door.type("chidi", resume);

    expect(door.said).toMatchObject([{ actor: { type: "person", person: chidi.id } }]);
  });

  test.each(["users.info", "auth.test", "conversations.info"])(
    "is nobody while Slack does not answer %s, and a stop goes through all the same",
    async (silent) => {
      const door = await openDoor({
        fault: ({ method }) => (method === silent ? { done: false, answer: null } : null),
      });

      const refused = await door.type("chidi", resume);
      const stopped = await door.type("chidi", "/pause assistant-prod");

      expect(refused.text).toContain("Slack does not say at this moment");
      expect(stopped.text).toContain("Done: pause");
      expect(door.said.map(({ line }) => line)).toEqual(["pause assistant-prod"]);
    },
  );

  test("may do it in a shared channel where shared channels are allowed", async () => {
    const door = await openDoor({ sharedChannels: true });
    door.slack.says(risk, { is_ext_shared: true });

    await door.type("chidi", resume);

    expect(door.said).toMatchObject([{ actor: { type: "person", person: chidi.id } }]);
  });

  test("asks Slack about nobody who stops something", async () => {
    const door = await openDoor();

    for (const line of ["/pause assistant-prod", "/narrow assistant-prod", "/ack HP-142"])
      await door.type("bob", line);

    const asked = door.slack.calls.map(({ method }) => method);
    expect(door.said).toHaveLength(3);
    expect(asked).not.toContain("users.info");
    expect(asked).not.toContain("conversations.info");
  });

  test("asks Slack once a minute about one person", async () => {
    const door = await openDoor();
    const asked = () => door.slack.calls.filter(({ method }) => method === "users.info").length;

    await door.type("chidi", resume);
    await door.type("chidi", `${resume} now`);
    expect(asked()).toBe(1);
    door.state.now += 61_000;
    await door.type("chidi", resume);

    expect(asked()).toBe(2);
  });
});

describe("what Slack sends besides", () => {
  test("a look whether we are there needs no signature and does nothing", async () => {
    const door = await openDoor();

    const response = await fetch(`${door.url}/slack/events`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "ssl_check=1&command=%2Fpause&text=assistant-prod&user_id=U0BOB00001&trigger_id=1",
    });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
    expect(door.said).toEqual([]);
  });

  test("its challenge is answered when it is signed", async () => {
    const door = await openDoor();

    const response = await door.post({ event: { type: "url_verification", challenge: "abc" } });

    expect(await response.json()).toEqual({ challenge: "abc" });
  });

  test("a form whose type names a character set is read", async () => {
    const door = await openDoor();
    const body = door.bodies.command("bob", "/pause assistant-prod");
    const type = "application/x-www-form-urlencoded; charset=utf-8";

    const response = await door.post(body, { headers: { "content-type": type } });

    expect(response.status).toBe(200);
    expect(door.said).toHaveLength(1);
  });

  test("an answer is kept nowhere on its way", async () => {
    const door = await openDoor();

    const response = await door.post(door.bodies.command("bob", "/holdpoint status"));

    expect(response.headers.get("cache-control")).toBe("no-store");
  });
});

describe("the log", () => {
  test("holds no token, signature, address to answer at or reason", async () => {
    const door = await openDoor();
    door.slack.fault = () => ({ done: false, answer: null });
    const body = door.bodies.command("bob", "/pause because a very secret reason");

    await door.post(body);
    await door.press("bob", "Acknowledge", cardIn(door));
    await door.press("bob", "Pause", cardIn(door));
    await door.mention("bob", "pause because a very secret reason");

    const log = door.faults.join("\n");
    expect(door.faults.length).toBeGreaterThan(0);
    expect(log).not.toMatch(/xoxb|v0=|respond\/|secret reason/);
  });
});
