import { expect, test } from "vitest";
import type { SlackFault } from "../../support/slack-types.ts";
import { bobsAccount, cardIn, openEndpoint, type TestEndpoint } from "./endpoint-world.ts";
import { answer, field } from "./samples.ts";

/**
 * A view is opened by a trigger that lives for 3 s. Where Slack refuses it, at once or only after
 * everything else was answered, whoever waits for it is told so, alone: with a button, or with what
 * to type.
 */

const asked = { command: "pause", fields: [field({ name: "what" }), field({ name: "reason" })] };
const inbound = async ({ line }: { readonly line: string }) =>
  line === "pause"
    ? answer({ text: "Pause what?", form: asked })
    : answer({ text: `Done: ${line}` });

const expired = { status: 200, body: { ok: false, error: "expired_trigger_id" } };

/** Slack refuses this method; `release` lets it say so. */
function refusing(endpoint: TestEndpoint, method: string) {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fault: SlackFault = { done: false, answer: expired, held };
  endpoint.slack.fault = (call) => (call.method === method ? fault : null);
  return () => release();
}

const ephemeralTexts = (endpoint: TestEndpoint) => JSON.stringify(endpoint.slack.ephemerals);

test.each(["views.open", "views.update"])(
  "a bare command whose form fails late at %s is answered afterwards, with a button to the form",
  async (method) => {
    const endpoint = await openEndpoint({ inbound });
    const release = refusing(endpoint, method);

    const seen = await endpoint.type("bob", "/pause");
    expect(seen.status).toBe(200);
    expect(endpoint.slack.ephemerals).toEqual([]);
    release();

    await expect.poll(() => ephemeralTexts(endpoint)).toContain("Fill in…");
    expect(ephemeralTexts(endpoint)).toContain("Pause what?");
    expect(endpoint.slack.ephemerals).toMatchObject([{ to: bobsAccount }]);
    expect(endpoint.faults.join()).toContain("expired_trigger_id");
  },
);

test("a button whose form fails late says how to say it instead", async () => {
  const endpoint = await openEndpoint({ inbound });
  const release = refusing(endpoint, "views.open");

  await endpoint.press("bob", "Pause", cardIn(endpoint));
  release();

  await expect.poll(() => ephemeralTexts(endpoint)).toContain("/holdpoint pause HP-142 because …");
  expect(endpoint.said).toEqual([]);
});

test("More… that fails late says what to type, which is a command", async () => {
  const endpoint = await openEndpoint({ inbound });
  const release = refusing(endpoint, "views.open");

  await endpoint.press("bob", "More…", cardIn(endpoint));
  release();

  await expect.poll(() => ephemeralTexts(endpoint)).toContain("/holdpoint prove HP-142");
});

test.each(["views.open", "views.update"])(
  "a button that asks for its form is answered with the same where that fails late at %s",
  async (method) => {
    const endpoint = await openEndpoint({ inbound });
    endpoint.slack.fault = (call) =>
      call.method === "views.open" ? { done: false, answer: expired } : null;
    await endpoint.type("bob", "/pause");
    const release = refusing(endpoint, method);
    const before = endpoint.slack.ephemerals.length;

    await endpoint.press("bob", "Fill in…");
    release();

    await expect.poll(() => endpoint.slack.ephemerals.length).toBeGreaterThan(before);
    expect(JSON.stringify(endpoint.slack.ephemerals.slice(before))).toContain("Pause what?");
  },
);

test.each([
  ["Acknowledge", "Done: ack HP-142"],
  ["Pause", "/holdpoint pause HP-142 because …"],
])(
  "%s in the App Home, where there is nothing to answer at, is told directly",
  async (label, words) => {
    const endpoint = await openEndpoint({ inbound });
    await endpoint.home("bob");
    const release = refusing(endpoint, "views.open");

    await endpoint.press("bob", label);
    release();

    await expect.poll(() => JSON.stringify(endpoint.slack.directs(bobsAccount))).toContain(words);
    expect(endpoint.slack.ephemerals).toEqual([]);
  },
);

test("a fault behind a press in the App Home is told directly too", async () => {
  const endpoint = await openEndpoint({
    inbound: () => Promise.reject(new Error("the pool is gone")),
  });
  await endpoint.home("bob");

  await endpoint.press("bob", "Acknowledge");

  await expect
    .poll(() => JSON.stringify(endpoint.slack.directs(bobsAccount)))
    .toContain("Something went wrong");
});
