import { describe, expect, test } from "vitest";
import { walkBlocks } from "../../support/slack-reading.ts";
import { bob, chidi } from "../console/cards.ts";
import { bobsAccount, cardIn, type Door, openDoor, risk } from "./door-world.ts";
import { answer, button, field } from "./samples.ts";

describe("a slash command", () => {
  test("is done before it is answered, and the answer is for its sender alone", async () => {
    const door = await openDoor();

    const seen = await door.type("bob", "/pause assistant-prod because it lies");

    expect(door.said).toMatchObject([
      {
        actor: { type: "person", person: bob.id },
        surface: "slack",
        line: "pause assistant-prod because it lies",
        version: null,
        channel: "model-risk",
        escalation: null,
        account: { chat: "slack", id: bobsAccount },
        private: true,
      },
    ]);
    expect(door.said[0]?.key).toMatch(/^slack:T0ACME0001:cmd:.+/);
    expect(seen.status).toBe(200);
    expect(seen.text).toContain("Done: pause assistant-prod");
    expect(door.slack.whispers).toHaveLength(1);
    expect(door.slack.problems).toEqual([]);
  });

  test("is the same deed when Slack's request comes twice with other signatures", async () => {
    const door = await openDoor();
    const body = door.bodies.command("bob", "/pause assistant-prod");

    await door.post(body);
    door.state.now += 1000;
    await door.post(body);

    expect(door.said).toHaveLength(2);
    expect(door.deeds()).toBe(1);
  });

  test("of any name works behind /holdpoint, and bare it is the list", async () => {
    const door = await openDoor();

    await door.type("bob", "/holdpoint status assistant-prod");
    await door.type("bob", "/holdpoint");

    expect(door.said.map(({ line }) => line)).toEqual(["status assistant-prod", "help"]);
  });

  test("is read as it was typed: without Slack's escapes, people by their key, links by their words", async () => {
    const door = await openDoor();
    const text =
      "away <@U0CHIDI001|chidi> until 2026-12-01 because a &lt;b&gt; &amp; c <http://a.example|a.example> <#C1|risk>";

    await door.post(door.bodies.command("bob", `/holdpoint ${text}`));

    expect(door.said[0]?.line).toBe("away chidi until 2026-12-01 because a <b> & c a.example risk");
  });

  test("without its words opens a form at once, and what is missing is asked for there", async () => {
    const asked = {
      command: "pause",
      fields: [field({ name: "what" }), field({ name: "reason" })],
    };
    const door = await openDoor({
      inbound: async ({ line }) =>
        line === "pause" ? answer({ form: asked }) : answer({ text: `Done: ${line}` }),
    });

    const form = await door.type("bob", "/pause");
    const done = await door.submit("bob", {
      what: "assistant-prod",
      reason: "it lies\nto assistant-eu",
    });

    expect(form).toMatchObject({ inView: true });
    expect(form.text).toContain("Deployment");
    expect(door.said.map(({ line }) => line)).toEqual([
      "pause",
      "pause assistant-prod because it lies to assistant-eu",
    ]);
    expect(door.said[1]?.key).toMatch(/^slack:T0ACME0001:view:V\d+/);
    expect(done.text).toContain("Done: pause assistant-prod");
    expect(door.slack.problems).toEqual([]);
  });

  test("without its words is answered with a button to the form where Slack opens none", async () => {
    const asked = { command: "pause", fields: [field({ name: "what" })] };
    const door = await openDoor({
      inbound: async () => answer({ text: "Pause what?", form: asked }),
    });
    door.slack.fault = ({ method }) =>
      method === "views.open"
        ? { done: false, answer: { status: 200, body: { ok: false, error: "expired_trigger_id" } } }
        : null;

    const seen = await door.type("bob", "/pause");

    expect(seen).toMatchObject({ status: 200, inView: false, buttons: ["Fill in…"] });
  });

  test("that no one here knows is answered, and names the way to help", async () => {
    const door = await openDoor();

    const seen = await door.type("bob", "/deploy everything");

    expect(seen.status).toBe(200);
    expect(seen.text).toContain("/holdpoint help");
    expect(door.said).toEqual([]);
  });

  test("that is not confirmed in time says so", async () => {
    const text = "NOT CONFIRMED YET. Pressing again is safe. (ref_1)";
    const door = await openDoor({ inbound: async () => answer({ ok: false, text }) });

    expect((await door.type("bob", "/pause assistant-prod")).text).toContain(text);
  });
});

