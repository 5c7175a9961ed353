import { describe, expect, test } from "vitest";
import { stillMeant } from "../../../src/chat/shared/edited.ts";
import { decodePress } from "../../../src/chat/slack/inbound/button-payload.ts";
import { textAt, walkBlocks } from "../../support/slack-reading.ts";
import type { Json } from "../../support/slack-types.ts";
import { bobsAccount, openEndpoint, risk, type TestEndpoint } from "./endpoint-world.ts";

/**
 * Whatever a message is besides its words: a file, a reply shown in the channel too, /me, an edit.
 * A stop in it is never lost.
 */

const direct = `D${bobsAccount.slice(1)}`;
const pause = "pause assistant-prod because see the screenshot";

const send = (endpoint: TestEndpoint, event: Json) =>
  endpoint.post({ event: endpoint.bodies.event(event) });

/** A direct message to the app. */
const written = (more: Json): Json => ({
  type: "message",
  channel_type: "im",
  user: bobsAccount,
  channel: direct,
  ts: "1763868000.000100",
  text: pause,
  ...more,
});

/** A message in the channel that mentions the app. */
const mentioned = (line: string, more: Json = {}): Json => ({
  type: "app_mention",
  user: bobsAccount,
  channel: risk,
  ts: "1763868000.000100",
  text: `<@U0HOLDPOINT> ${line}`,
  ...more,
});

const answersIn = (endpoint: TestEndpoint) => [
  ...endpoint.slack.messagesIn(direct),
  ...endpoint.slack.ephemerals,
];
const lines = (endpoint: TestEndpoint) => endpoint.said.map(({ line }) => line);

describe("a direct message", () => {
  test.each<[string, Json]>([
    ["with a file", { subtype: "file_share", files: [{ id: "F1" }] }],
    [
      "in a thread that is shown in the conversation too",
      { subtype: "thread_broadcast", thread_ts: "1.0" },
    ],
    ["in a thread", { thread_ts: "1.0" }],
    ["by /me", { subtype: "me_message" }],
    ["in the app's own tab, as older workspaces call it", { channel_type: "app_home" }],
    ["that says that no app wrote it", { bot_id: null }],
  ])("%s is a command like any other", async (_what, more) => {
    const endpoint = await openEndpoint();

    await send(endpoint, written(more));

    expect(endpoint.said).toMatchObject([{ line: pause }]);
    expect(JSON.stringify(answersIn(endpoint))).toContain("Done: pause assistant-prod");
  });

  test.each<[string, Json]>([
    ["by another app", { subtype: "bot_message", bot_id: "B0OTHER" }],
    ["by another app in somebody's name", { bot_id: "B0OTHER" }],
    [
      "about a message that was deleted",
      { subtype: "message_deleted", previous_message: { user: bobsAccount, text: pause } },
    ],
    ["of Slack's own", { subtype: "reminder_add" }],
    ["in a channel", { channel_type: "channel" }],
    ["in a conversation of several", { channel_type: "mpim" }],
  ])("%s is none, and is answered by nothing", async (_what, more) => {
    const endpoint = await openEndpoint();

    await send(endpoint, written(more));

    expect(endpoint.said).toEqual([]);
    expect(answersIn(endpoint)).toEqual([]);
  });
});

describe("a mention", () => {
  test.each<[string, Json]>([
    ["with a file", { subtype: "file_share", files: [{ id: "F1" }] }],
    ["in a reply that is shown in the channel too", { subtype: "thread_broadcast" }],
    ["by /me", { subtype: "me_message" }],
    ["in a conversation of several", { channel: "G0SEVERAL1" }],
    ["in bold, behind a character that nobody sees", { text: `\u200b*<@U0HOLDPOINT>*: ${pause}` }],
    ["without a space behind it", { text: `<@U0HOLDPOINT|holdpoint>${pause}` }],
  ])("%s is a command like any other", async (_what, more) => {
    const endpoint = await openEndpoint();

    await send(endpoint, mentioned(pause, more));

    expect(lines(endpoint)).toEqual([pause]);
    expect(JSON.stringify(endpoint.slack.ephemerals)).toContain("Done: pause assistant-prod");
  });
});

/** An edit of a direct message, as Slack sends it. */
const changed = (
  text: string,
  before: string,
  { event = {}, message = {} }: { readonly event?: Json; readonly message?: Json } = {},
): Json => ({
  type: "message",
  subtype: "message_changed",
  channel_type: "im",
  channel: direct,
  ts: "1763868060.000300",
  hidden: true,
  message: {
    type: "message",
    user: bobsAccount,
    ts: "1763868000.000100",
    text,
    edited: { user: bobsAccount, ts: "1763868060.000000" },
    ...message,
  },
  previous_message: { type: "message", user: bobsAccount, ts: "1763868000.000100", text: before },
  ...event,
});

const edit = (ts: string): Json => ({ edited: { user: bobsAccount, ts } });
const soon = edit("1763868060.000000");

/** What is heard first, and then as an edit, in a mention and in a direct message. */
const places: readonly [string, (text: string) => Json, (text: string, before: string) => Json][] =
  [
    ["mention", (text) => mentioned(text), (text) => mentioned(text, soon)],
    ["direct message", (text) => written({ text }), (text, before) => changed(text, before)],
  ];

