import { describe, expect, test } from "vitest";
import { walkBlocks } from "../../support/slack-reading.ts";
import { bobsAccount, cardIn, openEndpoint, risk, type TestEndpoint } from "./endpoint-world.ts";
import { accountOf } from "./hostile.ts";
import { answer, button, field } from "./samples.ts";

describe("a slash command", () => {
  test("is done before it is answered, and the answer is for its sender alone", async () => {
    const endpoint = await openEndpoint();

    const seen = await endpoint.type("bob", "/pause assistant-prod because it lies");

    expect(endpoint.said).toMatchObject([
      {
        speaker: accountOf("bob"),
        surface: "slack",
        line: "pause assistant-prod because it lies",
        version: null,
        channel: "model-risk",
        escalation: null,
        private: true,
      },
    ]);
    expect(endpoint.said[0]?.key).toMatch(/^slack:T0ACME0001:cmd:.+/);
    expect(seen.status).toBe(200);
    expect(seen.text).toContain("Done: pause assistant-prod");
    expect(endpoint.slack.ephemerals).toHaveLength(1);
    expect(endpoint.slack.problems).toEqual([]);
  });

  test("is the same deed when Slack's request comes twice with other signatures", async () => {
    const endpoint = await openEndpoint();
    const body = endpoint.bodies.command("bob", "/pause assistant-prod");

    await endpoint.post(body);
    endpoint.state.now += 1000;
    await endpoint.post(body);

    expect(endpoint.said).toHaveLength(2);
    expect(endpoint.deeds()).toBe(1);
  });

  test("of any name works behind /holdpoint, and bare it is the list", async () => {
    const endpoint = await openEndpoint();

    await endpoint.type("bob", "/holdpoint status assistant-prod");
    await endpoint.type("bob", "/holdpoint");

    expect(endpoint.said.map(({ line }) => line)).toEqual(["status assistant-prod", "help"]);
  });

  test("is read as it was typed: without Slack's escapes, people by their key, links by their words", async () => {
    const endpoint = await openEndpoint();
    const text =
      "away <@U0CHIDI001|chidi> until 2026-12-01 because a &lt;b&gt; &amp; c <http://a.example|a.example> <#C1|risk>";

    await endpoint.post(endpoint.bodies.command("bob", `/holdpoint ${text}`));

    expect(endpoint.said[0]?.line).toBe(
      "away chidi until 2026-12-01 because a <b> & c a.example risk",
    );
  });

  test("without its words opens a form at once, and what is missing is asked for there", async () => {
    const asked = {
      command: "pause",
      fields: [field({ name: "what" }), field({ name: "reason" })],
    };
    const endpoint = await openEndpoint({
      inbound: async ({ line }) =>
        line === "pause" ? answer({ form: asked }) : answer({ text: `Done: ${line}` }),
    });

    const form = await endpoint.type("bob", "/pause");
    const done = await endpoint.submit("bob", {
      what: "assistant-prod",
      reason: "it lies\nto assistant-eu",
    });

    expect(form).toMatchObject({ inView: true });
    expect(form.text).toContain("Deployment");
    expect(endpoint.said.map(({ line }) => line)).toEqual([
      "pause",
      "pause assistant-prod because it lies to assistant-eu",
    ]);
    expect(endpoint.said[1]?.key).toMatch(/^slack:T0ACME0001:view:V\d+/);
    expect(done.text).toContain("Done: pause assistant-prod");
    expect(endpoint.slack.problems).toEqual([]);
  });

  test("without its words is answered with a button to the form where Slack opens none", async () => {
    const asked = { command: "pause", fields: [field({ name: "what" })] };
    const endpoint = await openEndpoint({
      inbound: async () => answer({ text: "Pause what?", form: asked }),
    });
    endpoint.slack.fault = ({ method }) =>
      method === "views.open"
        ? { done: false, answer: { status: 200, body: { ok: false, error: "expired_trigger_id" } } }
        : null;

    const seen = await endpoint.type("bob", "/pause");

    expect(seen).toMatchObject({ status: 200, inView: false, buttons: ["Fill in…"] });
  });

  test("that no one here knows is answered, and names the way to help", async () => {
    const endpoint = await openEndpoint();

    const seen = await endpoint.type("bob", "/deploy everything");

    expect(seen.status).toBe(200);
    expect(seen.text).toContain("/holdpoint help");
    expect(endpoint.said).toEqual([]);
  });

  test("that is not confirmed in time says so", async () => {
    const text = "NOT CONFIRMED YET. Pressing again is safe. (ref_1)";
    const endpoint = await openEndpoint({ inbound: async () => answer({ ok: false, text }) });

    expect((await endpoint.type("bob", "/pause assistant-prod")).text).toContain(text);
  });
});