describe("a button", () => {
  test("opens its form with the reason filled in, and submitting it does what it names", async () => {
    const door = await openDoor();

    const form = await door.press("bob", "Pause", cardIn(door));
    const done = await door.submit("bob");

    expect(form.text).toContain("Jailbreak classifier 8.2 %");
    expect(form.buttons).toContain("Pause Assistant…");
    expect(door.said).toMatchObject([
      { line: expect.stringMatching(/^pause HP-142 because /), version: 7, escalation: "HP-142" },
    ]);
    expect(done.text).toContain("Done: pause HP-142");
    expect(door.slack.problems).toEqual([]);
  });

  test("acts at once where it has no form; its key is the message, the line, who and the version", async () => {
    const door = await openDoor();
    const card = cardIn(door);

    const seen = await door.press("bob", "Acknowledge", card);

    expect(door.said.map(({ line, key, version }) => ({ line, key, version }))).toEqual([
      {
        line: "ack HP-142",
        key: `slack:T0ACME0001:${risk}:${card.ts}:ack HP-142:${bobsAccount}:7`,
        version: 7,
      },
    ]);
    expect(seen.text).toContain("Done: ack HP-142");
  });

  test("pressed twice by one person is one deed, and by two people two", async () => {
    const door = await openDoor();
    const card = cardIn(door);

    await door.press("bob", "Acknowledge", card);
    await door.press("bob", "Acknowledge", card);
    await door.press("chidi", "Acknowledge", card);

    expect(door.deeds()).toBe(2);
    expect(door.said.at(-1)?.actor).toEqual({ type: "person", person: chidi.id });
  });

  test("More… shows what stands behind the card, and its buttons work there", async () => {
    const door = await openDoor();

    const more = await door.press("bob", "More…", cardIn(door));
    const acked = await door.press("bob", "Acknowledge");

    expect(more).toMatchObject({ inView: true });
    expect(more.text).toContain("HP-142");
    expect(acked.inView).toBe(true);
    expect(acked.text).toContain("Done: ack HP-142");
    expect(door.slack.problems).toEqual([]);
  });

  test("in an answer does what it says", async () => {
    const choices = [
      button({ label: "assistant-prod", command: "pause assistant-prod", form: null }),
    ];
    const door = await openDoor({
      inbound: async ({ line }) =>
        line.includes("asistant")
          ? answer({ ok: false, choices })
          : answer({ text: `Done: ${line}` }),
    });

    await door.type("bob", "/pause asistant-prod");
    const done = await door.press("bob", "assistant-prod");

    expect(done.text).toContain("Done: pause assistant-prod");
  });

  test("in a view is done even where Slack opens no view to show it", async () => {
    const door = await openDoor();
    await door.home("bob");
    door.slack.fault = ({ method }) =>
      method === "views.open"
        ? { done: false, answer: { status: 500, body: { ok: false } } }
        : null;

    const response = await pressAtHome(door, "Acknowledge");

    expect(response.status).toBe(200);
    expect(door.said.map(({ line }) => line)).toEqual(["ack HP-142"]);
  });

  test("whose form Slack does not open says how to say it instead", async () => {
    const door = await openDoor();
    door.slack.fault = ({ method }) =>
      method === "views.open"
        ? { done: false, answer: { status: 200, body: { ok: false, error: "expired_trigger_id" } } }
        : null;

    const seen = await door.press("bob", "Pause", cardIn(door));

    expect(seen.text).toContain("/holdpoint pause HP-142 because …");
    expect(door.said).toEqual([]);
  });
});

/** A press on a button of somebody's home. */
async function pressAtHome(door: Door, label: string): Promise<Response> {
  const home = door.slack.home(bobsAccount);
  const found = walkBlocks(home?.blocks).buttons.find((button) => button.label === label);
  if (!home || !found) throw new Error(`there is no ${label} at home`);
  const view = { ...home, id: "V0HOME" };
  return door.post({ payload: door.bodies.pressIn("bob", found.element, view) });
}

describe("a form", () => {
  test("whose deed is not confirmed stays, so that it can be submitted again under the same key", async () => {
    const text = "NOT CONFIRMED YET. Pressing again is safe. (ref_1)";
    let first = true;
    const door = await openDoor({
      inbound: async () => {
        if (!first) return answer();
        first = false;
        return answer({ ok: false, text });
      },
    });
    await door.press("bob", "Pause", cardIn(door));
    const view = door.slack.views[0]?.view ?? {};
    const values = { reason: { value: { type: "plain_text_input", value: "it lies" } } };
    const payload = door.bodies.submission("bob", view, values);

    const unsure = await (await door.post({ payload })).json();
    door.state.now += 1000;
    await door.post({ payload });

    expect(unsure).toEqual({ response_action: "errors", errors: { reason: text } });
    expect(new Set(door.said.map(({ key }) => key)).size).toBe(1);
  });

  test("that is refused shows why in its place", async () => {
    const door = await openDoor({
      inbound: async () => answer({ ok: false, text: "Only Chidi Lindt may." }),
    });
    await door.press("bob", "Pause", cardIn(door));

    const seen = await door.submit("bob");

    expect(seen).toMatchObject({ status: 200, inView: true });
    expect(seen.text).toContain("Only Chidi Lindt may.");
  });
});
