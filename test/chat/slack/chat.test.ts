import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { type MessageRow, type Outgoing, SendFault } from "../../../src/app/ports.ts";
import { createSlackChat, productionPace } from "../../../src/chat/slack/chat.ts";
import { createApi } from "../../../src/chat/slack/outbound/api.ts";
import { createDirectory } from "../../../src/chat/slack/outbound/directory.ts";
import type { PersonId } from "../../../src/core/ids.ts";
import { startSlackServer } from "../../support/slack-server.ts";
import { type SlackCall, slackFaults } from "../../support/slack-types.ts";
import { bob as bobOkafor, chidi as chidiLindt } from "../console/cards.ts";
import { channel, channelOf, erin, open, team } from "./samples.ts";

/**
 * What is shown, said and whispered in Slack, and that a failure at any point loses nobody and
 * doubles nothing.
 */

const token = "xoxb-for-tests";
const room = "C0RISK0001";
const [bob, chidi] = [bobOkafor.id, chidiLindt.id];

async function setting(timeout = 2_000) {
  const slack = await startSlackServer(token);
  const api = createApi({ token, apiUrl: slack.apiUrl, timeout });
  const clock = { now: () => Date.now() };
  const kept = new Map<string, MessageRow>();
  const told: string[] = [];
  const chat = createSlackChat({
    api,
    clock,
    channelOf,
    pace: productionPace,
    sharedChannels: false,
    publicUrl: "https://holdpoint.example.com",
    directory: createDirectory({ api, clock }),
    store: {
      messageOf: async (_chat, key) => kept.get(key),
      saveMessage: async (row) => void kept.set(row.key, row),
      directsOf: async (_chat, escalation) =>
        [...kept.values()].filter(
          (row) => row.escalation === escalation && row.key.endsWith(`:${row.to[0]}`),
        ),
      conversation: async () => undefined,
    },
    people: () => team,
    channels: () => new Map([[channel, { id: channel, slack: room, teams: null }]]),
    tell: (sentence) => void told.push(sentence),
  });
  const cards = () => slack.messagesIn(room).filter(({ thread_ts }) => thread_ts === undefined);
  return { slack, chat, kept, told, cards };
}

/** How a row looks when it is claimed: `doubt` = an earlier attempt may have arrived. */
const claimed = (doubt: boolean, attempts = 1) => ({
  chat: "slack",
  lane: channel,
  urgency: 1 as const,
  attempts,
  doubtSince: doubt ? Date.now() - 1_000 : null,
});

const card = (doubt = false) => ({
  ...claimed(doubt),
  key: `card:${open.escalation}`,
  body: { kind: "card", escalation: open.escalation, channel } as const,
});

const line = (to: readonly PersonId[], { doubt = false, attempts = 1 } = {}) => ({
  ...claimed(doubt, attempts),
  key: "line:e_1:risk",
  body: {
    kind: "line",
    channel,
    escalation: open.escalation,
    to,
    version: 1,
    buttons: [],
    line: ["Decide again"],
  } as const satisfies Outgoing["body"],
});

const direct = (doubt = false) => ({
  ...claimed(doubt),
  key: "direct:e_1:chidi",
  body: {
    kind: "direct",
    person: chidi,
    channel,
    escalation: open.escalation,
    version: 1,
    line: ["Decide again"],
    buttons: [],
  } as const satisfies Outgoing["body"],
});

async function faultOf(work: Promise<unknown>): Promise<SendFault> {
  const fault = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(fault instanceof SendFault)) throw new Error(`not a send fault: ${String(fault)}`);
  return fault;
}

/** The first call of a method fails. */
const firstOf = (method: string) => (call: SlackCall) => call.method === method && call.nth === 0;

describe("a card", () => {
  test("whose answer was lost is found by its metadata, kept, and brought up to date", async () => {
    const { slack, chat, kept, cards } = await setting();
    const isFirst = firstOf("chat.postMessage");
    slack.fault = (call) => (isFirst(call) ? slackFaults.after : null);

    expect(await faultOf(chat.showCard(card(), open))).toMatchObject({ arrived: "perhaps" });
    await chat.showCard(card(true), open);

    expect(cards()).toHaveLength(1);
    expect(kept.get(`card:${open.escalation}`)?.place).toBe(`${room}:${cards()[0]?.ts}`);
    expect(cards()[0]?.edits).toBe(1);
    expect(slack.problems).toEqual([]);
  });

  test("that was deleted and whose second coming was lost on the way back is one card", async () => {
    const { slack, chat, cards } = await setting();
    await chat.showCard(card(), open);
    const [first] = cards();
    if (first) slack.deleteMessage(first);
    slack.fault = ({ method }) => (method === "chat.postMessage" ? slackFaults.after : null);

    expect(await faultOf(chat.showCard(card(), open))).toMatchObject({ arrived: "perhaps" });
    slack.fault = () => null;
    await chat.showCard(card(true), open);

    expect(cards()).toHaveLength(1);
  });

  test("that may not be edited any more is not taken for its own successor", async () => {
    const { slack, chat, cards, kept } = await setting();
    await chat.showCard(card(), open);
    const [old] = cards();
    slack.fault = ({ method, body }) =>
      method === "chat.update" && body.ts === old?.ts
        ? slackFaults.error("cant_update_message")
        : null;

    await chat.showCard(card(true), open);

    expect(cards()).toHaveLength(2);
    expect(kept.get(`card:${open.escalation}`)?.place).toBe(`${room}:${cards()[1]?.ts}`);
  });

  test("that Slack never answered is in doubt, and its fault shows no token", async () => {
    const { slack, chat, cards } = await setting(200);
    slack.fault = ({ method }) => (method === "chat.postMessage" ? slackFaults.silence : null);

    const fault = await faultOf(chat.showCard(card(), open));

    expect(fault).toMatchObject({ arrived: "perhaps", retry: "later" });
    expect(inspect(fault, { depth: 12, showHidden: true })).not.toContain(token);
    expect(cards()).toHaveLength(1);
  });
});