describe("a button", () => {
  test("opens its form with the reason filled in, and submitting it does what it names", async () => {
    const endpoint = await openEndpoint();

    const form = await endpoint.press("bob", "Pause", cardIn(endpoint));
    const done = await endpoint.submit("bob");

    expect(form.text).toContain("Jailbreak classifier 8.2 %");
    expect(form.buttons).toContain("Pause Assistant…");
    expect(endpoint.said).toMatchObject([
      { line: expect.stringMatching(/^pause HP-142 because /), version: 7, escalation: "HP-142" },
    ]);
    expect(done.text).toContain("Done: pause HP-142");
    expect(endpoint.slack.problems).toEqual([]);
  });

  test("acts at once where it has no form; its key is the message, the line, who and the version", async () => {
    const endpoint = await openEndpoint();
    const card = cardIn(endpoint);

    const seen = await endpoint.press("bob", "Acknowledge", card);

    expect(endpoint.said.map(({ line, key, version }) => ({ line, key, version }))).toEqual([
      {
        line: "ack HP-142",
        key: `slack:T0ACME0001:${risk}:${card.ts}:ack HP-142:${bobsAccount}:7`,
        version: 7,
      },
    ]);
    expect(seen.text).toContain("Done: ack HP-142");
  });

  test("pressed twice by one person is one deed, and by two people two", async () => {
    const endpoint = await openEndpoint();
    const card = cardIn(endpoint);

    await endpoint.press("bob", "Acknowledge", card);
    await endpoint.press("bob", "Acknowledge", card);
    await endpoint.press("chidi", "Acknowledge", card);

    expect(endpoint.deeds()).toBe(2);
    expect(endpoint.said.at(-1)?.speaker).toEqual(accountOf("chidi"));
  });

  test("More… shows what stands behind the card, and its buttons work there", async () => {
    const endpoint = await openEndpoint();

    const more = await endpoint.press("bob", "More…", cardIn(endpoint));
    const acked = await endpoint.press("bob", "Acknowledge");

    expect(more).toMatchObject({ inView: true });
    expect(more.text).toContain("HP-142");
    expect(acked.inView).toBe(true);
    expect(acked.text).toContain("Done: ack HP-142");
    expect(endpoint.slack.problems).toEqual([]);
  });

  test("in an answer does what it says", async () => {
    const choices = [
      button({ label: "assistant-prod", command: "pause assistant-prod", form: null }),
    ];
    const endpoint = await openEndpoint({
      inbound: async ({ line }) =>
        line.includes("asistant")
          ? answer({ ok: false, choices })
          : answer({ text: `Done: ${line}` }),
    });

    await endpoint.type("bob", "/pause asistant-prod");
    const done = await endpoint.press("bob", "assistant-prod");

    expect(done.text).toContain("Done: pause assistant-prod");
  });

  test("in a view is done even where Slack opens no view to show it", async () => {
    const endpoint = await openEndpoint();
    await endpoint.home("bob");
    endpoint.slack.fault = ({ method }) =>
      method === "views.open"
        ? { done: false, answer: { status: 500, body: { ok: false } } }
        : null;

    const response = await pressAtHome(endpoint, "Acknowledge");

    expect(response.status).toBe(200);
    expect(endpoint.said.map(({ line }) => line)).toEqual(["ack HP-142"]);
  });

  test("whose form Slack does not open says how to say it instead", async () => {
    const endpoint = await openEndpoint();
    endpoint.slack.fault = ({ method }) =>
      method === "views.open"
        ? { done: false, answer: { status: 200, body: { ok: false, error: "expired_trigger_id" } } }
        : null;

    const seen = await endpoint.press("bob", "Pause", cardIn(endpoint));

    expect(seen.text).toContain("/holdpoint pause HP-142 because …");
    expect(endpoint.said).toEqual([]);
  });
});

/** A press on a button of somebody's home. */
async function pressAtHome(endpoint: TestEndpoint, label: string): Promise<Response> {
  const home = endpoint.slack.home(bobsAccount);
  const found = walkBlocks(home?.blocks).buttons.find((button) => button.label === label);
  if (!home || !found) throw new Error(`there is no ${label} at home`);
  const view = { ...home, id: "V0HOME" };
  return endpoint.post({ payload: endpoint.bodies.pressIn("bob", found.element, view) });
}

describe("a form", () => {
  test("whose deed is not confirmed stays, so that it can be submitted again under the same key", async () => {
    const text = "NOT CONFIRMED YET. Pressing again is safe. (ref_1)";
    let first = true;
    const endpoint = await openEndpoint({
      inbound: async () => {
        if (!first) return answer();
        first = false;
        return answer({ ok: false, text });
      },
    });
    await endpoint.press("bob", "Pause", cardIn(endpoint));
    const view = endpoint.slack.views[0]?.view ?? {};
    const values = { reason: { value: { type: "plain_text_input", value: "it lies" } } };
    const payload = endpoint.bodies.submission("bob", view, values);

    const unsure = await (await endpoint.post({ payload })).json();
    endpoint.state.now += 1000;
    await endpoint.post({ payload });

    expect(unsure).toEqual({ response_action: "errors", errors: { reason: text } });
    expect(new Set(endpoint.said.map(({ key }) => key)).size).toBe(1);
  });

  test("that is refused shows why in its place", async () => {
    const endpoint = await openEndpoint({
      inbound: async () => answer({ ok: false, text: "Only Chidi Lindt may." }),
    });
    await endpoint.press("bob", "Pause", cardIn(endpoint));

    const seen = await endpoint.submit("bob");

    expect(seen).toMatchObject({ status: 200, inView: true });
    expect(seen.text).toContain("Only Chidi Lindt may.");
  });
});
