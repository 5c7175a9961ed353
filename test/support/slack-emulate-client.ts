import { createEmulator } from "emulate";
import type { MessageRow } from "../../src/app/ports.ts";
import { createSlackChat, productionPace } from "../../src/chat/slack/chat.ts";
import { createApi } from "../../src/chat/slack/outbound/api.ts";
import { createDirectory } from "../../src/chat/slack/outbound/directory.ts";
import type { Card } from "../../src/core/card/card.ts";
import { personId } from "../../src/core/ids.ts";
import type { People } from "../../src/core/people/person.ts";

/**
 * Our Slack client against a third-party Slack server, in a network namespace without other hosts.
 * Prints what it saw, as JSON; run by test/stories/slack-emulate.test.ts.
 */

const emulate = await createEmulator({
  service: "slack",
  port: 4003,
  seed: {
    slack: {
      team: { name: "Acme", domain: "acme" },
      users: [
        { name: "holdpoint", real_name: "Holdpoint", email: "holdpoint@example.com" },
        { name: "bob", real_name: "Bob Okafor", email: "bob@example.com" },
      ],
      channels: [{ name: "model-risk", topic: "Model risk" }],
      tokens: [{ token: "xoxb-local-test", user: "holdpoint" }],
    },
  },
});
const apiUrl = "http://127.0.0.1:4003/api/";
const clock = { now: () => Date.now() };
const api = createApi({ token: "xoxb-local-test", apiUrl });

const { members = [] } = await api.users.list({});
const { channels = [] } = await api.conversations.list({});
const user = members.find(({ name }) => name === "bob")?.id ?? "";
const channel = channels.find(({ name }) => name === "model-risk")?.id ?? "";

const bob = personId("p_bobaaaaaaaaaaaaaaaaa");
const people: People = new Map([
  [
    bob,
    {
      id: bob,
      key: "bob",
      name: "Bob Okafor",
      slack: user,
      teams: null,
      pagerduty: null,
      oidc: null,
    },
  ],
]);
const kept = new Map<string, MessageRow>();
const directory = createDirectory({ api, clock });
const chat = createSlackChat({
  api,
  directory,
  clock,
  pace: productionPace,
  sharedChannels: false,
  publicUrl: "",
  people: () => people,
  channels: () => new Map([["risk", { id: "risk", slack: channel, teams: null }]]),
  channelOf: () => "risk",
  store: {
    messageOf: async (_chat, key) => kept.get(key),
    saveMessage: async (row) => void kept.set(row.key, row),
    conversation: async () => undefined,
    directsOf: async () => [],
  },
  tell: (sentence) => void told.push(sentence),
});
const told: string[] = [];

const card = (line: string): Card => ({
  escalation: "HP-1",
  deployment: "assistant-prod",
  version: 1,
  status: "open",
  severity: "critical",
  title: ["🔴 ", { untrusted: "Assistant <!channel> & co" }, " · HP-1"],
  lines: [[line]],
  buttons: [[{ label: "Pause", command: "pause HP-1", style: "danger", form: null }]],
  more: [],
  notify: [bob],
  lockScreen: `CRITICAL Assistant: ${line}. HP-1`,
  openedAt: 0,
});

const row = <Body>(key: string, body: Body, doubtSince: number | null = null) => ({
  key,
  chat: "slack",
  lane: "risk",
  urgency: 1 as const,
  body,
  doubtSince,
  attempts: 1,
});
const said = { escalation: "HP-1", channel: "risk", version: null, buttons: [] } as const;

const cardRow = { kind: "card", escalation: "HP-1", channel: "risk" } as const;
await chat.showCard(row("card:HP-1", cardRow), card("8.2 % (limit 5 %)"));
await chat.showCard(row("card:HP-1", cardRow), card("paused by Bob Okafor"));
await chat.say(row("line:e_1:risk", { kind: "line", ...said, to: [], line: ["seen"] }), people);
const direct = { kind: "direct", ...said, person: bob, line: ["you decide"] } as const;
await chat.directMessage(row("dm:e_1:bob", direct), people);

// As after a crash: of the card is only known that it may have been sent since this started.
const place = kept.get("card:HP-1")?.place ?? "";
kept.delete("card:HP-1");
const began = Date.now() - 60_000;
await chat.showCard(row("card:HP-1", cardRow, began), card("found again"));

const history = await api.conversations.history({ channel, include_all_metadata: true });
const [, ts = ""] = place.split(":");
const thread = await api.conversations.replies({ channel, ts });
const conversation = kept.get("dm:e_1:bob")?.place.split(":")[0] ?? "";
const directs = await api.conversations.history({ channel: conversation });
const messages = (history.messages ?? []).filter(({ text }) => text?.includes("HP-1"));
process.stdout.write(
  `${JSON.stringify({
    told,
    team: (await api.auth.test()).team_id,
    account: await directory.account(user),
    nobody: await directory.account("U0NOBODY01"),
    cards: messages.filter((message) => message.ts === ts || message.thread_ts === undefined)
      .length,
    place,
    again: kept.get("card:HP-1")?.place,
    text: messages.find((message) => message.ts === ts)?.text,
    metadata: messages.find((message) => message.ts === ts)?.metadata,
    thread: (thread.messages ?? []).slice(1).map(({ text }) => text),
    directs: (directs.messages ?? []).map(({ text }) => text),
  })}\n`,
);
await emulate.close();
