import { expect, test } from "vitest";
import type { SlackFault } from "../../support/slack-types.ts";
import { bobsAccount, cardIn, type Door, openDoor } from "./door-world.ts";
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
function refusing(door: Door, method: string) {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fault: SlackFault = { done: false, answer: expired, held };
  door.slack.fault = (call) => (call.method === method ? fault : null);
  return () => release();
}

const whispered = (door: Door) => JSON.stringify(door.slack.whispers);

test.each(["views.open", "views.update"])(
  "a bare command whose form fails late at %s is answered afterwards, with a button to the form",
  async (method) => {
    const door = await openDoor({ inbound });
    const release = refusing(door, method);

    const seen = await door.type("bob", "/pause");
    expect(seen.status).toBe(200);
    expect(door.slack.whispers).toEqual([]);
    release();

    await expect.poll(() => whispered(door)).toContain("Fill in…");
    expect(whispered(door)).toContain("Pause what?");
    expect(door.slack.whispers).toMatchObject([{ to: bobsAccount }]);
    expect(door.faults.join()).toContain("expired_trigger_id");
  },
);

test("a button whose form fails late says how to say it instead", async () => {
  const door = await openDoor({ inbound });
  const release = refusing(door, "views.open");

  await door.press("bob", "Pause", cardIn(door));
  release();

  await expect.poll(() => whispered(door)).toContain("/holdpoint pause HP-142 because …");
  expect(door.said).toEqual([]);
});

test("More… that fails late says what to type, which is a command", async () => {
  const door = await openDoor({ inbound });
  const release = refusing(door, "views.open");

  await door.press("bob", "More…", cardIn(door));
  release();

  await expect.poll(() => whispered(door)).toContain("/holdpoint prove HP-142");
});

test.each(["views.open", "views.update"])(
  "a button that asks for its form is answered with the same where that fails late at %s",
  async (method) => {
    const door = await openDoor({ inbound });
    door.slack.fault = (call) =>
      call.method === "views.open" ? { done: false, answer: expired } : null;
    await door.type("bob", "/pause");
    const release = refusing(door, method);
    const before = door.slack.whispers.length;

    await door.press("bob", "Fill in…");
    release();

    await expect.poll(() => door.slack.whispers.length).toBeGreaterThan(before);
    expect(JSON.stringify(door.slack.whispers.slice(before))).toContain("Pause what?");
  },
);

test.each([
  ["Acknowledge", "Done: ack HP-142"],
  ["Pause", "/holdpoint pause HP-142 because …"],
])(
  "%s in the App Home, where there is nothing to answer at, is told directly",
  async (label, words) => {
    const door = await openDoor({ inbound });
    await door.home("bob");
    const release = refusing(door, "views.open");

    await door.press("bob", label);
    release();

    await expect.poll(() => JSON.stringify(door.slack.directs(bobsAccount))).toContain(words);
    expect(door.slack.whispers).toEqual([]);
  },
);

test("a fault behind a press in the App Home is told directly too", async () => {
  const door = await openDoor({ inbound: () => Promise.reject(new Error("the pool is gone")) });
  await door.home("bob");

  await door.press("bob", "Acknowledge");

  await expect
    .poll(() => JSON.stringify(door.slack.directs(bobsAccount)))
    .toContain("Something went wrong");
});