describe("a sentence", () => {
  test("stands in the thread of its card", async () => {
    const { slack, chat, cards } = await setting();
    await chat.showCard(card(), open);

    await chat.say(line([]), team);

    expect(slack.messagesIn(room)[1]?.thread_ts).toBe(cards()[0]?.ts);
    expect(slack.problems).toEqual([]);
  });

  test("waits for its card, and goes without one where none comes", async () => {
    const { chat, cards } = await setting();

    expect(await faultOf(chat.say(line([]), team))).toMatchObject({ arrived: "no" });
    expect(cards()).toEqual([]);
    await chat.say(line([], { attempts: 6 }), team);

    expect(cards()).toHaveLength(1);
  });

  test.each([
    "thread_not_found",
    "invalid_thread_ts",
    "cannot_reply_to_message",
    "restricted_action_thread_locked",
    "restricted_action_non_threadable_channel",
  ])("that no thread takes (%s) is said in the channel, once", async (error) => {
    const { slack, chat, cards } = await setting();
    await chat.showCard(card(), open);
    let lost = 0;
    slack.fault = ({ method, body }) => {
      if (method !== "chat.postMessage") return null;
      if (body.thread_ts) return slackFaults.error(error);
      lost += 1;
      return lost === 1 ? slackFaults.after : null;
    };

    expect(await faultOf(chat.say(line([chidi]), team))).toMatchObject({ arrived: "perhaps" });
    await chat.say(line([chidi], { doubt: true, attempts: 2 }), team);

    expect(cards()).toHaveLength(2);
  });

  test("for a closed channel reaches everybody it is for, also behind one who cannot be reached", async () => {
    const { slack, chat, kept, told } = await setting();
    await chat.showCard(card(), open);
    slack.says(room, { error: "is_archived" });
    slack.says("open:U0BOB00001", { error: "user_disabled" });

    await chat.say(line([bob, erin, chidi]), team);

    expect(slack.directs("U0CHIDI001")).toHaveLength(1);
    expect(told.join("\n")).toContain("U0BOB00001");
    expect([...kept.keys()]).toContain(`line:e_1:risk:${chidi}`);
  });

  test("for a closed channel that one person may not have got is tried again, and told nobody twice", async () => {
    const { slack, chat } = await setting();
    await chat.showCard(card(), open);
    slack.says(room, { error: "is_archived" });
    slack.fault = ({ method, body }) =>
      method === "chat.postMessage" && body.channel === "D0BOB00001" ? slackFaults.after : null;

    const fault = await faultOf(chat.say(line([bob, chidi]), team));
    slack.fault = () => null;
    await chat.say(line([bob, chidi], { doubt: true, attempts: 2 }), team);

    expect(fault).toMatchObject({ arrived: "perhaps", retry: "later" });
    expect(slack.directs("U0BOB00001")).toHaveLength(1);
    expect(slack.directs("U0CHIDI001")).toHaveLength(1);
  });

  test("for a closed channel that nobody can be told waits for somebody to mend it", async () => {
    const { slack, chat } = await setting();
    await chat.showCard(card(), open);
    slack.says(room, { error: "is_archived" });

    expect(await faultOf(chat.say(line([erin]), team))).toMatchObject({
      arrived: "no",
      retry: "later",
      retryIn: 300_000,
    });
  });

  test("for a channel that takes only threads is told directly where it has none", async () => {
    const { slack, chat } = await setting();
    slack.fault = ({ method, body }) =>
      method === "chat.postMessage" && body.channel === room
        ? slackFaults.error("restricted_action_thread_only_channel")
        : null;

    await chat.say(line([chidi], { attempts: 6 }), team);

    expect(slack.directs("U0CHIDI001")).toHaveLength(1);
  });
});

describe("a word to one person", () => {
  test("is said to them alone, and once though the answer was lost", async () => {
    const { slack, chat } = await setting();
    const isFirst = firstOf("chat.postMessage");
    slack.fault = (call) => (isFirst(call) ? slackFaults.after : null);

    expect(await faultOf(chat.directMessage(direct(), team))).toMatchObject({ arrived: "perhaps" });
    await chat.directMessage(direct(true), team);

    expect(slack.directs("U0CHIDI001")).toHaveLength(1);
    expect(slack.messagesIn(room)).toEqual([]);
    expect(slack.problems).toEqual([]);
  });

  test("certainly did not arrive where their conversation could not be opened", async () => {
    const { slack, chat } = await setting();
    slack.fault = ({ method }) => (method === "conversations.open" ? slackFaults.before : null);

    expect(await faultOf(chat.directMessage(direct(), team))).toMatchObject({
      arrived: "no",
      retry: "later",
    });
  });
});

test("a channel of the policy without a Slack id is named to the operator", async () => {
  const { chat, told } = await setting();
  const nowhere = card();

  await faultOf(chat.showCard({ ...nowhere, body: { ...nowhere.body, channel: "eu-risk" } }, open));

  expect(told.join()).toContain("Add channels.eu-risk.slack");
});