describe.each(places)("an edited %s", (_place, first, again) => {
  const typo = "pasue assistant-prod because it lies";
  const right = "pause assistant-prod because it lies";

  test("whose typing error was corrected is a new command, once, and is answered", async () => {
    const endpoint = await openEndpoint();

    await send(endpoint, first(typo));
    await send(endpoint, again(right, typo));
    await send(endpoint, again(right, typo));

    expect(lines(endpoint).filter((line) => line === right).length).toBeGreaterThan(0);
    expect(endpoint.deeds()).toBe(2);
    expect(answersIn(endpoint)).toHaveLength(2);
    expect(JSON.stringify(answersIn(endpoint)[1])).toContain("Done: pause assistant-prod");
  });

  test.each([
    ["nothing", right],
    ["spaces, capitals and a full stop", " Pause  assistant-prod. because it lies "],
  ])("in which %s changed does nothing a second time", async (_what, text) => {
    const endpoint = await openEndpoint();

    await send(endpoint, first(right));
    await send(endpoint, again(text, right));

    expect(endpoint.deeds()).toBe(1);
  });

  test("whose reason changed does nothing a second time, and says what the record keeps", async () => {
    const endpoint = await openEndpoint();

    await send(endpoint, first(right));
    await send(endpoint, again(`${right} to minors`, right));
    await send(endpoint, again(`${right} to minors`, right));

    expect(endpoint.deeds()).toBe(1);
    expect(answersIn(endpoint)).toHaveLength(2);
    expect(JSON.stringify(answersIn(endpoint)[1])).toContain("A command runs once");
  });

  test("back to an earlier wording is answered each time, says how things are, and does nothing; without a change it is silent", async () => {
    const endpoint = await openEndpoint();
    const other = "pause assistant-eu because it lies";

    await send(endpoint, first(right));
    await send(endpoint, again(other, right));
    await send(endpoint, again(right, other));
    await send(endpoint, again(right, other));
    await send(endpoint, again(right, right));
    await send(endpoint, again(other, right));
    await send(endpoint, again(right, other));

    expect(endpoint.deeds()).toBe(2);
    const told = answersIn(endpoint).map((answer) => JSON.stringify(answer));
    expect(told).toHaveLength(5);
    for (const name of told.slice(2)) {
      expect(name).toContain("you edited the message back to a command that has already run");
      expect(name).toContain("The answer then: Done: pause assistant-");
    }
    const { buttons } = walkBlocks(answersIn(endpoint)[2]?.blocks);
    expect(buttons.map(({ label }) => label)).toEqual(["Pause assistant-prod"]);
    expect(lines(endpoint)).toContain("status assistant-prod");
  });

  test("that names another command is that command too", async () => {
    const endpoint = await openEndpoint();

    await send(endpoint, first(right));
    await send(endpoint, again("pause assistant-eu because it lies", right));

    expect(endpoint.deeds()).toBe(2);
    expect(answersIn(endpoint)).toHaveLength(2);
  });

  test("whose first wording never arrived is done", async () => {
    const endpoint = await openEndpoint();

    await send(endpoint, again(right, typo));

    expect(lines(endpoint)).toEqual([right]);
  });
});

describe("an edit", () => {
  const late = edit(String(1763868000 + stillMeant / 1000 + 1));

  test.each<[string, Json]>([
    ["a mention", mentioned(pause, late)],
    ["a direct message", changed(pause, "later", { message: late })],
  ])(
    "of %s long after it was written is asked about, with the deed on the button",
    async (_what, event) => {
      const endpoint = await openEndpoint();

      await send(endpoint, event);
      await send(endpoint, event);

      expect(endpoint.said).toEqual([]);
      expect(answersIn(endpoint)).toHaveLength(1);
      const { buttons } = walkBlocks(answersIn(endpoint)[0]?.blocks);
      expect(buttons.map(({ label }) => label)).toEqual(["Pause assistant-prod"]);
      expect(decodePress(textAt(buttons[0]?.element, "value"))?.line).toBe(pause);
    },
  );

  test.each<[string, Json]>([
    [
      "Slack made when it unfolded a link",
      changed(pause, pause, { message: { edited: undefined, attachments: [{ id: 1 }] } }),
    ],
    [
      "of our own message",
      changed(pause, "x", { message: { bot_id: "B0HOLDPOINT", user: "U0HOLDPOINT" } }),
    ],
    [
      "that left a tombstone",
      changed("This message was deleted.", "x", { message: { subtype: "tombstone" } }),
    ],
    ["without a message in it", { ...changed("", ""), message: "pause" }],
    ["in a channel", changed(pause, "x", { event: { channel_type: "channel" } })],
  ])("%s says nothing to us", async (_what, event) => {
    const endpoint = await openEndpoint();

    await send(endpoint, event);

    expect(endpoint.said).toEqual([]);
    expect(answersIn(endpoint)).toEqual([]);
  });

  test("that was heard while nothing could be done is done when Slack sends it again", async () => {
    let broken = true;
    const endpoint = await openEndpoint({
      inbound: async ({ line }) => {
        if (broken) throw new Error("the pool is gone");
        return { ok: true, text: line, choices: [], lines: [], next: null, file: null, form: null };
      },
    });

    const first = await send(endpoint, mentioned(pause, soon));
    broken = false;
    await send(endpoint, mentioned(pause, soon));

    expect(first.status).toBe(500);
    expect(endpoint.deeds()).toBe(1);
    expect(answersIn(endpoint)).toHaveLength(1);
  });

  test("that puts the name first makes a command of what only spoke of us", async () => {
    const endpoint = await openEndpoint();
    const text = `I would tell <@U0HOLDPOINT> ${pause}`;

    await send(endpoint, mentioned("", { text }));
    await send(endpoint, mentioned(pause, soon));

    expect(lines(endpoint)).toEqual([pause]);
    expect(JSON.stringify(endpoint.slack.ephemerals[0])).toContain("a command begins with my name");
  });
});
